import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { connectRoutes } from '../../../sidecar/src/connect/routes.ts';
import type { AuthorizationResponse } from '../../../sidecar/src/connect/sign-in/authorize.ts';
import { createServer } from '../../../sidecar/src/http/server.ts';
import { createTestLog } from '../../support/log.ts';

describe('the routes of the sign-in', () => {
  let app: FastifyInstance;
  const returns: AuthorizationResponse[] = [];

  before(async () => {
    app = await createServer({ log: createTestLog(), ready: async () => [], routes: [mount] });
  });

  async function mount(scope: FastifyInstance) {
    const nowhere = async () => ({ kind: 'redirect', url: 'https://nowhere.example/', browserSecret: '' }) as const;
    const others = { beginAccountFirst: nowhere, proveSession: nowhere, beginConsent: nowhere };
    const pages = { mattermostUrl: 'https://mattermost.test', clientId: 'the-client-id' };
    await connectRoutes(scope, {
      pages,
      flow: {
        ...others,
        offerAccountFirst: async () => ({ kind: 'account_first' }),
        page: async () => ({ kind: 'confirm', locale: 'en', username: 'alice', name: '', connectedAs: null }),
        begin: async () => ({ kind: 'redirect', url: 'https://login.example/authorize', browserSecret: 'the-secret' }),
        complete: async (back) => {
          returns.push(back);
          return { kind: 'connected', locale: 'en', username: 'alice', account: 'alice@example.com', again: false };
        },
      },
    });
  }
  after(() => app.close());

  test('leave for Microsoft with 303 and a cookie that no script, no other host and no plain HTTP sees', async () => {
    const response = await app.inject({
      method: 'POST',
      url: '/connect',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      payload: 'link=abc',
    });
    assert.equal(response.statusCode, 303);
    assert.equal(response.headers.location, 'https://login.example/authorize');
    const cookie = '__Host-msteams-sign-in=the-secret; Max-Age=600; Path=/; HttpOnly; Secure; SameSite=Lax';
    assert.equal(response.headers['set-cookie'], cookie);
    assert.equal(response.headers['cache-control'], 'no-store');
  });

  test('one address cannot start sign-ins without end, whatever it says in X-Forwarded-For; another address still can', async () => {
    const start = async (forwarded: string) => {
      const response = await app.inject({ method: 'POST', url: '/connect', headers: { 'x-forwarded-for': forwarded } });
      return response.statusCode;
    };
    const statuses = new Set<number>();
    for (let index = 0; index < 300; index += 1) statuses.add(await start(`10.1.${index}.1, 192.0.2.7`));
    assert.deepEqual([...statuses], [303]);
    assert.equal(await start('10.2.2.2, 192.0.2.7'), 429);
    assert.equal(await start('192.0.2.8'), 303);
  });

  test('answer pages that are not kept, not framed, and send no address on', async () => {
    const { headers } = await app.inject({ url: '/connect?link=abc' });
    assert.equal(headers['cache-control'], 'no-store');
    assert.equal(headers['referrer-policy'], 'no-referrer');
    assert.match(String(headers['content-security-policy']), /frame-ancestors 'none'/);
    assert.match(String(headers['content-type']), /text\/html/);
  });

  for (const [header, language] of [
    ['fr,de;q=0.9', 'de'],
    ['de-AT', 'de'],
    ['en;q=0.4, de;q=0.8', 'de'],
    ['de;q=0, *', 'en'],
    ['fr', 'en'],
  ] as const) {
    test(`answer a browser that accepts ${header} in ${language}`, async () => {
      const { body } = await app.inject({ url: '/connect', headers: { 'accept-language': header } });
      assert.match(body, new RegExp(`<html lang="${language}">`));
    });
  }

  test('hand the return on as it came; what comes twice counts as missing; the cookie is dropped after success', async () => {
    const response = await app.inject({
      url: '/oauth/callback?state=s&code=one&code=two&error_description=d',
      headers: { cookie: 'other=1; __Host-msteams-sign-in=the-secret' },
    });
    const back = {
      state: 's',
      code: null,
      error: null,
      errorDescription: 'd',
      tenant: null,
      browserSecret: 'the-secret',
    };
    assert.deepEqual(returns.at(-1), back);
    assert.match(String(response.headers['set-cookie']), /__Host-msteams-sign-in=; Max-Age=0/);
  });

  test('do nothing for HEAD on the way back', async () => {
    const before = returns.length;
    assert.equal((await app.inject({ method: 'HEAD', url: '/oauth/callback?state=s' })).statusCode, 404);
    assert.equal(returns.length, before);
  });
});
