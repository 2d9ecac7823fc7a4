import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type Browser, chromium, type Page } from 'playwright-core';
import { create } from 'tar';
import { buildPage } from '../../../playground/mattermost/page/build.ts';
import { type Mattermost, startMattermost } from '../../../playground/mattermost/server.ts';

const CONFIG = {
  PluginSettings: { EnableUploads: true, RequirePluginSignature: false },
  ServiceSettings: { EnableBotAccountCreation: true },
};

/** A plugin that uses the registry the ways the tests look at; it runs as a classic script under the page's CSP. */
const PLUGIN = `(function () {
  const h = window.React.createElement;
  window.seen = { posted: 0, submitted: null, hooked: [], argumentCount: 0 };
  class Plugin {
    initialize(registry, store) {
      window.seen.argumentCount = arguments.length;
      registry.registerPostTypeComponent('custom_try', (props) => h('em', { className: 'try-card' }, props.post.message));
      registry.registerWebSocketEventHandler('posted', () => { window.seen.posted += 1; });
      registry.registerSlashCommandWillBePostedHook(async (message, args) => {
        window.seen.hooked.push(args);
        if (message === '/take') return {};
        if (message === '/refuse') return { error: { message: 'The hook refuses.' } };
        if (message === '/wait') { await new Promise((done) => { window.release = done; }); return {}; }
      });
      registry.registerAppBarComponent({ iconUrl: '/x.svg', tooltipText: 'Try', rhsTitle: 'Panel',
        rhsComponent: (props) => h('p', { className: 'try-panel' }, props.theme.type) });
      registry.registerUserSettings({ uiName: 'Try', sections: [{ title: 'When', onSubmit: (changes) => { window.seen.submitted = changes; },
        settings: [{ type: 'radio', name: 'when', title: 'When', default: 'a', options: [{ value: 'a', text: 'Alpha' }, { value: 'b', text: 'Beta' }] }] }] });
    }
    uninitialize() { window.seen.gone = true; }
  }
  window.registerPlugin('try_plugin', new Plugin());
})();`;

describe('the page', () => {
  let mattermost: Mattermost;
  let browser: Browser;
  let page: Page;
  let channelId: string;
  let botToken: string;
  const pageErrors: string[] = [];

  async function call<T>(path: string, body?: unknown, token = mattermost.adminToken): Promise<T> {
    const isForm = body instanceof FormData;
    const response = await fetch(`${mattermost.url}/api/v4${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, ...(isForm ? {} : { 'content-type': 'application/json' }) },
      body: isForm ? body : JSON.stringify(body ?? {}),
    });
    assert.ok(response.ok, `${path} answered ${response.status}`);
    return (await response.json()) as T;
  }

  async function installPlugin(): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'page-test-'));
    await mkdir(join(folder, 'webapp'));
    await writeFile(join(folder, 'webapp/main.js'), PLUGIN);
    const manifest = { id: 'try_plugin', name: 'Try', version: '0.1.0', webapp: { bundle_path: 'webapp/main.js' } };
    await writeFile(join(folder, 'plugin.json'), JSON.stringify(manifest));
    await create({ gzip: true, cwd: folder, file: join(folder, 'plugin.tar.gz') }, ['plugin.json', 'webapp']);
    const form = new FormData();
    form.append('plugin', new Blob([await readFile(join(folder, 'plugin.tar.gz'))]), 'plugin.tar.gz');
    await call('/plugins', form);
    await call('/plugins/try_plugin/enable');
    await rm(folder, { recursive: true });
  }

  async function makeBot(): Promise<void> {
    const bot = await call<{ user_id: string }>('/bots', { username: 'helper', display_name: 'Helper Bot' });
    botToken = (await call<{ token: string }>(`/users/${bot.user_id}/tokens`, { description: 'test' })).token;
    const [alice] = await call<Array<{ id: string }>>('/users/usernames', ['alice']);
    channelId = (await call<{ id: string }>('/channels/direct', [bot.user_id, alice?.id], botToken)).id;
  }

  async function submit(draft: string): Promise<void> {
    await page.getByTestId('composer').fill(draft);
    await page.getByTestId('send').click();
  }

  before(async () => {
    await buildPage();
    mattermost = await startMattermost({ config: CONFIG });
    await installPlugin();
    await makeBot();
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: ['--no-sandbox', '--disable-quic', '--disable-background-networking'],
    });
    page = await browser.newPage();
    page.on('pageerror', (error) => pageErrors.push(error.message));
    await page.goto(mattermost.url);
    await page.getByTestId('login-username').fill('alice');
    await page.getByTestId('login-password').fill('Password1!');
    await page.getByTestId('login-submit').click();
    await page.getByTestId('app-bar-try_plugin').waitFor();
  });

  after(async () => {
    await browser?.close();
    await mattermost?.close();
  });

  it('calls initialize with two arguments and offers the globals of 11.2 only', async () => {
    assert.equal(await page.evaluate('window.seen.argumentCount'), 2);
    const newer = 'typeof window.StyledComponents + typeof window.ReactJSXRuntime + typeof window.loadSharedDependency';
    assert.equal(await page.evaluate(newer), 'undefinedundefinedundefined');
    assert.equal(await page.evaluate('window.React.version'), '18.2.0');
  });

  it('shows the direct message with the first post of the bot, rendered by the plugin', async () => {
    assert.equal(await page.getByTestId('channel-Helper Bot').count(), 0);
    await call('/posts', { channel_id: channelId, message: 'from the card', type: 'custom_try' }, botToken);
    await page.getByTestId('unread-badge').waitFor();
    await page.getByTestId('channel-Helper Bot').click();
    await page.locator('.try-card', { hasText: 'from the card' }).waitFor();
    assert.equal(await page.evaluate('window.seen.posted'), 1);
  });

  it('clears a consumed command, keeps a refused one, and waits for a pending hook', async () => {
    const composer = page.getByTestId('composer');
    await submit('/take');
    await page.waitForFunction("document.querySelector('[data-testid=composer]').value === ''");
    await submit('/refuse');
    assert.equal((await page.getByTestId('composer-error').textContent())?.trim(), 'The hook refuses.');
    assert.equal(await composer.inputValue(), '/refuse');
    await submit('/wait');
    await page.waitForFunction('typeof window.release === "function"');
    assert.equal(await composer.inputValue(), '/wait');
    await page.evaluate('window.release()');
    await page.waitForFunction("document.querySelector('[data-testid=composer]').value === ''");
  });

  it('offers to send an unknown command as a message', async () => {
    await submit('/unheard of');
    await page.getByTestId('composer-error').getByRole('button').click();
    await page.locator('.post-message__text', { hasText: '/unheard of' }).waitFor();
  });

  it('saves a changed plugin setting as a preference and tells the plugin', async () => {
    await page.getByTestId('settings-button').click();
    await page.getByTestId('settings-tab-try_plugin').click();
    await page.getByTestId('edit-When').click();
    await page.getByLabel('Beta').check();
    await page.getByTestId('settings-save').click();
    await page.getByTestId('edit-When').waitFor();
    assert.deepEqual(await page.evaluate('window.seen.submitted'), { when: 'b' });
    await page.keyboard.press('Escape');
  });

  it('takes a disabled plugin away and loads it again while the page is open', async () => {
    await page.getByTestId('app-bar-try_plugin').click();
    await page.locator('.try-panel').waitFor();
    await call('/plugins/try_plugin/disable');
    await page.getByTestId('app-bar-try_plugin').waitFor({ state: 'detached' });
    await page.getByTestId('rhs').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate('window.seen.gone'), true);
    await call('/plugins/try_plugin/enable');
    await page.getByTestId('app-bar-try_plugin').waitFor();
  });

  it('ran without an uncaught error', () => {
    assert.deepEqual(pageErrors, []);
  });
});
