import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { create } from 'tar';
import { type Json, type MattermostEmulator, startMattermostEmulator } from '../../support/mattermost-emulator.ts';

let emulator: MattermostEmulator;
let folder: string;

before(async () => {
  emulator = await startMattermostEmulator();
  folder = await mkdtemp(join(tmpdir(), 'plugin-'));
});
after(async () => {
  await emulator.close();
  await rm(folder, { recursive: true });
});

const manifest = (fields: Json = {}) => ({
  id: 'msteams_bridge',
  name: 'Microsoft Teams',
  description: 'x',
  version: '0.1.0',
  min_server_version: '11.0.0',
  webapp: { bundle_path: 'webapp/dist/main.js' },
  props: { sidecar_url: 'https://sidecar.example' },
  settings_schema: { settings: [{ key: 'Secret', type: 'text', secret: true }] },
  ...fields,
});

async function archive(files: Record<string, string>): Promise<Uint8Array<ArrayBuffer>> {
  const root = await mkdtemp(join(folder, 'bundle-'));
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
  const tops = [...new Set(Object.keys(files).map((path) => path.split('/')[0] ?? ''))];
  await create({ gzip: true, cwd: root, file: join(root, '..', 'bundle.tar.gz') }, tops);
  return new Uint8Array(await readFile(join(root, '..', 'bundle.tar.gz')));
}

async function bundle(fields: Json = {}, prefix = 'msteams_bridge/'): Promise<Uint8Array<ArrayBuffer>> {
  return archive({
    [`${prefix}plugin.json`]: JSON.stringify(manifest(fields)),
    [`${prefix}webapp/dist/main.js`]: 'a',
    [`${prefix}webapp/dist/extra.css`]: 'b{}',
    [`${prefix}public/config.json`]: '{"x":1}',
  });
}

async function upload(bytes: Uint8Array<ArrayBuffer>, force = false) {
  const form = new FormData();
  if (force) form.append('force', 'true');
  form.append('plugin', new Blob([bytes]), 'bundle.tar.gz');
  return emulator.call('POST plugins', { token: emulator.adminToken, body: form });
}

/** Asks until the activation, which follows the answer, has happened. */
async function webappPlugins(length: number): Promise<Json[]> {
  for (;;) {
    const { list } = await emulator.call('GET plugins/webapp');
    if (list.length === length) return list;
  }
}

test('uploads are off by default, cannot be switched on over REST, and signatures forbid them', async () => {
  assert.equal((await upload(await bundle())).json.id, 'app.plugin.upload_disabled.app_error');
  const patch = await emulator.admin('PUT config/patch', { PluginSettings: { EnableUploads: true } });
  assert.equal(patch.status, 403);
  assert.equal(patch.json.id, 'api.config.update_config.not_allowed_security.app_error');
  const config = (await emulator.admin('GET config')).json;
  const put = await emulator.admin('PUT config', {
    ...config,
    PluginSettings: { ...(config.PluginSettings as Json), EnableUploads: true },
  });
  assert.equal(put.status, 200);
  assert.equal((put.json.PluginSettings as Json).EnableUploads, false);
  await emulator.control('PUT config', { PluginSettings: { EnableUploads: true, RequirePluginSignature: true } });
  assert.equal((await upload(await bundle())).status, 501);
  await emulator.control('PUT config', { PluginSettings: { RequirePluginSignature: false } });
});

test('a file that is no bundle is 400', async () => {
  assert.equal((await upload(new Uint8Array([1, 2, 3]))).json.id, 'app.plugin.extract.app_error');
  assert.equal((await upload(await archive({ 'a/b/plugin.json': '{}' }))).json.id, 'app.plugin.manifest.app_error');
  assert.equal((await upload(await bundle({ id: 'x' }))).json.id, 'app.plugin.invalid_id.app_error');
  assert.equal((await upload(await bundle({ version: 'one' }))).json.id, 'app.plugin.manifest.app_error');
});

test('an uploaded plugin is inactive, then enabled, listed for all users, and served', async () => {
  const made = await upload(await bundle());
  assert.equal(made.status, 201);
  assert.equal(made.json.id, 'msteams_bridge');
  assert.deepEqual(await webappPlugins(0), []);
  assert.equal((await emulator.admin('POST plugins/msteams_bridge/enable')).status, 200);
  const [plugin] = await webappPlugins(1);
  assert.deepEqual(plugin, {
    id: 'msteams_bridge',
    name: '',
    version: '0.1.0',
    min_server_version: '11.0.0',
    // FNV-1a of the one byte "a".
    webapp: { bundle_path: '/static/msteams_bridge/msteams_bridge_af63dc4c8601ec8c_bundle.js' },
    props: { sidecar_url: 'https://sidecar.example' },
  });
  const get = (path: string) => fetch(`${emulator.url}${path}`);
  const script = await get('/static/plugins/msteams_bridge/msteams_bridge_af63dc4c8601ec8c_bundle.js');
  assert.deepEqual([script.status, await script.text()], [200, 'a']);
  assert.match(script.headers.get('content-type') ?? '', /javascript/);
  assert.equal(script.headers.get('cache-control'), 'max-age=31556926, public');
  assert.equal((await get('/static/plugins/msteams_bridge/extra.css')).status, 200);
  assert.deepEqual(await (await get('/plugins/msteams_bridge/public/config.json')).json(), { x: 1 });
  assert.equal((await get('/plugins/msteams_bridge/public/..%2fplugin.json')).status, 404);
  assert.equal((await get('/plugins/msteams_bridge/api')).status, 404);
});

test('statuses and lists are the administrator’s', async () => {
  const statuses = await emulator.admin('GET plugins/statuses');
  assert.deepEqual([statuses.list[0]?.plugin_id, statuses.list[0]?.state], ['msteams_bridge', 2]);
  const { json } = await emulator.admin('GET plugins');
  const [active] = json.active as Json[];
  assert.notEqual(active?.settings_schema, undefined);
  const alice = await emulator.login('alice');
  assert.equal((await emulator.call('GET plugins', { token: alice.token })).status, 403);
});

test('the same id needs force; an enabled plugin stays enabled', async () => {
  const again = await bundle({ version: '0.2.0' }, '');
  assert.equal((await upload(again)).json.id, 'app.plugin.install_id.app_error');
  assert.equal((await upload(again, true)).status, 201);
  assert.equal((await webappPlugins(1))[0]?.version, '0.2.0');
});

test('a map in a configuration patch replaces the whole map; masked secrets are restored', async () => {
  const { json } = await emulator.admin('PUT config/patch', {
    PluginSettings: { Plugins: { msteams_bridge: { secret: 's3cret', other: 1 } } },
  });
  const plugins = (config: Json) => (config.PluginSettings as Json).Plugins as Record<string, Json>;
  assert.deepEqual(plugins(json).msteams_bridge, { secret: '*'.repeat(32), other: 1 });
  await emulator.admin('PUT config/patch', {
    PluginSettings: { Plugins: { msteams_bridge: { secret: '*'.repeat(32), other: 2 } } },
  });
  const disk = (await emulator.control('PUT config', {})).json;
  assert.deepEqual(plugins(disk).msteams_bridge, { secret: 's3cret', other: 2 });
  await emulator.admin('PUT config/patch', { PluginSettings: { Plugins: { another: {} } } });
  assert.deepEqual(plugins((await emulator.control('PUT config', {})).json), { another: {} });
  assert.deepEqual(
    plugins((await emulator.admin('GET config')).json),
    {},
    'settings of plugins that are not installed are not read',
  );
  await emulator.admin('PUT config/patch', { PluginSettings: { PluginStates: {} } });
  await webappPlugins(0);
});

test('a server too old for the plugin is said in the statuses', async () => {
  await upload(await bundle({ min_server_version: '11.3.0' }), true);
  await emulator.admin('POST plugins/msteams_bridge/enable');
  let status: Json | undefined;
  while (status?.state !== 3) status = (await emulator.admin('GET plugins/statuses')).list[0];
  assert.match(String(status.error), /11\.3\.0/);
});

test('a removed plugin is gone, plugins switched off are 501', async () => {
  assert.equal((await emulator.admin('DELETE plugins/msteams_bridge')).status, 200);
  assert.equal(
    (await emulator.admin('POST plugins/msteams_bridge/enable')).json.id,
    'app.plugin.not_installed.app_error',
  );
  await emulator.control('PUT config', { PluginSettings: { Enable: false } });
  assert.equal((await emulator.call('GET plugins/webapp')).status, 501);
});
