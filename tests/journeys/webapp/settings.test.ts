import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  ALICE,
  ANN,
  BOB,
  CHAT_ALICE_ANN,
  CHAT_BUDGET,
  CHAT_GROUP,
  CHAT_MEETING,
  DEV,
} from '../../../playground/sample.ts';
import { createTeamsUser } from '../../../playground/teams-user.ts';
import { assertAccessible } from '../../support/axe.ts';
import type { BrowserEnvironment, Visit } from '../../support/browser-environment.ts';
import { openBotChannel, openBrowserEnvironment, openPluginSettings } from '../../support/browser-environment.ts';
import { screenshot } from '../../support/screenshot.ts';

describe('the settings', () => {
  let environment: BrowserEnvironment;
  let alice: Visit;
  const row = (title: string) => alice.page.getByRole('region', { name: title });
  const texts = async () => (await alice.user.posts()).map(({ message }) => message).join('\n');

  before(async () => {
    environment = await openBrowserEnvironment();
    alice = await environment.visit({ username: 'alice', connectAs: ALICE });
    await openBotChannel(alice.page);
    await openPluginSettings(alice.page);
  });
  after(() => environment?.close());

  test('show everything with a summary, and axe finds nothing', async () => {
    for (const summary of [
      'Connected as Alice Adams',
      'While I am not active',
      'All messages of all chats',
      'Together in one post',
    ]) {
      await alice.page.getByText(summary).waitFor();
    }
    await screenshot(alice.page, 'settings');
    await assertAccessible(alice.page, '#settings-panel');
  });

  test('kinds of chat are chosen with the keyboard alone, saved, and summed up', async () => {
    const edit = row('Which chats').getByRole('button', { name: 'Edit' });
    await edit.focus();
    const { keyboard } = alice.page;
    await keyboard.press('Enter');
    await keyboard.press('Tab');
    await keyboard.type('Only');
    await keyboard.press('Tab');
    await keyboard.type('Noth');
    await screenshot(alice.page, 'settings-chats');
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await row('Which chats').getByText('Saved.').waitFor();
    const summary = await row('Which chats').textContent();
    assert.match(summary ?? '', /Group chats: Only when I am mentioned · Meeting chats: Nothing/);
    // React moves the focus after it has drawn.
    await edit.and(alice.page.locator(':focus')).waitFor();
  });

  test('the preferences decide which messages arrive', async () => {
    const ann = createTeamsUser(environment, ANN);
    await ann.write(CHAT_BUDGET, 'for everybody');
    await ann.write(CHAT_MEETING, 'for the meeting');
    await ann.write(CHAT_ALICE_ANN, 'for you alone');
    await environment.settled();
    assert.match(await texts(), /for you alone/);
    assert.doesNotMatch(await texts(), /for everybody|for the meeting/);
  });

  test('changes made by command and by buttons appear without loading anew', async () => {
    await alice.user.command('/msteams notifications off');
    await alice.user.command('/msteams help');
    await row('When Teams messages arrive').getByText('Never').waitFor({ timeout: 60_000 });
    await alice.user.command('/msteams notifications on');
    await row('When Teams messages arrive').getByText('While I am not active').waitFor({ timeout: 60_000 });
  });

  test('quiet hours hold messages back, and their end brings one summary', async () => {
    await row('Quiet hours').getByRole('button', { name: 'Edit' }).click();
    await alice.page.getByLabel('Keep quiet at certain hours').check();
    await alice.page.getByLabel('From').fill('00:00');
    await alice.page.getByLabel('To', { exact: true }).fill('00:00');
    await alice.page.getByLabel('Time zone').selectOption('Europe/Berlin');
    await screenshot(alice.page, 'settings-quiet');
    await assertAccessible(alice.page, '#settings-panel');
    await row('Quiet hours').getByRole('button', { name: 'Save' }).click();
    await row('Quiet hours').getByText('00:00 to 00:00, summary at 07:00 (Europe/Berlin)').waitFor();
    const before = (await alice.user.posts()).length;
    await createTeamsUser(environment, ANN).write(CHAT_ALICE_ANN, 'psst');
    await createTeamsUser(environment, ANN).write(CHAT_ALICE_ANN, 'psst again');
    await createTeamsUser(environment, DEV).write(CHAT_GROUP, '<p><at id="0">Alice Adams</at> psst</p>', {
      mentions: [
        {
          id: 0,
          mentionText: ALICE.name,
          mentioned: { user: { id: ALICE.oid, displayName: ALICE.name, userIdentityType: 'aadUser' } },
        },
      ],
    });
    await environment.settled();
    assert.equal((await alice.user.posts()).length, before);
    await row('Quiet hours').getByRole('button', { name: 'Edit' }).click();
    await alice.page.getByLabel('Keep quiet at certain hours').uncheck();
    await row('Quiet hours').getByRole('button', { name: 'Save' }).click();
    await row('Quiet hours').getByText('No quiet hours').waitFor();
    await alice.page.keyboard.press('Escape');
    await alice.page.getByText('3 messages arrived in Teams').waitFor();
    await screenshot(alice.page, 'digest');
    assert.doesNotMatch(await texts(), /psst/);
    assert.deepEqual(alice.problems, []);
  });

  test('in German, dark and on a narrow screen', async () => {
    const bob = await environment.visit({ username: 'bob', theme: 'Onyx', locale: 'de', width: 400, connectAs: BOB });
    await openPluginSettings(bob.page);
    await bob.page.getByText('Alle Nachrichten aller Chats').waitFor();
    await bob.page.getByRole('region', { name: 'Welche Chats' }).getByRole('button', { name: 'Bearbeiten' }).click();
    await screenshot(bob.page, 'settings-narrow');
    await assertAccessible(bob.page, '#settings-panel');
    assert.deepEqual(bob.problems, []);
  });
});
