import assert from 'node:assert/strict';
import { afterEach, mock, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import type { AdminDeps } from '../../../sidecar/src/api/admin-routes.ts';
import { DEFAULT_PREFERENCES } from '../../../sidecar/src/core/preferences.ts';
import { HOUR, MINUTE, SECOND } from '../../../sidecar/src/core/time.ts';
import { ALICE, BOB, BOT, user as buildUser } from '../../support/builders.ts';
import { NOW } from '../../support/clock.ts';
import { arrivedFrom, connectionOf } from '../commands/commands-in-memory.ts';
import { SITE, startApi, TOKEN, typed } from './test-api.ts';

const { muted: _, ...PREFERENCES } = DEFAULT_PREFERENCES;

const unused = () => assert.fail('not reached');
const NO_ADMINISTRATION: AdminDeps = {
  isAdministrator: async () => false,
  checks: unused,
  overview: unused,
  connections: unused,
  report: unused,
  disconnect: unused,
  allowList: unused,
  replaceAllowList: unused,
  setInvitations: unused,
  sendTest: unused,
  deadLetters: unused,
  replay: unused,
};

const apps: FastifyInstance[] = [];

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function start(setup: Parameters<typeof startApi>[0] = {}) {
  const api = await startApi(setup);
  apps.push(api.app);
  return api;
}

test('every endpoint wants a session of an active user', async () => {
  const sessionless = await start({ overrides: { admin: NO_ADMINISTRATION } });
  const inactive = await start({ user: { deactivated: true }, overrides: { admin: NO_ADMINISTRATION } });
  const routes = described((await sessionless.call('GET /openapi.json')).body);
  assert.ok(routes.includes('GET /me') && routes.includes('GET /admin/overview'));
  for (const route of routes) {
    for (const authorization of ['', 'Bearer', 'Bearer nonsense', `Token ${TOKEN}`]) {
      const { status, body } = await sessionless.call(route, undefined, { authorization });
      assert.deepEqual([status, body.error.code], [401, 'unauthorized'], route);
    }
    const { status, body } = await inactive.call(route);
    assert.deepEqual([status, body.error.code], [403, 'forbidden'], route);
  }
  sessionless.clock.advance(HOUR);
  assert.equal((await sessionless.call('GET /me')).status, 401);
});

test('the session that Mattermost hands to the webapp opens the API', async () => {
  const { app, call } = await start();
  const { props } = await typed(app, '--session');
  assert.deepEqual(Object.keys(props.msteams).sort(), ['expiresAt', 'session', 'sidecarUrl']);
  const { status } = await call('GET /me', undefined, { authorization: `Bearer ${props.msteams.session}` });
  assert.equal(status, 200);
});

test('me shows the connection, its problem in the language of the user, and the preferences', async () => {
  const connected = await start();
  assert.deepEqual((await connected.call('GET /me')).body, {
    connection: {
      state: 'connected',
      accountName: 'Alice Adams',
      accountAddress: 'alice@example.com',
      connectedAt: connectionOf().connectedAt,
      lastDeliveryAt: null,
      problem: null,
    },
    preferences: { ...PREFERENCES, enabled: true },
    mutes: [],
    botUserId: BOT,
  });
  const dead = await start({ connection: connectionOf({ state: 'reconnect' }), user: { locale: 'de' } });
  assert.match((await dead.call('GET /me')).body.connection.problem, /^Ihre Anmeldung bei Microsoft gilt nicht mehr/);
  const none = await start({ connection: null });
  assert.deepEqual((await none.call('GET /me')).body, {
    connection: null,
    preferences: PREFERENCES,
    mutes: [],
    botUserId: BOT,
  });
});

test('any part of the preferences can be changed; malformed or without a connection it is refused', async () => {
  const { call, memory } = await start();
  const wanted = { enabled: false, when: 'always' };
  assert.deepEqual((await call('PUT /preferences', wanted)).body, { ...PREFERENCES, ...wanted });
  const quietHours = { from: '20:00', to: '07:00', timeZone: 'Europe/Berlin', digestAt: '07:30' };
  const more = { fold: false, quietHours, chats: { oneOnOne: 'all', group: 'mentions', meeting: 'none' } };
  assert.deepEqual((await call('PUT /preferences', more)).body, { ...wanted, ...more });
  assert.deepEqual(memory.connection?.preferences, { ...wanted, ...more, muted: [] });
  for (const bad of [
    { when: 'sometimes' },
    { enabled: {} },
    { chats: { oneOnOne: 'mentions', group: 'all', meeting: 'all' } },
    { quietHours: { ...quietHours, from: '25:00' } },
    { quietHours: { ...quietHours, timeZone: 'Moon/Base' } },
  ]) {
    const { status, body } = await call('PUT /preferences', bad);
    assert.deepEqual([status, body.error.code], [400, 'bad_request']);
  }
  const { status, body } = await (await start({ connection: null })).call('PUT /preferences', wanted);
  assert.deepEqual([status, body.error.code], [404, 'not_found']);
  assert.match(body.error.message, /Run `\/msteams connect` first/);
});

test('chats are muted and unmuted, and the list of what arrived has names and links', async () => {
  const { call, memory } = await start();
  memory.arrived = [arrivedFrom('19:a b@thread.v2'.replace(' ', '_'), 'Budget 2027', { mentioned: true })];
  const chatId = memory.arrived[0]?.chatId ?? '';
  const [listed] = (await call('GET /notifications')).body.notifications;
  assert.deepEqual(listed, {
    chatId,
    messageId: '1',
    chatTitle: 'Budget 2027',
    chatKind: 'group',
    sender: 'Ann Lee',
    mentioned: true,
    link: 'https://teams.example/l',
    sentAt: NOW,
    postedAt: NOW,
    postId: 'post1',
  });
  const muted = [{ chatId, title: 'Budget 2027', until: NOW + HOUR }];
  assert.deepEqual((await call('POST /mutes', { chatId, span: 'hour' })).body, { mutes: muted });
  assert.deepEqual((await call('GET /me')).body.mutes, muted);
  assert.deepEqual((await call(`DELETE /mutes/${encodeURIComponent(chatId)}`)).body, { mutes: [] });
  assert.deepEqual((await call(`DELETE /mutes/${encodeURIComponent(chatId)}`)).body, { mutes: [] });
  assert.equal((await call('POST /mutes', { chatId, span: 'year' })).status, 400);
  const none = await start({ connection: null });
  assert.equal((await none.call('POST /mutes', { chatId, span: 'hour' })).body.error.code, 'not_found');
});

test('connect gives a link made at the click, or says why not', async () => {
  const { call, memory } = await start();
  assert.deepEqual((await call('POST /connect', {})).body, {
    url: `https://sidecar.example/connect?link=${ALICE}-1`,
    expiresAt: NOW + 10 * MINUTE,
  });
  memory.full = true;
  const { status, body } = await call('POST /connect', {});
  assert.deepEqual([status, body.error.code], [403, 'limit_reached']);
  assert.ok(body.error.requestId);
});

test('disconnect can be called twice', async () => {
  const { call } = await start();
  assert.deepEqual((await call('POST /disconnect', {})).body, { disconnected: true });
  assert.deepEqual((await call('POST /disconnect', {})).body, { disconnected: false });
});

test('a button of a reply works once signed for this user, and not otherwise', async () => {
  const { call, clock, signer, memory } = await start();
  const { body } = await call('POST /commands', { command: '/msteams disconnect' });
  const [confirm] = body.buttons;
  const foreign = signer.sign({ userId: BOB, action: 'disconnect_confirm', expiresAt: NOW + HOUR });
  for (const action of ['disconnect_confirm', foreign, confirm.action.replace('confirm', 'cancel')]) {
    const refused = await call('POST /actions', { action });
    assert.deepEqual([refused.status, refused.body.error.code], [403, 'forbidden']);
  }
  const late = signer.sign({ userId: ALICE, action: 'disconnect_confirm', expiresAt: clock.now() });
  const expired = await call('POST /actions', { action: late });
  assert.deepEqual([expired.status, expired.body.error.code], [410, 'link_expired']);
  assert.ok(memory.connection);
  assert.match((await call('POST /actions', { action: confirm.action })).body.text, /^You are disconnected/);
  assert.equal(memory.connection, null);
});

test('too many requests are told when to come again', async () => {
  mock.timers.enable({ apis: ['Date'], now: NOW });
  try {
    const lookedUp: string[] = [];
    const user = async (id: string) => {
      lookedUp.push(id);
      return buildUser({ id });
    };
    const { call, sessionOf } = await start({ overrides: { user } });
    for (let index = 0; index < 45; index += 1) {
      assert.equal((await call('GET /me')).status, 200);
      assert.equal((await call('GET /notifications')).status, 200);
    }
    mock.timers.tick(15 * SECOND);
    const { status, headers, body } = await call('GET /me');
    assert.deepEqual([status, headers['retry-after'], body.error.code], [429, '45', 'too_many_requests']);
    assert.equal(lookedUp.length, 90, 'nothing is looked up for a refused request');
    const other = await call('GET /me', undefined, { authorization: `Bearer ${await sessionOf(BOB)}` });
    assert.equal(other.status, 200);
    mock.timers.tick(45 * SECOND);
    assert.equal((await call('GET /me')).status, 200);
  } finally {
    mock.timers.reset();
  }
});

test('only pages of the Mattermost site may read the answers, without cookies', async () => {
  const { app, call } = await start();
  for (const origin of [SITE, 'https://evil.example']) {
    const preflight = await app.inject({
      method: 'OPTIONS',
      url: '/api/v1/preferences',
      headers: {
        origin,
        'access-control-request-method': 'PUT',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
    assert.equal(preflight.statusCode, 204);
    assert.equal(preflight.headers['access-control-allow-origin'], SITE);
    assert.equal(preflight.headers['access-control-allow-credentials'], undefined);
    assert.equal(preflight.headers['access-control-allow-methods'], 'GET, PUT, POST, DELETE');
    assert.equal(preflight.headers['access-control-allow-headers'], 'authorization, content-type');
  }
  assert.equal((await call('GET /me')).headers['access-control-allow-origin'], SITE);
  const refused = await call('GET /me', undefined, { authorization: '' });
  assert.deepEqual([refused.status, refused.headers['access-control-allow-origin']], [401, SITE]);
});

test('oversized and malformed bodies are refused in our words', async () => {
  const { app, call } = await start();
  const large = await call('POST /commands', { command: 'x'.repeat(100_000) });
  assert.deepEqual([large.status, large.body.error.code], [413, 'payload_too_large']);
  const long = await call('POST /commands', { command: 'x'.repeat(2_000) });
  assert.deepEqual([long.status, long.body.error.code], [400, 'bad_request']);
  assert.ok(app.hasRoute({ method: 'POST', url: '/api/v1/commands' }));
});

test('the description names every route once, with what it takes and answers', async () => {
  const { call } = await start({ overrides: { admin: NO_ADMINISTRATION } });
  const { status, body } = await call('GET /openapi.json', undefined, { authorization: '' });
  assert.deepEqual([status, body.openapi], [200, '3.1.0']);
  assert.deepEqual(body.servers, [{ url: 'https://sidecar.example/api/v1' }]);
  assert.deepEqual(described(body).sort(), [
    'DELETE /mutes/{chatId}',
    'GET /admin/allow-list',
    'GET /admin/connections',
    'GET /admin/connections.csv',
    'GET /admin/dead-letters',
    'GET /admin/overview',
    'GET /me',
    'GET /notifications',
    'POST /actions',
    'POST /admin/checks',
    'POST /admin/connections/{id}/disconnect',
    'POST /admin/dead-letters/replay',
    'POST /admin/test',
    'POST /commands',
    'POST /connect',
    'POST /disconnect',
    'POST /mutes',
    'PUT /admin/allow-list',
    'PUT /admin/invitations',
    'PUT /preferences',
  ]);
  for (const operations of Object.values<Record<string, Operation>>(body.paths)) {
    for (const { summary, responses } of Object.values(operations)) {
      assert.ok(summary && responses['200'] && responses.default, summary);
    }
  }
  const { requestBody } = body.paths['/preferences'].put;
  assert.deepEqual(Object.keys(requestBody.content['application/json'].schema.properties), Object.keys(PREFERENCES));
});

interface Operation {
  summary: string;
  responses: Record<string, object>;
}

/** The routes of a description, such as `GET /me`. */
function described({ paths }: { paths: Record<string, object> }): string[] {
  return Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
  );
}
