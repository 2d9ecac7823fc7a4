import assert from 'node:assert/strict';
import test from 'node:test';
import { CONTOSO } from '../../../../playground/sample.ts';
import { toAppError } from '../../../../sidecar/src/core/errors.ts';
import type { GraphCall } from '../../../../sidecar/src/graph/client/client.ts';
import { createGraphClient } from '../../../../sidecar/src/graph/client/client.ts';
import { createMe } from '../../../../sidecar/src/graph/resources/me.ts';
import { OID } from '../../../support/builders.ts';
import { createFakeClock } from '../../../support/clock.ts';
import { createTestMetrics } from '../../../support/metrics.ts';
import type { Handler } from '../../../support/servers.ts';
import { startHttps } from '../../../support/servers.ts';

const CALL: GraphCall = {
  token: 'the-token',
  path: '/me/presence',
  operation: 'GET presence',
  tid: CONTOSO,
  user: OID,
};

async function setUp(handler: Handler) {
  const server = await startHttps(handler);
  const clock = createFakeClock();
  const metrics = createTestMetrics();
  const client = createGraphClient({ graphUrl: server.url, clock, metrics, dispatcher: server.dispatcher });
  return { server, clock, metrics, client };
}

const failure = (run: Promise<unknown>) => run.then(() => assert.fail('it should fail'), toAppError);

test('requests go to the configured Graph with token, version and JSON body', async (t) => {
  const { server, client, metrics } = await setUp(() => ({ status: 201, body: { id: 's1' } }));
  t.after(server.close);
  const answer = await client.post({
    ...CALL,
    operation: 'POST subscriptions',
    path: '/subscriptions',
    body: { a: 'ü' },
    headers: { Prefer: 'p' },
  });
  assert.deepEqual(answer, { id: 's1' });
  const [seen] = server.seen;
  assert.equal(`${seen?.method} ${seen?.path}`, 'POST /v1.0/subscriptions');
  assert.equal(seen?.headers.authorization, 'Bearer the-token');
  assert.equal(seen?.headers['content-type'], 'application/json');
  assert.equal(seen?.headers.prefer, 'p');
  assert.deepEqual(JSON.parse(seen?.body ?? ''), { a: 'ü' });
  assert.deepEqual(
    metrics.requests.map(({ operation, status }) => [operation, status]),
    [['POST subscriptions', 201]],
  );
});

test('ids stay encoded, query options arrive, and an empty answer is undefined', async (t) => {
  const { server, client } = await setUp(({ method }) => (method === 'DELETE' ? { status: 204 } : { body: [] }));
  t.after(server.close);
  await client.get({
    ...CALL,
    operation: 'GET chat',
    path: `/chats/${encodeURIComponent('19:a_b@unq.gbl.spaces')}?$expand=members`,
  });
  assert.equal(server.seen[0]?.path, '/v1.0/chats/19%3Aa_b%40unq.gbl.spaces?$expand=members');
  assert.equal(await client.delete({ ...CALL, operation: 'DELETE subscription', path: '/subscriptions/1' }), undefined);
});

test('a token that Graph refuses before its time is replaced once, and known as refused', async (t) => {
  const { server, client } = await setUp(({ headers }) =>
    headers.authorization === 'Bearer new' ? { body: { id: 'ok' } } : { status: 401, body: {} },
  );
  t.after(server.close);
  const token = async () => (client.isRefused('old') ? 'new' : 'old');
  assert.deepEqual(await client.get({ ...CALL, token }), { id: 'ok' });
  assert.deepEqual([client.isRefused('old'), client.isRefused('new')], [true, false]);
  const dead = await failure(client.get({ ...CALL, token: async () => 'dead' }));
  assert.equal(dead.code, 'unauthorized');
  assert.equal(server.seen.length, 4);
});

for (const [status, code] of [
  [400, 'microsoft_refused'],
  [401, 'unauthorized'],
  [403, 'microsoft_refused'],
  [404, 'microsoft_not_found'],
  [409, 'microsoft_conflict'],
  [429, 'microsoft_throttled'],
  [302, 'microsoft_refused'],
  [500, 'microsoft_unavailable'],
  [503, 'microsoft_unavailable'],
] as const) {
  test(`${status} is ${code}, after one attempt`, async (t) => {
    const body = { error: { code: 'SomeCode', message: 'For ann.lee@example.com.', innerError: {} } };
    const { server, client } = await setUp(() => ({
      status,
      body,
      headers: { 'request-id': 'r1', 'retry-after': '7' },
    }));
    t.after(server.close);
    const error = await failure(client.post(CALL));
    assert.equal(error.code, code);
    assert.equal(error.retryAfterMs, 7_000);
    assert.deepEqual(error.fields, {
      operation: 'GET presence',
      status,
      requestId: 'r1',
      graphCode: 'SomeCode',
      graphMessage: 'For <address>',
    });
    assert.equal(server.seen.length, 1);
  });
}

test('a 403 for a new subscription that speaks of a limit is the quota', async (t) => {
  const body = {
    error: {
      code: 'ExtensionError',
      message:
        'Operation: Create; Exception: [Status Code: Forbidden; Reason: the maximum number of subscriptions was reached]',
    },
  };
  const { server, client } = await setUp(() => ({ status: 403, body }));
  t.after(server.close);
  const error = await failure(client.post({ ...CALL, operation: 'POST subscriptions' }));
  assert.equal(error.code, 'microsoft_quota');
  assert.ok(error.remedy);
});

test('a body that is no JSON, a broken connection and a slow answer are failures with a code', async (t) => {
  let release = () => {};
  const { server, client, metrics } = await setUp(async ({ path }) => {
    if (path.endsWith('/html'))
      return { status: 502, headers: { 'content-type': 'text/html' }, body: Buffer.from('<h1>Bad gateway</h1>') };
    if (path.endsWith('/drop')) return { drop: true };
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    return {};
  });
  t.after(async () => {
    release();
    await server.close();
  });
  assert.equal((await failure(client.get({ ...CALL, path: '/html' }))).code, 'microsoft_unavailable');
  assert.equal((await failure(client.get({ ...CALL, path: '/drop' }))).code, 'microsoft_unavailable');
  assert.equal((await failure(client.get({ ...CALL, path: '/slow', timeoutMs: 30 }))).code, 'microsoft_unavailable');
  assert.deepEqual(
    metrics.requests.map(({ status }) => status),
    [502, 0, 0],
  );
});

test('the token never leaves for another host, whatever the path says', async (t) => {
  const stranger = await startHttps(() => ({ body: {} }));
  const { server, client } = await setUp(() => ({ body: {} }));
  t.after(async () => {
    await server.close();
    await stranger.close();
  });
  assert.equal((await failure(client.get({ ...CALL, path: `${stranger.url}/v1.0/me` }))).code, 'internal');
  assert.equal((await failure(client.get({ ...CALL, path: `/me${stranger.url}/v1.0/me` }))).code, 'internal');
});

test('after Retry-After every call of that limit waits, and others do not', async (t) => {
  const { server, client, clock } = await setUp(({ path }) =>
    path.endsWith('/throttled') ? { status: 429, headers: { 'retry-after': '600' }, body: {} } : { body: { ok: true } },
  );
  t.after(server.close);
  await failure(client.get({ ...CALL, path: '/throttled' }));
  const error = await failure(client.get({ ...CALL, user: 'somebody else' }));
  assert.equal(error.code, 'microsoft_throttled');
  assert.equal(error.retryAfterMs, 600_000);
  assert.deepEqual(await client.get({ ...CALL, operation: 'GET chat' }), { ok: true });
  clock.advance(600_000);
  assert.deepEqual(await client.get(CALL), { ok: true });
  assert.equal(server.seen.length, 3);
});

test('bytes are fetched up to the limit', async (t) => {
  const bytes = Buffer.from([0, 255, 128, 7]);
  const { server, client } = await setUp(() => ({ body: bytes, headers: { 'content-type': 'image/png' } }));
  t.after(server.close);
  assert.deepEqual(await client.getBytes(CALL, 4), bytes);
  assert.equal((await failure(client.getBytes(CALL, 3))).code, 'payload_too_large');
});

test('the signed-in person is read from /me', async (t) => {
  const { server, client } = await setUp(() => ({
    body: { id: 'OID', displayName: 'Ann', mail: 'a@example.com', userPrincipalName: 'ann@example.com' },
  }));
  t.after(server.close);
  assert.deepEqual(await createMe(client)('t'), {
    oid: 'oid',
    name: 'Ann',
    mail: 'a@example.com',
    userPrincipalName: 'ann@example.com',
  });
  assert.equal(server.seen[0]?.path, '/v1.0/me?$select=id,displayName,mail,userPrincipalName');
});
