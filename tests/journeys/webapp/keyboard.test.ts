import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { ANN, CHAT_BUDGET } from '../../../playground/sample.ts';
import { createTeamsUser } from '../../../playground/teams-user.ts';
import type { BrowserEnvironment, Visit } from '../../support/browser-environment.ts';
import { openBrowserEnvironment } from '../../support/browser-environment.ts';

/** More stops than any page here has. */
const STOPS = 120;

/** The name of what has the focus, and whether one can see that it has. */
const FOCUSED = `(() => {
  const { activeElement: element } = document;
  const label = element.labels?.[0];
  const { outlineStyle, boxShadow } = getComputedStyle(element);
  return {
    name: element.getAttribute('aria-label') ?? (label ?? element).textContent.replace(/\\s+/g, ' ').trim(),
    visible: outlineStyle !== 'none' || boxShadow !== 'none',
  };
})()`;

describe('with the keyboard alone', () => {
  let environment: BrowserEnvironment;
  let alice: Visit;

  before(async () => {
    environment = await openBrowserEnvironment();
    alice = await environment.visit({ username: 'alice' });
  });
  after(() => environment?.close());

  /** Goes from stop to stop until it has this name, and sees the focus there. */
  async function reach(name: string | RegExp, { page = alice.page, key = 'Tab' }: { page?: Page; key?: string } = {}) {
    const names: string[] = [];
    while (names.length < STOPS) {
      await page.keyboard.press(key);
      const focused = await page.evaluate<{ name: string; visible: boolean }>(FOCUSED);
      names.push(focused.name);
      if (typeof name === 'string' ? focused.name !== name : !name.test(focused.name)) continue;
      assert.ok(focused.visible, `${name} does not show that it has the focus`);
      return;
    }
    throw new Error(`Not reached: ${name}. On the way: ${names.join(' | ')}`);
  }
  const back = { key: 'Shift+Tab' };
  const press = (key: string) => alice.page.keyboard.press(key);

  test('connects: the command, the link, the page in between, Microsoft', async () => {
    await alice.page.keyboard.type('/msteams connect');
    await press('Enter');
    await alice.page.getByTestId('msteams-reply').waitFor();
    await reach('Open the sign-in page', back);
    const opening = alice.context.waitForEvent('page');
    await press('Enter');
    const page = await opening;
    for (const [name, start] of [
      ['Continue to Microsoft', /^Continue/],
      ['Alice Adams', /^AA Alice Adams/],
      ['Accept', /^Accept/],
    ] as const) {
      await page.getByRole('button', { name }).waitFor();
      await reach(start, { page });
      await page.keyboard.press('Enter');
    }
    await page.getByRole('heading', { name: 'You are connected' }).waitFor();
    await page.close();
  });

  test('turns notifications on in the bot’s message', async () => {
    await alice.page.getByTestId('channel-Microsoft Teams').waitFor();
    await reach(/^Microsoft Teams/, back);
    await press('Enter');
    await alice.page.getByRole('button', { name: 'Enable notifications' }).waitFor();
    await reach('Enable notifications', back);
    await press('Enter');
    await alice.page
      .getByText(/Notifications are on/)
      .first()
      .waitFor();
  });

  test('mutes and unmutes from the card, asks why it came, and changes a setting', async () => {
    await createTeamsUser(environment, ANN).write(CHAT_BUDGET, 'the budget is ready');
    await environment.settled();
    const card = alice.page.getByTestId('msteams-card').filter({ hasText: 'the budget is ready' });
    await card.waitFor();
    await reach('Mute');
    await press('Enter');
    await press('ArrowDown');
    await press('Enter');
    await card.getByText(/This chat is muted until/).waitFor();
    await reach('Unmute');
    await press('Enter');
    await card.getByText(/This chat is muted/).waitFor({ state: 'detached' });
    await reach('Why did I get this?', back);
    await press('Enter');
    await card.getByText('you were not active in Teams').waitFor();
    await reach('Settings', back);
    await press('Enter');
    const row = alice.page.getByRole('region', { name: 'When Teams messages arrive' });
    await row.waitFor();
    await reach('Edit');
    await press('Enter');
    await press('ArrowDown');
    await reach('Save');
    await press('Enter');
    await row.getByText('Saved.').waitFor();
    assert.match((await row.textContent()) ?? '', /Always/);
    await press('Escape');
  });

  test('opens the side panel, switches there, and disconnects after a question', async () => {
    await reach('Microsoft Teams');
    await press('Enter');
    const panel = alice.page.getByTestId('msteams-sidebar');
    await panel.getByText('Connected as Alice Adams').waitFor();
    await reach('Always', back);
    await press('ArrowUp');
    await panel.getByRole('radio', { name: 'While I am not active in Teams', checked: true }).waitFor();
    await reach('Disconnect', back);
    await press('Enter');
    await panel.getByText('Teams messages will stop arriving here').waitFor();
    await press('Tab');
    await press('Tab');
    await press('Enter');
    await panel.getByRole('button', { name: 'Disconnect', exact: true }).waitFor();
    await press('Tab');
    await press('Enter');
    await press('Tab');
    await press('Enter');
    await panel.getByText('not connected to Microsoft Teams').waitFor();
    // React moves the focus after it has drawn.
    await panel.locator(':focus').waitFor();
    await press('Tab');
    assert.equal((await alice.page.evaluate<{ name: string }>(FOCUSED)).name, 'Connect account');
    assert.deepEqual(alice.problems, []);
  });
});
