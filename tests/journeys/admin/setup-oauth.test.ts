import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { parseEnv } from 'node:util';
import type { FreshInstall } from '../../support/fresh-install.ts';
import { openFreshInstall } from '../../support/fresh-install.ts';

interface App {
  id: string;
  client_secret: string;
  callback_urls: string[];
  homepage: string;
  is_trusted: boolean;
  is_public: boolean;
}

const NAMES = ['ACCOUNT_MATCH', 'MATTERMOST_OAUTH_CLIENT_ID', 'MATTERMOST_OAUTH_CLIENT_SECRET'];

describe('setup of the OAuth 2.0 application for ACCOUNT_MATCH=any', () => {
  let here: FreshInstall;

  before(async () => {
    here = await openFreshInstall();
    await here.mattermost.put('/playground/config', {
      ServiceSettings: { EnableBotAccountCreation: true, AllowedUntrustedInternalConnections: 'localhost 127.0.0.1' },
      PluginSettings: { EnableUploads: true },
    });
  });
  after(() => here?.[Symbol.asyncDispose]());

  const setup = (sidecarUrl: string, ...words: string[]) =>
    here.run(['setup', '--url', here.mattermostUrl, '--token', here.adminToken, '--sidecar-url', sidecarUrl, ...words]);
  const apps = () => here.mattermost.get<App[]>('/api/v4/oauth/apps');
  const written = () => {
    const values: Record<string, string | undefined> = parseEnv(readFileSync(here.settings, 'utf8'));
    return NAMES.map((name) => values[name]);
  };
  const provider = (isOn: boolean) =>
    here.mattermost.put('/playground/config', { ServiceSettings: { EnableOAuthServiceProvider: isOn } });

  test('without the option nothing is made', async () => {
    await setup(here.publicUrl);
    assert.deepEqual(await apps(), []);
    assert.deepEqual(written(), [undefined, undefined, undefined]);
  });

  test('while the provider is off it prints where to switch it on, and changes nothing', async () => {
    await provider(false);
    const { code, text } = await setup(here.publicUrl, '--account-match', 'any');
    assert.equal(code, 1);
    assert.match(
      text,
      /! the OAuth 2\.0 service provider is switched off.*\n.*Integration Management → Enable OAuth 2\.0/,
    );
    assert.deepEqual(written(), [undefined, undefined, undefined]);
    await provider(true);
    assert.deepEqual(await apps(), []);
  });

  test('a dry run only says so', async () => {
    const { text } = await setup(here.publicUrl, '--account-match', 'any', '--dry-run');
    assert.match(text, /would create the OAuth 2\.0 application/);
    assert.deepEqual(await apps(), []);
  });

  test('it makes a trusted one with a secret, and writes both values', async () => {
    const { text } = await setup(here.publicUrl, '--account-match', 'any');
    assert.match(text, /\+ created the OAuth 2\.0 application/);
    const [app, ...others] = await apps();
    assert.deepEqual(others, []);
    assert.deepEqual(app?.callback_urls, [`${here.publicUrl}/oauth/mattermost`]);
    assert.deepEqual([app?.is_trusted, app?.is_public], [true, false]);
    assert.deepEqual(written(), ['any', app?.id, app?.client_secret]);
    assert.ok(!text.includes(app?.client_secret ?? ''), 'the secret is not printed');
  });

  test('repeated, with the option or without, it keeps it', async () => {
    const [before, file] = [await apps(), readFileSync(here.settings, 'utf8')];
    for (const words of [['--account-match', 'any'], []]) {
      const { text } = await setup(here.publicUrl, ...words);
      assert.match(text, /= unchanged: OAuth 2\.0 application/);
    }
    assert.deepEqual(await apps(), before);
    assert.equal(readFileSync(here.settings, 'utf8'), file);
  });

  test('for another address of the sidecar it is replaced', async () => {
    const [before] = await apps();
    const { text } = await setup('https://127.0.0.1:1', '--account-match', 'any');
    assert.match(text, /\+ replaced the OAuth 2\.0 application/);
    const [app, ...others] = await apps();
    assert.deepEqual(others, []);
    assert.notEqual(app?.id, before?.id);
    assert.deepEqual(app?.callback_urls, ['https://127.0.0.1:1/oauth/mattermost']);
    assert.deepEqual(written(), ['any', app?.id, app?.client_secret]);
    await setup(here.publicUrl);
  });

  test('one made by hand is kept, also when setup is undone', async () => {
    const callback_urls = [`${here.publicUrl}/oauth/mattermost`];
    const fields = { name: 'By hand', description: '', homepage: here.publicUrl, callback_urls };
    const { id } = await here.mattermost.post<App>('/api/v4/oauth/apps', fields);
    const { code, text } = await setup(here.publicUrl, '--undo');
    assert.equal(code, 0, text);
    assert.match(text, /removed the OAuth 2\.0 application/);
    assert.deepEqual(
      (await apps()).map((app) => app.id),
      [id],
    );
    assert.deepEqual(written(), [undefined, undefined, undefined]);
  });
});
