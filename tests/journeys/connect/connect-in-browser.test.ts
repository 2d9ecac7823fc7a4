import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import { buildPage } from '../../../playground/mattermost/page/build.ts';
import { ALICE, ANN, CHAT_BUDGET } from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { createTeamsUser, settled } from '../../../playground/teams-user.ts';
import { complaints, logIn, newBrowserContext, openBrowser, pluginLoaded, say } from '../../support/browser.ts';
import { screenshot } from '../../support/screenshot.ts';

describe('connecting in a browser', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let problems: string[];

  before(async () => {
    await buildPage();
    environment = await openEnvironment({ plugin: true });
    sidecar = await environment.startSidecar();
    browser = await openBrowser();
    context = await newBrowserContext(browser);
    context.setDefaultTimeout(30_000);
    page = await context.newPage();
  });
  after(async () => {
    await browser?.close();
    await environment?.close();
  });

  test('/msteams connect leads over the page in between and the Microsoft sign-in back to Mattermost', async () => {
    await logIn(page, environment.mattermostUrl, 'alice');
    await pluginLoaded(page);
    problems = complaints(page);
    await say(page, '/msteams connect');
    const reply = page.getByTestId('msteams-reply').last();
    await reply.waitFor();
    await screenshot(page, 'connect-command');

    const opening = context.waitForEvent('page');
    await reply.getByRole('link').first().click();
    const signIn = await opening;
    await signIn.getByText('@alice').first().waitFor();
    await screenshot(signIn, 'connect-page');
    await signIn.getByRole('button').click();
    await signIn.getByTestId(`person-${ALICE.oid}`).click();
    await signIn.getByTestId('accept').waitFor();
    await screenshot(signIn, 'connect-consent');
    await signIn.getByTestId('accept').click();
    await page.getByTestId('channel-Microsoft Teams').waitFor();
  });

  test('the settings say that the account is connected', async () => {
    await page.getByTestId('settings-button').click();
    await page.getByRole('tab', { name: 'Microsoft Teams' }).click();
    await page.getByTestId('msteams-connection').waitFor();
    assert.match(
      (await page.getByTestId('msteams-connection').textContent()) ?? '',
      /Alice Adams \(alice@example\.com\)/,
    );
    await page.keyboard.press('Escape');
  });

  test('the bot asks, and a button turns notifications on', async () => {
    await page.getByTestId('channel-Microsoft Teams').click();
    const enable = page.getByRole('button', { name: 'Enable notifications' });
    await enable.waitFor();
    await screenshot(page, 'welcome');
    await enable.click();
    await page
      .getByText(/Notifications are on/i)
      .first()
      .waitFor();
  });

  test('a message arrives, and its link leads to exactly that message in Teams', async () => {
    const written = await createTeamsUser(environment, ANN).write(
      CHAT_BUDGET,
      '<p>Hi <at id="0">Alice Adams</at>, the <b>new figures</b> are in <a href="https://example.com/budget">the sheet</a>:</p><ol><li>Travel</li><li>Hardware</li></ol>',
      {
        mentions: [
          {
            id: 0,
            mentionText: ALICE.name,
            mentioned: { user: { id: ALICE.oid, displayName: ALICE.name, userIdentityType: 'aadUser' } },
          },
        ],
      },
    );
    await settled(environment, sidecar.url);
    await page.getByText('new figures').waitFor();

    const opening = context.waitForEvent('page');
    await page.getByRole('link', { name: 'Budget 2027' }).last().click();
    const teams = await opening;
    const message = teams.getByTestId(`message-${written.id}`);
    await message.waitFor();
    assert.match((await message.textContent()) ?? '', /new figures/);
    await screenshot(teams, 'deep-link');
  });

  test('the page reported no errors', () => {
    assert.deepEqual(problems, []);
  });
});
