import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import { createErrorHandler } from '../../../sidecar/src/http/error-response.ts';
import type { Routes } from '../../../sidecar/src/http/server.ts';
import { createServer } from '../../../sidecar/src/http/server.ts';
import { createTestLog } from '../../support/log.ts';

const apps: FastifyInstance[] = [];

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function start(...routes: Routes[]) {
  const log = createTestLog();
  const app = await createServer({ log, routes, ready: async () => [] });
  apps.push(app);
  return { app, log };
}

/** Headers that name this one answer. */
function fixedHeaders(headers: Record<string, unknown>) {
  const { date, connection, 'x-request-id': requestId, 'content-length': length, ...fixed } = headers;
  assert.match(String(requestId), /^[\da-f-]{36}$/);
  return fixed;
}

test('every answer carries the security headers, and none that speaks for the whole site', async () => {
  const { app } = await start();
  for (const url of ['/healthz', '/readyz', '/nowhere']) {
    const { headers } = await app.inject({ url });
    assert.deepEqual(fixedHeaders(headers), {
      'cache-control': 'no-store',
      'content-security-policy': "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
      'content-type': 'application/json; charset=utf-8',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-dns-prefetch-control': 'off',
      'x-download-options': 'noopen',
      'x-frame-options': 'DENY',
      'x-permitted-cross-domain-policies': 'none',
      'x-xss-protection': '0',
    });
  }
});

test('a route may replace a header, once', async () => {
  const { app } = await start((scope) => {
    scope.get('/page', (_request, reply) =>
      reply.header('content-security-policy', "script-src 'self'").header('cache-control', 'private').send('page'),
    );
  });
  const { headers } = await app.inject({ url: '/page' });
  assert.deepEqual([headers['content-security-policy'], headers['cache-control']], ["script-src 'self'", 'private']);
});

test('each error has its status, code, level and time to come again', async () => {
  const thrown: Record<string, unknown> = {
    forbidden: new AppError('forbidden', 'Not you.'),
    slow: new AppError('too_many_requests', 'Slowly.', { retryAfterMs: 1_200 }),
    database: new AppError('database_unavailable', 'Refused at 10.0.0.7', { remedy: 'Start it.' }),
    bug: new TypeError('x is not a function'),
    ...Object.fromEntries([401, 403, 404, 415, 418, 429, 502].map((status) => [status, fastifyError(status)])),
  };
  const { app, log } = await start((scope) => {
    for (const [name, error] of Object.entries(thrown)) {
      scope.get(`/${name}`, () => {
        throw error;
      });
    }
  });
  const general = 'Something went wrong here. Please try again in a moment.';
  const expected: Record<string, unknown[]> = {
    forbidden: [403, 'forbidden', 'Not you.', undefined, 'debug'],
    slow: [429, 'too_many_requests', 'Slowly.', '2', 'debug'],
    database: [503, 'database_unavailable', general, '10', 'error'],
    bug: [500, 'internal', general, undefined, 'error'],
    401: [401, 'unauthorized', 'Fastify says 401', undefined, 'debug'],
    403: [403, 'forbidden', 'Fastify says 403', undefined, 'debug'],
    404: [404, 'not_found', 'Fastify says 404', undefined, 'debug'],
    415: [400, 'bad_request', 'Fastify says 415', undefined, 'debug'],
    418: [400, 'bad_request', 'Fastify says 418', undefined, 'debug'],
    429: [429, 'too_many_requests', 'Fastify says 429', undefined, 'debug'],
    502: [500, 'internal', general, undefined, 'error'],
  };
  for (const name of Object.keys(thrown)) {
    log.lines.length = 0;
    const response = await app.inject({ url: `/${name}` });
    const { code, message, requestId } = response.json().error;
    const [line] = log.lines;
    assert.deepEqual(
      [response.statusCode, code, message, response.headers['retry-after'], line?.level],
      expected[name],
      name,
    );
    assert.equal(requestId, response.headers['x-request-id']);
    assert.deepEqual(line?.fields.code, code);
  }
});

test('a scope may word, count and log its refusals in its own way', async () => {
  const counted: string[] = [];
  const log = createTestLog();
  const { app } = await start((scope) => {
    scope.setErrorHandler(
      createErrorHandler({
        log,
        level: 'warn',
        refusal: 'A call was refused.',
        failure: 'A call failed.',
        explain: ({ code }) => `Sorry: ${code}`,
        onRefusal: ({ code }) => counted.push(code),
      }),
    );
    scope.post('/call', () => {
      throw new AppError('internal', 'secret');
    });
  });
  const refused = await app.inject({
    method: 'POST',
    url: '/call',
    payload: '{',
    headers: { 'content-type': 'application/json' },
  });
  const failed = await app.inject({ method: 'POST', url: '/call' });
  assert.deepEqual(
    [refused.json().error.message, failed.json().error.message],
    ['Sorry: bad_request', 'Sorry: internal'],
  );
  assert.deepEqual(counted, ['bad_request']);
  assert.deepEqual(
    log.lines.map(({ level, message }) => [level, message]),
    [
      ['warn', 'A call was refused.'],
      ['error', 'A call failed.'],
    ],
  );
});

test('a route that asks for it is limited by the key it names; others are not', async () => {
  const { app } = await start((scope) => {
    const rateLimit = {
      max: 2,
      timeWindow: 60_000,
      keyGenerator: ({ query }: { query: unknown }) => JSON.stringify(query),
    };
    scope.get('/limited', { config: { rateLimit } }, () => 'ok');
    scope.get('/free', () => 'ok');
  });
  const statuses = async (url: string) => {
    const found: number[] = [];
    for (let index = 0; index < 3; index += 1) found.push((await app.inject({ url })).statusCode);
    return found;
  };
  assert.deepEqual(await statuses('/limited?who=a'), [200, 200, 429]);
  assert.deepEqual(await statuses('/limited?who=b'), [200, 200, 429]);
  assert.deepEqual(await statuses('/free'), [200, 200, 200]);
  const { headers, body } = await app.inject({ url: '/limited?who=a' });
  assert.match(body, /"code":"too_many_requests"/);
  assert.equal(headers['retry-after'], '60');
  assert.deepEqual(
    Object.keys(headers).filter((name) => name.startsWith('x-ratelimit')),
    [],
  );
});

function fastifyError(statusCode: number): Error {
  return Object.assign(new Error(`Fastify says ${statusCode}`), { statusCode });
}
