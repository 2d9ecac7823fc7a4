import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { Pool } from 'undici';
import type { ErrorCode } from '../../../../sidecar/src/core/errors.ts';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { MattermostClient } from '../../../../sidecar/src/mattermost/client/client.ts';
import { createTransport } from '../../../../sidecar/src/mattermost/client/transport.ts';
import { ALICE } from '../../../support/builders.ts';
import { createFakeClock, NOW } from '../../../support/clock.ts';
import { createTestMetrics } from '../../../support/metrics.ts';
import { type Answer, type ReceivedRequest, startHttp } from '../../../support/servers.ts';

const closers: Array<() => Promise<void>> = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Extra {
  path?: string;
  timeoutMs?: number;
  signal?: AbortSignal;
  clock?: ReturnType<typeof createFakeClock>;
}

async function start(answer: (request: ReceivedRequest) => Answer, { path = '', ...extra }: Extra = {}) {
  const server = await startHttp(answer);
  const metrics = createTestMetrics();
  const url = `${server.url}${path}`;
  const transport = createTransport({ url, clock: createFakeClock(), metrics, ...extra });
  closers.push(transport.close, server.close);
  return { client: new MattermostClient({ url, token: 'bot-token', transport }), received: server.seen, metrics };
}

async function failure(call: Promise<unknown>): Promise<AppError> {
  const error = await call.then(
    () => null,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof AppError);
  return error;
}

const REFUSALS: Array<[number, string, ErrorCode]> = [
  [400, 'api.context.invalid_body_param.app_error', 'mattermost_refused'],
  [401, 'api.context.session_expired.app_error', 'mattermost_unauthorized'],
  [403, 'api.context.permissions.app_error', 'mattermost_refused'],
  [404, 'app.user.missing_account.const', 'mattermost_not_found'],
  [413, 'api.context.request_body_too_large.app_error', 'mattermost_refused'],
  [500, 'api.post.deduplicate_create_post.pending', 'mattermost_unavailable'],
  [501, 'api.file.attachments.disabled.app_error', 'mattermost_refused'],
  [503, 'api.context.server_busy.app_error', 'mattermost_unavailable'],
];

for (const [status, id, code] of REFUSALS) {
  test(`status ${status} becomes ${code} with the error id of Mattermost`, async () => {
    const { client } = await start(() => ({ status, body: { id, message: 'no', status_code: status } }));
    const error = await failure(client.getMe());
    assert.equal(error.code, code);
    assert.equal(error.fields?.mattermostErrorId, id);
    assert.ok(error.remedy);
  });
}

test('a refused token names the setting to mend', async () => {
  const { client } = await start(() => ({ status: 401, body: { id: 'api.context.session_expired.app_error' } }));
  assert.match((await failure(client.getMe())).remedy ?? '', /MATTERMOST_BOT_TOKEN/);
});

test('429 keeps Retry-After in seconds and as a date', async () => {
  const waits: Array<[header: string, ms: number | undefined]> = [
    ['7', 7_000],
    [new Date(NOW + 90_000).toUTCString(), 90_000],
    ['', undefined],
  ];
  for (const [header, ms] of waits) {
    const { client } = await start(() => ({ status: 429, text: 'limit exceeded', headers: { 'retry-after': header } }));
    const { code, retryAfterMs } = await failure(client.getMe());
    assert.deepEqual([code, retryAfterMs], ['mattermost_throttled', ms]);
  }
});

test('what one request was told to wait for, all wait for, and no longer', async () => {
  const clock = createFakeClock();
  let isBusy = true;
  const { client, received } = await start(
    () =>
      isBusy
        ? { status: 429, text: 'limit exceeded', headers: { 'retry-after': '7' } }
        : { status: 200, body: { id: ALICE } },
    { clock },
  );
  await failure(client.getMe());
  isBusy = false;
  clock.advance(6_000);
  const { code, retryAfterMs } = await failure(client.getUser(ALICE));
  assert.deepEqual([code, retryAfterMs, received.length], ['mattermost_throttled', 1_000, 1]);
  clock.advance(1_000);
  await client.getUser(ALICE);
  assert.equal(received.length, 2);
});

test('no answer within the time is mattermost_unavailable', async () => {
  const { client, metrics } = await start(() => ({ hang: true }), { timeoutMs: 50 });
  assert.equal((await failure(client.getMe())).code, 'mattermost_unavailable');
  assert.deepEqual(
    metrics.requests.map(({ operation, status }) => ({ operation, status })),
    [{ operation: 'GET /users/me', status: 0 }],
  );
});

test('a shutdown ends requests that wait', async () => {
  const stop = new AbortController();
  const { client } = await start(
    () => {
      queueMicrotask(() => stop.abort());
      return { hang: true };
    },
    { signal: stop.signal },
  );
  assert.equal((await failure(client.getMe())).code, 'mattermost_unavailable');
});

test('a request that waited for a connection is looked at again before it is sent', async () => {
  const server = await startHttp(() => ({ body: { id: 'p' } }));
  const dispatcher = new Pool(server.url, { connections: 1 });
  const transport = createTransport({
    url: server.url,
    clock: createFakeClock(),
    metrics: createTestMetrics(),
    dispatcher,
  });
  closers.push(() => dispatcher.close(), server.close);
  const client = new MattermostClient({ url: server.url, token: 'bot-token', transport });
  let isOver = false;
  const first = client.createQuietPost({}, () => {
    isOver = true;
  });
  const second = client.createQuietPost({}, () => {
    if (isOver) throw new AppError('lease_lost', 'too late');
  });
  await first;
  assert.equal((await failure(second)).code, 'lease_lost');
  assert.equal(server.seen.length, 1);
});

test('a dropped connection and a closed port are mattermost_unavailable', async () => {
  const { client } = await start(() => ({ drop: true }));
  await assert.rejects(client.getMe(), { code: 'mattermost_unavailable' });
  const gone = await startHttp(() => ({}));
  await gone.close();
  const transport = createTransport({ url: gone.url, clock: createFakeClock(), metrics: createTestMetrics() });
  closers.push(transport.close);
  const nobody = new MattermostClient({ url: gone.url, token: 'bot-token', transport });
  await assert.rejects(nobody.getMe(), { code: 'mattermost_unavailable' });
});

test('a page instead of JSON is mattermost_unavailable, whatever its status', async () => {
  for (const status of [200, 404]) {
    const { client } = await start(() => ({ status, text: '<html>maintenance</html>' }));
    assert.equal((await failure(client.getMe())).code, 'mattermost_unavailable');
  }
});

test('redirects are refused, not followed', async () => {
  const { client, received } = await start(() => ({ status: 301, body: {}, headers: { location: '/elsewhere' } }));
  assert.equal((await failure(client.getMe())).code, 'mattermost_refused');
  assert.equal(received.length, 1);
});

test('a sub-path, the bot token and labels without ids', async () => {
  const { client, received, metrics } = await start(() => ({ body: { id: ALICE } }), { path: '/company/mm/' });
  await client.getUser(ALICE);
  await client.createQuietPost({ message: 'hello' });
  assert.deepEqual(
    received.map(({ method, path }) => `${method} ${path}`),
    [`GET /company/mm/api/v4/users/${ALICE}`, 'POST /company/mm/api/v4/posts?set_online=false'],
  );
  assert.ok(received.every(({ headers }) => headers.authorization?.toLowerCase() === 'bearer bot-token'));
  assert.ok(received.every(({ headers }) => headers.cookie === undefined));
  assert.deepEqual(
    metrics.requests.map(({ operation }) => operation),
    ['GET /users/{id}', 'POST /posts'],
  );
});
