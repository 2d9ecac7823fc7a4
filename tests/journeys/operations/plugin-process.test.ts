import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { create } from 'tar';
import { createAuthority } from '../../../playground/authority.ts';
import { type Control, createControl } from '../../../playground/control.ts';
import type { Environment } from '../../../playground/environment.ts';
import { startMattermost } from '../../../playground/mattermost/server.ts';
import { createMattermostUser, type MattermostUser } from '../../../playground/mattermost-user.ts';
import { startMicrosoft } from '../../../playground/microsoft/server.ts';
import { ALICE, ANN, CHAT_ALICE_ANN, CLIENT_ID, CLIENT_SECRET, CONTOSO } from '../../../playground/sample.ts';
import { createTeamsUser } from '../../../playground/teams-user.ts';
import { startTlsFront } from '../../../playground/tls-front.ts';
import { databaseKinds } from '../../support/databases.ts';
import { until } from '../../support/until.ts';

const MAIN = fileURLToPath(new URL('../../../sidecar/src/plugin-main.ts', import.meta.url));
const ID = 'msteams_connect';

interface PluginView {
  state: number;
  error: string;
  pid: number;
  restarts: number;
  log: Array<{ level: string; message: string }>;
}

const [postgres] = (await databaseKinds()).filter(({ name }) => name === 'PostgreSQL');

/** A bundle whose executable runs the sources: what Mattermost starts is a file without arguments. */
async function packBundle(folder: string): Promise<Uint8Array<ArrayBuffer>> {
  const server = { executable: 'plugin' };
  writeFileSync(join(folder, 'plugin.json'), JSON.stringify({ id: ID, name: 'Teams', version: '0.1.0', server }));
  writeFileSync(join(folder, 'plugin'), `#!/bin/sh\nexec ${process.execPath} ${MAIN}\n`, { mode: 0o755 });
  const file = join(folder, 'bundle.tar.gz');
  await create({ gzip: true, cwd: folder, file }, ['plugin.json', 'plugin']);
  return new Uint8Array(readFileSync(file));
}

describe('the service in a process that Mattermost starts', { skip: postgres?.skip ?? false }, () => {
  const stack = new AsyncDisposableStack();
  let environment: Environment;
  let alice: MattermostUser;
  let admin: Control;

  const view = () => admin.get<PluginView>(`/playground/plugins/${ID}`);
  const ready = () =>
    until(async () => (await fetch(`${environment.mattermostUrl}/plugins/${ID}/readyz`)).ok, 'the service answers');

  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'plugin-journey-'));
    stack.defer(() => rmSync(folder, { recursive: true }));
    const database = await postgres?.create();
    stack.defer(async () => database?.drop());
    const authority = await createAuthority();
    const caFile = join(folder, 'authority.pem');
    writeFileSync(caFile, authority.certificatePem);
    const front = await startTlsFront({ ...(await authority.issue(['localhost'])), targetUrl: 'http://127.0.0.1:9' });
    stack.defer(() => front.close());
    const publicUrl = `${front.url}/plugins/${ID}`;
    const microsoft = await startMicrosoft({ authority, port: 0, redirectUris: [`${publicUrl}/oauth/callback`] });
    stack.defer(() => microsoft.close());
    const mattermost = await startMattermost({
      extraCa: authority.certificatePem,
      config: { ServiceSettings: { SiteURL: front.url }, PluginSettings: { EnableUploads: true } },
      env: { PATH: process.env.PATH, NODE_EXTRA_CA_CERTS: caFile },
    });
    stack.defer(() => mattermost.close());
    front.setTarget(mattermost.url);
    admin = createControl(mattermost.url, { headers: { authorization: `Bearer ${mattermost.adminToken}` } });
    const atMicrosoft = createControl(microsoft.url, { ca: authority.certificatePem });
    stack.defer(async () => void (await Promise.all([admin.close(), atMicrosoft.close()])));
    environment = {
      mattermostUrl: mattermost.url,
      microsoftUrl: microsoft.url,
      publicUrl,
      ca: authority.certificatePem,
      caFile,
      adminToken: mattermost.adminToken,
      mattermost: admin,
      microsoft: atMicrosoft,
    } as Environment;
    const form = new FormData();
    form.append('plugin', new Blob([await packBundle(folder)]), 'bundle.tar.gz');
    const headers = { authorization: `Bearer ${mattermost.adminToken}` };
    const uploaded = await fetch(`${mattermost.url}/api/v4/plugins`, { method: 'POST', headers, body: form });
    assert.equal(uploaded.status, 201, await uploaded.text());
    await admin.post(`/api/v4/plugins/${ID}/enable`, {});
    await until(async () => (await view()).state === 2, 'the plugin runs');
    alice = await createMattermostUser(environment, 'alice');
    await until(
      async () => (await alice.command('/msteams status').catch(() => null)) !== null,
      'the command is there',
    );
    const asked = async () => (await alice.command('/msteams')).text;
    await until(async () => /not set up yet/.test(await asked()), 'the settings are asked for', asked);
    const own = {
      microsoft_tenant_id: CONTOSO,
      microsoft_client_id: CLIENT_ID,
      microsoft_client_secret: CLIENT_SECRET,
      microsoft_authority_url: microsoft.url,
      graph_url: microsoft.url,
      teams_url: microsoft.url,
      database_url: database?.url,
      lease_seconds: 3,
    };
    const { PluginSettings } = await admin.get<{ PluginSettings: { Plugins: Record<string, object> } }>(
      '/api/v4/config',
    );
    await admin.put('/api/v4/config/patch', {
      PluginSettings: { Plugins: { [ID]: { ...PluginSettings.Plugins[ID], ...own } } },
    });
    await ready();
  });
  after(() => stack.disposeAsync());

  const arrived = (text: string) =>
    until(async () => (await alice.posts()).some(({ message }) => message.includes(text)), `“${text}” arrives`);

  test('a user connects by the plugin’s own addresses and gets the next message, once', async () => {
    assert.match(await alice.connect(ALICE), /connected/i);
    await alice.command('/msteams notifications on');
    await createTeamsUser(environment, ANN).write(CHAT_ALICE_ANN, 'inside Mattermost');
    await arrived('inside Mattermost');
    assert.equal((await alice.posts()).filter(({ message }) => message.includes('inside Mattermost')).length, 1);
    const { bots } = { bots: await admin.get<Array<{ username: string; owner_id: string }>>('/api/v4/bots') };
    assert.deepEqual(
      bots.filter(({ username }) => username === 'msteams').map(({ owner_id }) => owner_id),
      [ID],
    );
  });

  test('a killed process costs no message: Mattermost starts it anew, with the same bot and token', async () => {
    const before = await admin.get<unknown[]>(`/api/v4/users/${await botOf(admin)}/tokens`);
    const { pid } = await view();
    await admin.post(`/playground/plugins/${ID}/kill`, {});
    await createTeamsUser(environment, ANN).write(CHAT_ALICE_ANN, 'while it was dead');
    await admin.post(`/playground/plugins/${ID}/check`, {});
    await until(async () => ![0, pid].includes((await view()).pid), 'there is another process');
    await arrived('while it was dead');
    assert.equal((await alice.posts()).filter(({ message }) => message.includes('while it was dead')).length, 1);
    assert.deepEqual(await admin.get(`/api/v4/users/${await botOf(admin)}/tokens`), before);
    assert.equal(before.length, 1);
  });

  test('every line of its log is well-formed, and none is an error', async () => {
    const errors = (await view()).log.filter(
      ({ level, message }) => level === 'error' && !/not complete/.test(message),
    );
    assert.deepEqual(errors, []);
  });
});

async function botOf(admin: Control): Promise<string> {
  const bots = await admin.get<Array<{ user_id: string; username: string }>>('/api/v4/bots');
  return bots.find(({ username }) => username === 'msteams')?.user_id ?? '';
}
