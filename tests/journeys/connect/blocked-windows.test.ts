import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import type { SamplePerson } from '../../../playground/sample.ts';
import { ALICE, BOB } from '../../../playground/sample.ts';
import { assertAccessible } from '../../support/axe.ts';
import type { BrowserEnvironment } from '../../support/browser-environment.ts';
import { openBrowserEnvironment } from '../../support/browser-environment.ts';

/** How Mattermost's desktop app introduces itself: it keeps empty windows and gives addresses to the system's browser. */
const DESKTOP_APP = 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Electron/38.0.0 Safari/537.36 Mattermost/6.0.0';

describe('connecting where windows are kept back', () => {
  let environment: BrowserEnvironment;

  before(async () => {
    environment = await openBrowserEnvironment();
  });
  after(() => environment?.close());

  async function signInAs(page: Page, { oid }: SamplePerson) {
    assert.equal(await page.evaluate('window.opener'), null, 'it cannot tell the page that opened it');
    await page.getByRole('button').click();
    await page.getByTestId(`person-${oid}`).click();
    await page.getByTestId('accept').click();
  }

  test('a browser that blocks the window gets a link, and the panel learns by asking that it is done', async () => {
    const { page, context, problems } = await environment.visit({ username: 'alice' });
    await page.evaluate('window.open = () => null');
    await page.getByTestId('app-bar-msteams_connect').click();
    const panel = page.getByTestId('msteams-sidebar');
    await panel.getByRole('button', { name: 'Connect account' }).click();
    await panel.getByText('Your browser blocked the sign-in window').waitFor();
    await assertAccessible(page, '.msteams-sidebar');
    const opening = context.waitForEvent('page');
    await panel.getByRole('link', { name: 'Open the sign-in page' }).click();
    await signInAs(await opening, ALICE);
    await panel.getByText('Connected as Alice Adams').waitFor();
    assert.deepEqual(problems, []);
  });

  test('the desktop app opens the address itself, without an empty window before it', async () => {
    const { page, context, problems } = await environment.visit({
      username: 'bob',
      locale: 'de',
      userAgent: DESKTOP_APP,
    });
    await page.evaluate(
      '{ const { open } = window; window.opened = []; window.open = (url, ...more) => { window.opened.push(url); return open.call(window, url, ...more); } }',
    );
    await page.getByTestId('app-bar-msteams_connect').click();
    const panel = page.getByTestId('msteams-sidebar');
    const opening = context.waitForEvent('page');
    await panel.getByRole('button', { name: 'Konto verbinden' }).click();
    await signInAs(await opening, BOB);
    await panel.getByText('Verbunden als Bob Brown').waitFor();
    const opened = await page.evaluate<string[]>('window.opened');
    assert.equal(opened.length, 1);
    assert.match(opened[0] ?? '', /\/connect\?link=/);
    assert.deepEqual(problems, []);
  });
});
