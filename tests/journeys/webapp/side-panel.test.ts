import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { ALICE, ANN, CAROL, CHAT_BUDGET, CHAT_MEETING, DEV } from '../../../playground/sample.ts';
import { createTeamsUser } from '../../../playground/teams-user.ts';
import { assertAccessible } from '../../support/axe.ts';
import type { BrowserEnvironment, Visit } from '../../support/browser-environment.ts';
import { openBotChannel, openBrowserEnvironment } from '../../support/browser-environment.ts';
import { screenshot } from '../../support/screenshot.ts';
import { until } from '../../support/until.ts';

describe('the side panel', () => {
  let environment: BrowserEnvironment;
  let alice: Visit;
  const panel = () => alice.page.getByTestId('msteams-sidebar');

  before(async () => {
    environment = await openBrowserEnvironment();
    alice = await environment.visit({ username: 'alice' });
  });
  after(() => environment?.close());

  test('asks to connect first, in a small window, and follows the sign-in by itself', async () => {
    await alice.page.getByTestId('app-bar-msteams_connect').click();
    await panel().getByText('not connected to Microsoft Teams').waitFor();
    await screenshot(alice.page, 'connect-first');
    await assertAccessible(alice.page, '.msteams-sidebar');
    const opening = alice.context.waitForEvent('page');
    await panel().getByRole('button', { name: 'Connect account' }).click();
    const small = await opening;
    await panel().getByText('Waiting for you to sign in').waitFor();
    await small.getByText('@alice').first().waitFor();
    await screenshot(alice.page, 'connect-progress');
    await signIn(small, ALICE.oid);
    await panel().getByText('Connected as Alice Adams').waitFor();
    await alice.page.bringToFront();
  });

  test('switches notifications with one click, and shows a change made elsewhere', async () => {
    await panel().getByRole('radio', { name: 'Always' }).check();
    await settledTo(alice, 'always');
    await openBotChannel(alice.page);
    await alice.user.press('Enable notifications');
    await alice.page
      .getByText(/Notifications are on/)
      .first()
      .waitFor();
    await alice.user.press('Only when away');
    await panel().getByRole('radio', { name: 'While I am not active in Teams', checked: true }).waitFor();
  });

  test('lists what arrives, without being asked, and leads to the post and to Teams', async () => {
    await panel().getByText('Nothing has arrived yet').waitFor();
    await createTeamsUser(environment, ANN).write(CHAT_BUDGET, 'the budget is ready');
    await createTeamsUser(environment, DEV).write(CHAT_MEETING, 'see you later');
    await environment.settled();
    const news = panel().getByRole('listitem');
    await news.getByText('Budget 2027').waitFor();
    await news.getByText('Weekly sync').waitFor();
    assert.doesNotMatch((await panel().textContent()) ?? '', /the budget is ready|see you later/);
    await alice.page.getByTestId('channel-town-square').click();
    await news.getByRole('button', { name: /Ann Lee/ }).click();
    await alice.page.getByText('the budget is ready').waitFor();
    const opening = alice.context.waitForEvent('page');
    await panel().getByRole('link', { name: 'Open the message of Dev Patel in Teams' }).click();
    await (await opening).getByText('see you later').waitFor();
    await alice.page.bringToFront();
  });

  test('lists muted chats with a way back', async () => {
    await panel().getByText('No chat is muted').waitFor();
    const card = alice.page.getByTestId('msteams-card').filter({ hasText: 'the budget is ready' });
    await card.getByRole('button', { name: 'Mute' }).click();
    await alice.page.getByRole('menuitem', { name: 'For good' }).click();
    await panel().getByText('Budget 2027 for good').waitFor();
    await screenshot(alice.page, 'panel');
    await assertAccessible(alice.page, '.msteams-sidebar');
    await panel().getByRole('button', { name: 'Unmute Budget 2027' }).click();
    await panel().getByText('No chat is muted').waitFor();
  });

  test('in German, dark and on a narrow screen', async () => {
    const carol = await environment.visit({
      username: 'carol',
      theme: 'Onyx',
      locale: 'de',
      width: 400,
      connectAs: CAROL,
    });
    await carol.page.getByTestId('app-bar-msteams_connect').click();
    await carol.page.getByText('Verbunden als Carol Clark').waitFor();
    await carol.page.getByText('Noch ist nichts angekommen').waitFor();
    await screenshot(carol.page, 'panel-narrow');
    await assertAccessible(carol.page, '.msteams-sidebar');
    assert.deepEqual(carol.problems, []);
  });

  test('says what to do when the service does not answer, and continues when it does', async () => {
    assert.deepEqual(alice.problems, []);
    await environment.sidecar.stop();
    await panel().getByRole('button', { name: 'All settings' }).waitFor();
    await alice.page.evaluate("window.dispatchEvent(new Event('focus'))");
    await panel().getByRole('alert').getByText('does not answer').waitFor();
    await screenshot(alice.page, 'panel-problem');
    await environment.startSidecar();
    await panel().getByRole('button', { name: 'Try again' }).click();
    await panel().getByRole('alert').waitFor({ state: 'detached' });
  });
});

/** From the page in between to the end, in the window that was opened. */
async function signIn(page: Page, oid: string): Promise<void> {
  await page.getByRole('button').click();
  await page.getByTestId(`person-${oid}`).click();
  await page.getByTestId('accept').click();
}

async function settledTo(visit: Visit, when: string): Promise<void> {
  const expected = when === 'always' ? /\*\*always\*\*/ : /not active/;
  await until(async () => expected.test((await visit.user.command('/msteams notifications')).text), `it is ${when}`);
}
