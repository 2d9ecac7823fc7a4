import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { create } from 'tar';
import { readPluginLog } from '../../../playground/mattermost/plugins/process/log.ts';
import { type Json, type MattermostEmulator, startMattermostEmulator } from '../../support/mattermost-emulator.ts';

const PLUGIN = fileURLToPath(new URL('./fixtures/plugin.ts', import.meta.url));

let site: MattermostEmulator;
let folder: string;

/** A bundle whose executable runs the fixture. */
async function bundle(mode = 0o755): Promise<Uint8Array<ArrayBuffer>> {
  const root = await mkdtemp(join(folder, 'bundle-'));
  const files: Record<string, string> = {
    'plugin.json': JSON.stringify({
      id: 'proto',
      name: 'Proto',
      version: '0.0.1',
      server: { executable: 'server/run' },
    }),
    'server/run': `#!/bin/sh\nexec ${process.execPath} ${PLUGIN}\n`,
  };
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text, { mode: path === 'server/run' ? mode : 0o644 });
  }
  const file = join(root, '..', 'bundle.tar.gz');
  await create({ gzip: true, cwd: root, file }, Object.keys(files));
  return new Uint8Array(await readFile(file));
}

async function upload(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
  const form = new FormData();
  form.append('force', 'true');
  form.append('plugin', new Blob([bytes]), 'bundle.tar.gz');
  assert.equal((await site.call('POST plugins', { token: site.adminToken, body: form })).status, 201);
}

interface View {
  state: number;
  error: string;
  pid: number;
  restarts: number;
  log: Array<{ level: string; message: string }>;
}

const view = async (route = 'GET plugins/proto') => (await site.control(route)).json as unknown as View;

async function until(wanted: (now: View) => boolean): Promise<View> {
  for (let now = await view(); ; now = await view()) {
    if (wanted(now)) return now;
    await sleep(10);
  }
}

const logged = (text: string) => until(({ log }) => log.some(({ message }) => message.includes(text)));

async function ask(route: string, headers: Record<string, string> = {}, body?: Uint8Array<ArrayBuffer>) {
  const [method = 'GET', path = ''] = route.split(' ');
  const answer = await fetch(`${site.url}/plugins/proto${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body }),
  });
  return {
    status: answer.status,
    json: (await answer.json().catch(() => ({}))) as { headers: Json; url: string; bytes: number; hasSession: boolean },
  };
}

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'plugin-process-'));
  site = await startMattermostEmulator({ config: { PluginSettings: { EnableUploads: true } } });
  await upload(await bundle());
  await site.admin('POST plugins/proto/enable');
  await until(({ state }) => state === 2);
});
after(async () => {
  await site.close();
  await rm(folder, { recursive: true });
});

describe('the host of plugin processes', () => {
  test('activates a plugin that uses the API, and a compare-and-set has one winner', async () => {
    await logged('active 11.2.0 1');
    const bots = (await site.admin('GET bots')).list;
    assert.ok(bots.some(({ username, owner_id }) => username === 'proto' && owner_id === 'proto'));
  });

  test('names the session’s user, and drops such a header of the client', async () => {
    const alice = await site.login('alice');
    const forged = { 'mattermost-user-id': alice.id, 'mattermost-plugin-id': 'x', referer: 'https://evil.example' };
    const { json: nobody } = await ask('GET /a', forged);
    assert.deepEqual(
      [nobody.headers['mattermost-user-id'], nobody.headers['mattermost-plugin-id'], nobody.headers.referer],
      [undefined, undefined, undefined],
    );
    assert.equal(nobody.hasSession, false);
    const { json: bearer } = await ask('GET /a', { ...forged, authorization: `Bearer ${alice.token}` });
    assert.deepEqual(bearer.headers['mattermost-user-id'], [alice.id]);
    assert.equal(bearer.headers.authorization, undefined);
    const { json: cookie } = await ask('GET /a', { cookie: `${alice.cookies}; own=1` });
    assert.deepEqual(cookie.headers['mattermost-user-id'], [alice.id]);
    assert.doesNotMatch(String(cookie.headers.cookie), /MMAUTHTOKEN/);
    assert.match(String(cookie.headers.cookie), /own=1/);
    const { json: foreign } = await ask('GET /a', { authorization: 'Bearer of-microsoft' });
    assert.deepEqual(foreign.headers.authorization, ['Bearer of-microsoft']);
  });

  test('a changing request with the cookie alone comes without a user', async () => {
    const alice = await site.login('alice');
    assert.equal((await ask('POST /a', { cookie: alice.cookies })).json.headers['mattermost-user-id'], undefined);
    const { json } = await ask('POST /a', { cookie: alice.cookies, 'x-csrf-token': alice.csrf });
    assert.deepEqual(json.headers['mattermost-user-id'], [alice.id]);
  });

  test('encodes the query anew and takes the access token out', async () => {
    const { json } = await ask('GET /p?b=2%20x&a=1&access_token=secret');
    assert.equal(json.url, '/p?a=1&b=2+x');
  });

  test('streams a body of megabytes', async () => {
    const { json } = await ask('POST /up', {}, new Uint8Array(5_000_000));
    assert.equal(json.bytes, 5_000_000);
  });

  test('runs the command in every team, and suggests its parts', async () => {
    const alice = await site.login('alice');
    const [team] = (await site.call('GET users/me/teams', { token: alice.token })).list;
    const [channel] = (await site.call(`GET users/me/teams/${team?.id}/channels`, { token: alice.token })).list;
    const body = { command: '/proto one', channel_id: channel?.id, team_id: team?.id };
    const { json } = await site.call('POST commands/execute', { token: alice.token, body });
    assert.equal(json.text, 'you said /proto one');
    const path = `GET teams/${team?.id}/commands/autocomplete_suggestions?user_input=/proto%20o`;
    const { list } = await site.call(path, { token: alice.token });
    assert.deepEqual(
      list.map(({ Complete, Description }) => [Complete, Description]),
      [['proto one', 'The first']],
    );
  });

  test('tells posts, deactivations and changes of the configuration', async () => {
    const alice = await site.login('alice');
    const bob = await site.login('bob');
    const channel = await site.direct(alice.token, alice.id, bob.id);
    await site.call('POST posts', { token: alice.token, body: { channel_id: channel, message: 'hello hook' } });
    await logged('post hello hook');
    await site.admin(`PUT users/${bob.id}/active`, { active: false });
    await logged(`deactivated ${bob.id}`);
    await site.admin('PUT config/patch', { TeamSettings: { SiteName: 'Other' } });
    await logged('configuration');
    await site.admin(`PUT users/${bob.id}/active`, { active: true });
  });

  test('starts it anew twice, and gives up at the third failure within an hour', async () => {
    for (const restarts of [1, 2]) {
      await site.control('POST plugins/proto/kill');
      assert.equal((await ask('GET /a')).status, 500);
      await site.control('POST plugins/proto/check');
      assert.deepEqual([(await view()).state, (await view()).restarts], [2, restarts]);
    }
    await site.control('POST plugins/proto/kill');
    await site.control('POST plugins/proto/check');
    assert.deepEqual([(await view()).state, (await view()).error], [4, '']);
    assert.equal((await ask('GET /a')).status, 404);
    // Any saved change of the configuration brings it back.
    await site.admin('PUT config/patch', { TeamSettings: { SiteName: 'Mattermost' } });
    assert.equal((await until(({ state }) => state === 2)).restarts, 0);
  });

  test('what the plugin says against its start is its error, word for word', async () => {
    await site.admin('PUT config/patch', { PluginSettings: { Plugins: { proto: { refuse: 'true' } } } });
    await site.admin('POST plugins/proto/disable');
    await until(({ state }) => state === 0);
    await site.admin('POST plugins/proto/enable');
    assert.equal((await until(({ state }) => state === 3)).error, 'This plugin does not want to start.');
    await site.admin('PUT config/patch', { PluginSettings: { Plugins: { proto: { refuse: '' } } } });
    await until(({ state }) => state === 2);
  });

  test('an executable without its mode in the archive cannot be started', async () => {
    await upload(await bundle(0o644));
    assert.equal((await until(({ state }) => state === 3)).state, 3);
    await upload(await bundle());
    await until(({ state }) => state === 2);
  });

  test('ends the process when the plugin is disabled', async () => {
    const { pid } = await view();
    await site.admin('POST plugins/proto/disable');
    await until(({ state }) => state === 0);
    assert.throws(() => process.kill(pid, 0), /ESRCH/);
  });
});

test('a log line whose fields are no strings would end Mattermost', () => {
  for (const line of ['{"@level":1}', '{"@level":"info","@message":null}', '{"@timestamp":{}}']) {
    assert.throws(() => readPluginLog(line), /ends Mattermost/);
  }
  assert.deepEqual(readPluginLog('plain'), { level: 'debug', message: 'plain' });
});
