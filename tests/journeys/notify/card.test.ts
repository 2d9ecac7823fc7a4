import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ALICE, ANN, BOB, CHAT_ALICE_ANN, CHAT_BUDGET, CHAT_GROUP, DEV } from '../../../playground/sample.ts';
import { createTeamsUser } from '../../../playground/teams-user.ts';
import { assertAccessible } from '../../support/axe.ts';
import type { BrowserEnvironment, Visit } from '../../support/browser-environment.ts';
import { openBotChannel, openBrowserEnvironment } from '../../support/browser-environment.ts';
import { screenshot } from '../../support/screenshot.ts';

const MENTION = {
  mentions: [
    {
      id: 0,
      mentionText: ALICE.name,
      mentioned: { user: { id: ALICE.oid, displayName: ALICE.name, userIdentityType: 'aadUser' } },
    },
  ],
};

describe('the notification card', () => {
  let environment: BrowserEnvironment;
  let alice: Visit;
  const ann = () => createTeamsUser(environment, ANN);
  const dev = () => createTeamsUser(environment, DEV);
  const cards = () => alice.page.getByTestId('msteams-card');

  before(async () => {
    environment = await openBrowserEnvironment();
    alice = await environment.visit({ username: 'alice', connectAs: ALICE });
    await openBotChannel(alice.page);
  });
  after(() => environment?.close());

  test('shows sender, chat, time and the message as Mattermost formats it, and leads to it in Teams', async () => {
    await ann().write(CHAT_ALICE_ANN, 'Good morning Alice, do you have a minute?');
    await environment.settled();
    const written = await dev().write(
      CHAT_BUDGET,
      '<p>Hi <at id="0">Alice Adams</at>, the <b>new figures</b> are in <a href="https://example.com/budget">the sheet</a>:</p><ol><li>Travel</li><li>Hardware</li></ol>',
      { ...MENTION, importance: 'high' },
    );
    await environment.settled();
    const card = cards().last();
    await card.getByText('new figures').waitFor();
    const text = (await card.textContent()) ?? '';
    assert.match(text, /Dev Patel.*Important.*Budget 2027.*Group chat of 3/);
    assert.equal(await card.locator('li').count(), 2);
    await screenshot(alice.page, 'notification');

    const opening = alice.context.waitForEvent('page');
    await card.getByRole('link', { name: 'Open in Teams' }).click();
    const teams = await opening;
    await teams.getByTestId(`message-${written.id}`).waitFor();
    await teams.close();
    const app = await card.getByRole('link', { name: 'Open in the Teams app' }).getAttribute('href');
    assert.match(app ?? '', new RegExp(`^msteams:/l/message/.*/${written.id}\\?`));
  });

  test('a muted chat is silent, a mention comes through, and unmuting ends it', async () => {
    const card = cards().last();
    await card.getByRole('button', { name: 'Mute' }).click();
    await screenshot(alice.page, 'mute-menu');
    await alice.page.getByRole('menuitem', { name: 'For 1 hour' }).click();
    await card.getByText(/This chat is muted until/).waitFor();
    await dev().write(CHAT_BUDGET, 'silence');
    await dev().write(CHAT_BUDGET, '<p><at id="0">Alice Adams</at> wake up</p>', MENTION);
    await environment.settled();
    await alice.page.getByText('wake up').waitFor();
    assert.equal(await alice.page.getByText('silence').count(), 0);
    await cards().last().getByRole('button', { name: 'Unmute' }).click();
    await card.getByText(/This chat is muted/).waitFor({ state: 'detached' });
    await dev().write(CHAT_BUDGET, 'audible again');
    await environment.settled();
    await alice.page.getByText('audible again').waitFor();
  });

  test('says why it came, and leads to the settings', async () => {
    const card = cards().first();
    await card.getByRole('button', { name: 'Why did I get this?' }).click();
    await card.getByText(/you were not active in Teams/).waitFor();
    await card.getByRole('button', { name: 'Settings' }).click();
    await alice.page.getByText('When Teams messages arrive').waitFor();
    await alice.page.keyboard.press('Escape');
  });

  test('works with the keyboard alone and is accessible', async () => {
    const card = cards().first();
    await card.getByRole('link', { name: 'Direct chat' }).focus();
    for (const name of ['Open in Teams', 'Open in the Teams app', 'Mute']) {
      await alice.page.keyboard.press('Tab');
      assert.equal(await focused(alice), name);
    }
    await alice.page.keyboard.press('Enter');
    assert.equal(await focused(alice), 'For 1 hour');
    await alice.page.keyboard.press('ArrowDown');
    await alice.page.keyboard.press('ArrowUp');
    await alice.page.keyboard.press('End');
    assert.equal(await focused(alice), 'For good');
    await assertAccessible(alice.page, '.msteams-card');
    await alice.page.keyboard.press('Escape');
    assert.equal(await focused(alice), 'Mute');
    await alice.page.keyboard.press('Tab');
    assert.equal(await focused(alice), 'Settings');
  });

  test('is shown in a thread as well', async () => {
    const post = alice.page.locator('article').filter({ hasText: 'Good morning Alice' });
    await post.hover();
    await post.getByRole('button', { name: 'Reply' }).click();
    await alice.page.getByTestId('rhs').getByTestId('msteams-card').getByText('Good morning Alice').waitFor();
    await alice.page.getByTestId('rhs-close').click();
  });

  test('has the same buttons where there is no plugin, which leave the post as it is', async () => {
    const before = (await alice.user.posts()).at(-1);
    const actions = before?.props.attachments?.[0]?.actions ?? [];
    assert.deepEqual(
      actions.map(({ name }) => name),
      ['Mute this chat', 'Settings', 'Why did I get this?'],
    );
    assert.match(before?.message ?? '', /^\*\*Dev Patel\*\* in \[Budget 2027\]\(http/);
    await alice.page.evaluate(
      async ({ post, action }) => {
        await fetch(`/api/v4/posts/${post}/actions/${action}`, {
          method: 'POST',
          headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'XMLHttpRequest' },
          body: JSON.stringify({ selected_option: 'tomorrow' }),
        });
      },
      { post: before?.id, action: actions[0]?.id },
    );
    await alice.page.getByText(/Budget 2027 is muted until .*09:00/).waitFor();
    const after = (await alice.user.posts()).at(-1);
    assert.deepEqual([after?.message, after?.props], [before?.message, before?.props]);
    assert.ok(after?.props.msteams_delivery);
  });

  test('in German, dark, on a narrow screen and in compact display', async () => {
    const bob = await environment.visit({ username: 'bob', theme: 'Onyx', locale: 'de', width: 400, connectAs: BOB });
    await openBotChannel(bob.page);
    await ann().write(CHAT_GROUP, 'Guten Morgen zusammen, wer kommt heute mit zum Essen?');
    await environment.settled();
    const card = bob.page.getByTestId('msteams-card').last();
    await card.getByText('Gruppenchat mit 5').waitFor();
    await screenshot(bob.page, 'notification-narrow');
    await assertAccessible(bob.page, '.msteams-card');
    await bob.page.evaluate(async (user_id) => {
      await fetch('/api/v4/users/me/preferences', {
        method: 'PUT',
        headers: { 'Content-Type': 'application/json', 'X-Requested-With': 'XMLHttpRequest' },
        body: JSON.stringify([{ user_id, category: 'display_settings', name: 'message_display', value: 'compact' }]),
      });
    }, bob.user.userId);
    await bob.page.locator('.msteams-card--compact').last().waitFor();
    assert.deepEqual(bob.problems, []);
  });

  test('the page reported no errors', () => {
    assert.deepEqual(alice.problems, []);
  });
});

/** The accessible name, roughly: its label or its text. */
function focused({ page }: Visit): Promise<string> {
  return page.evaluate<string>(
    'document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent.trim()',
  );
}
