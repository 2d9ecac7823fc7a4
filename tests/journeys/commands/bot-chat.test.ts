import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ALICE } from '../../../playground/sample.ts';
import { say } from '../../support/browser.ts';
import type { BrowserEnvironment, Visit } from '../../support/browser-environment.ts';
import { openBotChannel, openBrowserEnvironment } from '../../support/browser-environment.ts';
import { screenshot } from '../../support/screenshot.ts';

describe('talking to the bot', () => {
  let environment: BrowserEnvironment;
  let alice: Visit;
  const answers = async () => (await alice.user.posts()).map(({ message }) => message);

  before(async () => {
    environment = await openBrowserEnvironment();
    alice = await environment.visit({ username: 'alice', connectAs: ALICE });
    await openBotChannel(alice.page);
  });
  after(() => environment?.close());

  test('words without the slash are answered like commands, once', async () => {
    await say(alice.page, 'Status');
    await alice.page.getByText('Subscription: active').waitFor();
    await say(alice.page, 'msteams help');
    await alice.page.getByText('Show whether everything works').waitFor();
    await screenshot(alice.page, 'conversation');
    assert.equal((await answers()).filter((text) => text.includes('Subscription: active')).length, 1);
  });

  test('the buttons of an answer work', async () => {
    await say(alice.page, 'notifications');
    await alice.page.getByRole('button', { name: 'Always deliver' }).click();
    await alice.page.getByText(/are always delivered here/).waitFor();
  });

  test('an unknown word is answered with the list of commands', async () => {
    await say(alice.page, 'Tell Ann that I am late');
    await alice.page.getByText('I only understand a few words').waitFor();
    await alice.page.getByText('Nothing you write here goes to Teams').waitFor();
  });

  test('in a thread it answers in the thread', async () => {
    const post = alice.page.locator('article').filter({ hasText: 'Would you like to get Teams chat messages here' });
    await post.hover();
    await post.getByRole('button', { name: 'Reply' }).click();
    await alice.page.getByTestId('reply-composer').fill('mute');
    await alice.page.getByTestId('reply-send').click();
    await alice.page.getByTestId('rhs').getByText('there is no chat to mute').waitFor();
    assert.deepEqual(alice.problems, []);
  });
});
