import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Control } from '../../../playground/control.ts';
import { createControl } from '../../../playground/control.ts';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import { buildPage } from '../../../playground/mattermost/page/build.ts';
import type { MattermostUser } from '../../../playground/mattermost-user.ts';
import { createMattermostUser } from '../../../playground/mattermost-user.ts';
import { ALICE, ANN, CHAT_ALICE_ANN } from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { createTeamsUser, settled } from '../../../playground/teams-user.ts';
import type { SessionGrant } from '../../../sidecar/src/api/schema.ts';
import { logIn, newBrowserContext, openBrowser } from '../../support/browser.ts';
import { screenshot } from '../../support/screenshot.ts';
import { until } from '../../support/until.ts';

describe('the System Console page', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let browser: Browser;
  let context: BrowserContext;
  let page: Page;
  let alice: MattermostUser;

  before(async () => {
    await buildPage();
    environment = await openEnvironment({ plugin: true });
    sidecar = await environment.startSidecar();
    alice = await createMattermostUser(environment, 'alice');
    await alice.connect();
    await until(async () => (await alice.posts()).length > 0);
    await alice.press('Enable notifications');
    await createTeamsUser(environment, ALICE).appear('Offline');
    await createTeamsUser(environment, ANN).write(CHAT_ALICE_ANN, 'One for the chart');
    await settled(environment, sidecar.url);
    browser = await openBrowser();
    context = await newBrowserContext(browser, { width: 1100, height: 1000 });
    context.setDefaultTimeout(30_000);
    page = await context.newPage();
  });
  after(async () => {
    await browser?.close();
    await environment?.close();
  });

  const api = async (username: string): Promise<Control> => {
    const { command } = await createMattermostUser(environment, username);
    const grant = (await command('/msteams --session')).props?.msteams as SessionGrant;
    return createControl(`${environment.publicUrl}/api/v1/admin`, {
      ca: environment.ca,
      headers: { authorization: `Bearer ${grant.session}` },
    });
  };

  test('only a system administrator may use its API', async () => {
    const forbidden = await api('alice');
    await assert.rejects(forbidden.get('/overview'), /403.*"code":"forbidden"/);
    await assert.rejects(forbidden.put('/allow-list', { text: '' }), /403/);
    await forbidden.close();
  });

  test('every check is shown, and all is well', async () => {
    await logIn(page, environment.mattermostUrl, 'admin');
    await page.goto(`${environment.mattermostUrl}/admin_console/plugins/plugin_msteams_connect`);
    const checks = page.locator('[data-testid^="msteams-check-"]');
    await checks.first().waitFor();
    assert.equal(await checks.count(), 17);
    const troubled = page.locator('[data-testid^="msteams-check-"]:not([data-state="ok"])');
    assert.deepEqual(await troubled.allTextContents(), []);
    await page.getByTestId('msteams-chart').waitFor();
    assert.equal(await page.locator('[data-testid="msteams-chart"] rect').count(), 1);
    await screenshot(page, 'admin');
  });

  test('each failing check names its remedy', async () => {
    const [, team] = await environment.mattermost.get<Array<{ id: string }>>('/api/v4/teams');
    const path = `/api/v4/commands?custom_only=true&team_id=${team?.id}`;
    const [command] = await environment.mattermost.get<Array<{ id: string; team_id: string }>>(path);
    await environment.mattermost.delete(`/api/v4/commands/${command?.id}`);
    await page.getByRole('button', { name: 'Check again' }).click();
    const failed = page.locator('[data-testid="msteams-check-command"][data-state="failed"]');
    await failed.waitFor();
    assert.match((await failed.textContent()) ?? '', /missing in: sales.*setup again/);
    await page.getByRole('heading', { name: 'Health' }).scrollIntoViewIfNeeded();
    await screenshot(page, 'admin-problem');
  });

  test('a test notification arrives', async () => {
    await page.getByRole('button', { name: 'Send me a test notification' }).click();
    await page.getByText('Sent. Look at your conversation').waitFor();
    const posts = await environment.mattermost.get<Array<{ message: string }>>(
      '/playground/posts?user=admin&from=msteams',
    );
    assert.match(posts.at(-1)?.message ?? '', /This is a test/);
  });

  test('connected users are found by their Mattermost name and by their account', async () => {
    const rows = page.locator('[data-testid="msteams-users"] tbody tr');
    await page.getByTestId('msteams-user-search').fill('nobody at all');
    await page.getByText('Nobody found.').waitFor();
    for (const term of ['alice', 'Adams']) {
      await page.getByTestId('msteams-user-search').fill(term);
      await page.getByText('Alice Adams (alice@example.com)').waitFor();
      assert.equal(await rows.count(), 1);
    }
    await page.getByRole('button', { name: 'Last delivery' }).click();
    await page.locator('th[aria-sort="descending"]').waitFor();
    await page.getByTestId('msteams-allow-file').scrollIntoViewIfNeeded();
    await screenshot(page, 'admin-users');
  });

  test('the report is a CSV file', async () => {
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Download as CSV' }).click();
    const stream = await (await downloading).createReadStream();
    const text = Buffer.concat(await stream.toArray()).toString('utf8');
    assert.match(text, /^mattermost_username,.*\r\n"alice","Alice Adams","alice@example\.com","connected"/);
  });

  test('a list of addresses decides who may connect; a file with a wrong line changes nothing', async () => {
    const upload = (text: string) =>
      page
        .getByTestId('msteams-allow-file')
        .setInputFiles({ name: 'list.csv', mimeType: 'text/csv', buffer: Buffer.from(text) });
    await upload('email\ncarol@example.com\nnot an address\n');
    await page.getByText('Line 3: not an address').waitFor();
    await page.getByText('Everybody may connect.', { exact: true }).waitFor();
    await upload('email\ncarol@example.com\n');
    await page.getByText('Saved: one address.').waitFor();
    const bob = await createMattermostUser(environment, 'bob');
    await assert.rejects(bob.connect(), /No such button/);
    await page.getByRole('button', { name: 'Admit everybody' }).click();
    await page.getByText('Everybody may connect.', { exact: true }).waitFor();
  });

  test('the page is accessible', async () => {
    const { violations } = await new AxeBuilder({ page }).include('[data-testid="msteams-admin"]').analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`);
    assert.deepEqual(found, []);
  });

  test('in German, and on a narrow screen', async () => {
    await environment.mattermost.post('/playground/users', {
      username: 'chefin',
      locale: 'de',
      roles: 'system_user system_admin',
    });
    const other = await newBrowserContext(browser, { width: 400, height: 900, locale: 'de-DE' });
    other.setDefaultTimeout(30_000);
    const narrow = await other.newPage();
    await logIn(narrow, environment.mattermostUrl, 'chefin');
    await narrow.goto(`${environment.mattermostUrl}/admin_console/plugins/plugin_msteams_connect`);
    await narrow.getByRole('heading', { name: 'Verbundene Personen' }).waitFor();
    await narrow.getByTestId('msteams-check-clock').waitFor();
    const text = (await narrow.getByTestId('msteams-admin').textContent()) ?? '';
    assert.match(text, /Aufrufe von Mattermost beim Dienst/);
    assert.doesNotMatch(text, /msteams_connect\.|What to do|Health/);
    await screenshot(narrow, 'admin-narrow');
    await other.close();
  });

  test('an administrator disconnects a user, and the bot tells the user', async () => {
    const row = page.locator('[data-testid="msteams-users"] tbody tr');
    await row.getByRole('button', { name: 'Disconnect' }).click();
    await row.getByRole('button', { name: 'Yes, disconnect' }).click();
    await page.getByText('Nobody found.').waitFor();
    assert.match((await alice.posts()).at(-1)?.message ?? '', /disconnected/);
  });
});
