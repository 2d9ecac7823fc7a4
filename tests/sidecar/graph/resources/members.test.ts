import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { CONTOSO } from '../../../../playground/sample.ts';
import { HOUR } from '../../../../sidecar/src/core/time.ts';
import { createAppToken } from '../../../../sidecar/src/entra/app-token.ts';
import { createGraphClient } from '../../../../sidecar/src/graph/client/client.ts';
import { createBulkPresence } from '../../../../sidecar/src/graph/resources/bulk-presence.ts';
import { createMembers, membersOfId } from '../../../../sidecar/src/graph/resources/members.ts';
import { createFakeClock } from '../../../support/clock.ts';
import { createTestLog } from '../../../support/log.ts';
import { createTestMetrics } from '../../../support/metrics.ts';
import type { Handler } from '../../../support/servers.ts';
import { startHttps } from '../../../support/servers.ts';
import { until } from '../../../support/until.ts';

const [A, B] = ['8ea0e38b-efb3-4757-924a-5f94061cf8c2', '97f62344-57dc-409c-88ad-c4af14158ff5'];
const GROUP = '19:2da4c29f6d7041eca70b638b43d45437@thread.v2';

async function setUp(t: TestContext, handler: Handler) {
  const server = await startHttps(handler);
  t.after(server.close);
  const clock = createFakeClock();
  const client = createGraphClient({
    graphUrl: server.url,
    clock,
    metrics: createTestMetrics(),
    dispatcher: server.dispatcher,
    limiter: { acquire: async () => {}, pause: () => {}, adopt: () => {} },
  });
  let tokens = 0;
  const entra = { appToken: async () => ({ token: `app token ${tokens++}`, expiresAt: clock.now() + HOUR }) };
  const appToken = createAppToken({ entra, isRefused: client.isRefused, clock });
  return { server, clock, deps: { client, appToken, tid: CONTOSO, clock, log: createTestLog() } };
}

describe('members of a chat', () => {
  it('are read page by page with the token of the application, and remembered until somebody comes or leaves', async (t) => {
    const { server, clock, deps } = await setUp(t, ({ path }) => {
      const next = `${server.url}/v1.0/chats/x/members?$skiptoken=2`;
      return path.includes('skiptoken')
        ? { body: { value: [{ userId: B }] } }
        : { body: { value: [{ userId: A.toUpperCase() }, { userId: null }], '@odata.nextLink': next } };
    });
    const members = createMembers(deps);
    assert.deepEqual(await members.of(GROUP), [A, B]);
    assert.deepEqual(await members.of(GROUP), [A, B]);
    assert.equal(server.seen.length, 2);
    assert.equal(server.seen[0]?.headers.authorization, 'Bearer app token 0');
    members.forget(GROUP);
    await members.of(GROUP);
    clock.advance(HOUR);
    await members.of(GROUP);
    assert.equal(server.seen.length, 6);
  });

  it('of a one-to-one chat are in its id and need no request', async (t) => {
    const { server, deps } = await setUp(t, () => ({ status: 500 }));
    assert.deepEqual(await createMembers(deps).of(`19:${A.toUpperCase()}_${B}@unq.gbl.spaces`), [A, B]);
    assert.equal(server.seen.length, 0);
    for (const other of [GROUP, '19:meeting_abc@thread.v2', `19:${A}@unq.gbl.spaces`])
      assert.equal(membersOfId(other), null);
  });

  for (const [status, code] of [
    [403, 'admin_consent_needed'],
    [401, 'unauthorized'],
    [503, 'microsoft_unavailable'],
    [404, 'microsoft_not_found'],
  ] as const) {
    it(`that Graph answers with ${status} are ${code}`, async (t) => {
      const { server, deps } = await setUp(t, () => ({ status, body: {} }));
      await assert.rejects(createMembers(deps).of(GROUP), { code });
      assert.equal(server.seen.length, status === 401 ? 2 : 1);
      assert.equal(await deps.appToken.get(), status === 401 ? 'app token 2' : 'app token 0');
    });
  }

  it('are not followed to a page that is not of Graph', async (t) => {
    const { deps } = await setUp(t, () => ({ body: { value: [], '@odata.nextLink': 'http://evil.example/v1.0/x' } }));
    await assert.rejects(createMembers(deps).of(GROUP), { code: 'admin_consent_needed' });
  });
});

describe('presence of several people', () => {
  it('is asked for in one request, at most 650 people in each', async (t) => {
    const { server, clock, deps } = await setUp(t, ({ body }) => {
      const { ids } = JSON.parse(body) as { ids: string[] };
      const known = ids.filter((id) => id !== 'p3');
      return {
        body: { value: known.map((id) => ({ id: id.toUpperCase(), availability: 'Busy', activity: 'InACall' })) },
      };
    });
    const presence = createBulkPresence(deps);
    const answers = Array.from({ length: 700 }, (_, n) => presence({ oid: `p${n}` }));
    answers.push(presence({ oid: 'p0' }));
    clock.advance(50);
    const found = await Promise.all(answers);
    assert.deepEqual(found[0], { availability: 'busy', activity: 'inacall' });
    assert.deepEqual(found[700], found[0]);
    assert.equal(found[3], undefined);
    assert.equal(found.filter((one) => one === undefined).length, 1);
    assert.deepEqual(
      server.seen.map(({ body }) => JSON.parse(body).ids.length).toSorted((a, b) => a - b),
      [50, 650],
    );
  });

  it('that cannot be told is undefined for everybody, and a refused token is not used again', async (t) => {
    const { clock, deps } = await setUp(t, () => ({ status: 401, body: {} }));
    const presence = createBulkPresence(deps);
    const answers = [presence({ oid: 'a' }), presence({ oid: 'b' })];
    clock.advance(50);
    assert.deepEqual(await Promise.all(answers), [undefined, undefined]);
    assert.equal(await deps.appToken.get(), 'app token 2');
  });
});

describe('the token of the application', () => {
  it('is asked for once by all who wait, kept while it lives long enough, and dropped when refused', async () => {
    const clock = createFakeClock();
    let asked = 0;
    const refused = new Set<string>();
    const appToken = createAppToken({
      entra: {
        appToken: async () => {
          asked += 1;
          await until(() => true);
          return { token: `t${asked}`, expiresAt: clock.now() + HOUR };
        },
      },
      isRefused: (token) => refused.has(token),
      clock,
    });
    assert.deepEqual(await Promise.all([appToken.get(), appToken.get()]), ['t1', 't1']);
    assert.equal(await appToken.get(HOUR - 1), 't1');
    assert.equal(await appToken.get(HOUR), 't2');
    refused.add('t2');
    assert.equal(await appToken.get(), 't3');
    assert.equal(asked, 3);
  });
});
