import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import { createHttpBrowser } from '../../../playground/http-browser.ts';
import { buildPage } from '../../../playground/mattermost/page/build.ts';
import type { MattermostUser } from '../../../playground/mattermost-user.ts';
import { createMattermostUser } from '../../../playground/mattermost-user.ts';
import { BOB, CAROL, DEV } from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { complaints, logIn, newBrowserContext, openBrowser } from '../../support/browser.ts';
import { screenshot } from '../../support/screenshot.ts';
import { until } from '../../support/until.ts';

describe('accounts and credentials', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let browser: Browser;

  before(async () => {
    await buildPage();
    environment = await openEnvironment({ env: { ALERT_USERS: 'admin' } });
    sidecar = await environment.startSidecar();
  });
  after(async () => {
    await browser?.close();
    await environment?.close();
  });

  const lastWords = async (person: MattermostUser) => (await person.posts()).at(-1)?.message ?? '';

  test('a sign-in that starts at Microsoft is confirmed in Mattermost', async () => {
    const carol = await createMattermostUser(environment, 'carol');
    const httpBrowser = createHttpBrowser(environment.ca);
    try {
      const start = await httpBrowser.open(`${environment.publicUrl}/connect`);
      const people = await httpBrowser.press(start, () => true);
      const consent = await httpBrowser.press(people, ({ value }) => value === CAROL.oid);
      const page = await httpBrowser.press(consent, ({ value }) => value === 'accept');
      assert.match(page.text, /confirm in Mattermost/);
    } finally {
      await httpBrowser.close();
    }
    await until(async () => /Was that you/.test(await lastWords(carol)), 'the bot asked');
    await carol.press('Yes, connect');
    await until(async () => /You are connected/.test(await lastWords(carol)), 'the bot confirmed');
  });

  test('an expired client secret disconnects no user and is reported once to ALERT_USERS, with the remedy', async () => {
    const [admin, bob] = await Promise.all([
      createMattermostUser(environment, 'admin'),
      createMattermostUser(environment, 'bob'),
    ]);
    await environment.microsoft.put('/playground/app', { secrets: [], expiredSecrets: ['playground-secret'] });
    for (let attempt = 0; attempt < 2; attempt += 1) {
      assert.match(await bob.connect(BOB), /nicht richtig eingerichtet/);
    }
    await until(async () => /client secret has expired/.test(await lastWords(admin)), 'the administrator was told');
    const told = (await admin.posts()).filter(({ message }) => message.includes('does not accept the credential'));
    assert.equal(told.length, 1);
    const ready = await fetch(`${sidecar.url}/readyz`);
    assert.equal(ready.status, 200);
    const { problems } = (await ready.json()) as { problems: Array<{ code: string; remedy: string }> };
    assert.deepEqual(
      problems.map(({ code }) => code),
      ['client_credential_invalid'],
    );
    assert.match(await (await fetch(`${sidecar.url}/metrics`)).text(), /^msteams_connect_credential_problem 1$/m);
  });

  test('with a next secret in the settings no user notices the roll-over', async () => {
    await sidecar.stop();
    await environment.microsoft.put('/playground/app', {
      secrets: ['the-next'],
      expiredSecrets: ['playground-secret'],
    });
    sidecar = await environment.startSidecar({ env: { MICROSOFT_CLIENT_SECRET_NEXT: 'the-next' } });
    assert.match(await (await createMattermostUser(environment, 'bob')).connect(BOB), /Sie sind verbunden/);
    const { problems } = (await (await fetch(`${sidecar.url}/readyz`)).json()) as { problems: unknown[] };
    assert.deepEqual(problems, []);
  });

  test('ACCOUNT_MATCH=any: the browser shows its Mattermost session, then signs in with another address', async () => {
    const app = await environment.mattermost.post<{ id: string; client_secret: string }>('/api/v4/oauth/apps', {
      name: 'Microsoft Teams',
      description: 'Shows the sidecar whose session a browser holds.',
      homepage: environment.publicUrl,
      callback_urls: [`${environment.publicUrl}/oauth/mattermost`],
      is_trusted: true,
    });
    await sidecar.stop();
    sidecar = await environment.startSidecar({
      env: {
        MICROSOFT_CLIENT_SECRET: 'the-next',
        ACCOUNT_MATCH: 'any',
        MATTERMOST_OAUTH_CLIENT_ID: app.id,
        MATTERMOST_OAUTH_CLIENT_SECRET: app.client_secret,
      },
    });
    browser = await openBrowser();
    const context = await newBrowserContext(browser);
    const page = await context.newPage();
    await logIn(page, environment.mattermostUrl, 'alice');
    const problems = complaints(page);
    const alice = await createMattermostUser(environment, 'alice');
    const link = /https:\/\/[^\s)]+\/connect\?link=[\w-]+/.exec((await alice.command('/msteams connect')).text)?.[0];

    await page.goto(link ?? '');
    await page.getByRole('button').click();
    await page.getByTestId(`person-${DEV.oid}`).click();
    await page.getByTestId('accept').click();
    await page.getByText('You are connected').waitFor();
    await screenshot(page, 'connect-done');
    assert.match(await lastWords(alice), /dev\.patel@example\.com/);
    assert.deepEqual(problems, []);
  });

  test('a forwarded link is refused: the browser belongs to another user', async () => {
    const bob = await createMattermostUser(environment, 'bob');
    await bob.confirm('/msteams disconnect');
    const link = /https:\/\/[^\s)]+\/connect\?link=[\w-]+/.exec((await bob.command('/msteams connect')).text)?.[0];
    const context = await newBrowserContext(browser);
    const page = await context.newPage();
    await logIn(page, environment.mattermostUrl, 'carol');
    await page.goto(link ?? '');
    await page.getByRole('button').click();
    await page.getByText('This link belongs to another Mattermost account').waitFor();
  });
});
