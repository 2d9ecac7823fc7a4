import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import type { RenewalDeps } from '../../../sidecar/src/connect/token-renewal.ts';
import { tokenContext } from '../../../sidecar/src/connect/token-renewal.ts';
import type { Tokens } from '../../../sidecar/src/connect/tokens.ts';
import { createTokens } from '../../../sidecar/src/connect/tokens.ts';
import type { ErrorCode } from '../../../sidecar/src/core/errors.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import type { RenewableToken } from '../../../sidecar/src/core/ports/tokens.ts';
import { HOUR, MINUTE } from '../../../sidecar/src/core/time.ts';
import type { AccountKey, Connection } from '../../../sidecar/src/core/types.ts';
import { connection, sealerOf } from '../../support/builders.ts';
import { createRunningClock } from '../../support/clock.ts';
import { createTestLog } from '../../support/log.ts';

const A = connection({ id: 'a', userId: 'user-a', oid: 'aaaaaaaa-0000-4000-8000-00000000000a' });
const B = connection({ id: 'b', userId: 'user-b', oid: 'bbbbbbbb-0000-4000-8000-00000000000b' });

/** Connections A and B over a table in memory, and an Entra whose tokens name the account and the number of the call. */
function scene(told: (connection: Connection) => Promise<unknown> = async () => {}) {
  const clock = createRunningClock();
  const sealer = sealerOf('test');
  const connections = new Map<string, Connection>([A, B].map((connection) => [connection.id, { ...connection }]));
  const rows = new Map<string, string>();
  for (const { id, oid, tid } of [A, B]) rows.set(id, sealer.seal(JSON.stringify({ oid, tid }), tokenContext(id)));
  const ended: string[] = [];
  const log = createTestLog();
  const refusedTokens = new Set<string>();
  const state = { calls: 0, failure: null as AppError | null, before: async () => {} };
  const deps: Omit<RenewalDeps, 'onSignInEnded'> = {
    connections: {
      find: async (id) => connections.get(id) ?? null,
      endSignIn: async ({ id, sealedTokenCache, errorCode, now }) => {
        const known = connections.get(id);
        if (known?.state !== 'connected' || rows.get(id) !== sealedTokenCache) return false;
        connections.set(id, { ...known, state: 'reconnect', lastErrorCode: errorCode, lastErrorAt: now });
        return true;
      },
    },
    renewals: createRenewals(rows),
    isRefused: (token) => refusedTokens.has(token),
    sealer,
    entra: {
      async accessToken({ cache }): Promise<RenewableToken & { account: AccountKey }> {
        state.calls += 1;
        const account: AccountKey = JSON.parse(cache);
        const token = `${account.oid} ${state.calls}`;
        await state.before();
        if (state.failure) throw state.failure;
        return { token, expiresAt: clock.now() + HOUR, cache, account };
      },
    },
    clock,
    log,
  };
  const replica = () => {
    const tokens = createTokens(deps);
    tokens.onSignInEnded(async (connection) => {
      ended.push(connection.id);
      await told(connection);
    });
    return tokens;
  };
  const tokens = replica();
  return { replica, tokens, clock, sealer, connections, rows, ended, state, log, refusedTokens };
}

async function refused(promise: Promise<unknown>, code: ErrorCode): Promise<void> {
  await assert.rejects(promise, { code });
}

describe('tokens', () => {
  test('are asked for once by all who need one, and kept until five minutes before they end', async () => {
    const { tokens, clock, state } = scene();
    const many = await Promise.all(Array.from({ length: 20 }, () => tokens.tokenFor('a')));
    assert.deepEqual(new Set(many), new Set([`${A.oid} 1`]));
    clock.advance(54 * MINUTE);
    assert.equal(await tokens.tokenFor('a'), `${A.oid} 1`);
    clock.advance(2 * MINUTE);
    assert.equal(await tokens.tokenFor('a'), `${A.oid} 2`);
    assert.equal(state.calls, 2);
  });

  test('are renewed earlier for who needs a long one', async () => {
    const { tokens, clock } = scene();
    await tokens.tokenFor('a');
    clock.advance(15 * MINUTE);
    assert.equal(await tokens.tokenFor('a', 40 * MINUTE), `${A.oid} 1`);
    assert.equal(await tokens.tokenFor('a', 50 * MINUTE), `${A.oid} 2`);
  });

  test('that Graph refused before their time are renewed, by every replica', async () => {
    const { tokens, replica, refusedTokens } = scene();
    assert.equal(await tokens.tokenFor('a'), `${A.oid} 1`);
    refusedTokens.add(`${A.oid} 1`);
    assert.equal(await replica().tokenFor('a'), `${A.oid} 2`);
    assert.equal(await tokens.tokenFor('a'), `${A.oid} 2`);
  });

  test('of a fresh sign-in are used without asking', async () => {
    const { tokens, clock, state } = scene();
    tokens.remember('a', { token: 'fresh', expiresAt: clock.now() + HOUR });
    assert.equal(await tokens.tokenFor('a'), 'fresh');
    assert.equal(state.calls, 0);
  });

  test('leave only sealed text in the table, sealed anew at each renewal', async () => {
    const { tokens, rows } = scene();
    const before = rows.get('a');
    await tokens.tokenFor('a');
    assert.notEqual(rows.get('a'), before);
    assert.doesNotMatch(rows.get('a') ?? '', new RegExp(A.oid));
  });

  for (const code of ['reconnect_needed', 'admin_consent_needed'] as const) {
    test(`end with ${code}: noted and told once, and Entra is not asked again`, async () => {
      const { tokens, connections, ended, state } = scene();
      state.failure = new AppError(code, 'Entra says no.');
      await Promise.all([refused(tokens.tokenFor('a'), code), refused(tokens.tokenFor('a'), code)]);
      await refused(tokens.tokenFor('a'), 'reconnect_needed');
      assert.deepEqual(ended, ['a']);
      assert.equal(state.calls, 1);
      assert.equal(connections.get('a')?.state, 'reconnect');
      assert.equal(connections.get('a')?.lastErrorCode, code);
      assert.equal(connections.get('b')?.state, 'connected');
    });
  }

  test('that end are told of once, however many replicas notice', async () => {
    const { replica, ended, state } = scene();
    state.failure = new AppError('reconnect_needed', 'Entra says no.');
    const replicas = [replica(), replica(), replica()];
    await Promise.all(replicas.map((tokens) => refused(tokens.tokenFor('a'), 'reconnect_needed')));
    assert.equal(state.calls, 1);
    assert.deepEqual(ended, ['a']);
  });

  test('that end do not wait for those who are told, who may themselves wait for a token', async () => {
    const { tokens, ended, state } = scene((connection) => tokens.tokenFor(connection.id));
    state.failure = new AppError('reconnect_needed', 'Entra says no.');
    await refused(tokens.tokenFor('a'), 'reconnect_needed');
    assert.deepEqual(ended, ['a']);
  });

  test('that end are told to every registered callback, also when one of them fails', async () => {
    const { tokens, ended, state, log } = scene(() => Promise.reject(new AppError('mattermost_unavailable', 'Away.')));
    const also: string[] = [];
    tokens.onSignInEnded(async ({ id, state }) => void also.push(`${id} ${state}`));
    state.failure = new AppError('reconnect_needed', 'Entra says no.');
    await refused(tokens.tokenFor('a'), 'reconnect_needed');
    await new Promise(setImmediate);
    assert.deepEqual([ended, also], [['a'], ['a reconnect']]);
    assert.deepEqual(
      log.lines.map(({ level }) => level),
      ['warn', 'error'],
    );
  });

  for (const code of [
    'microsoft_unavailable',
    'microsoft_throttled',
    'microsoft_refused',
    'client_credential_invalid',
    'internal',
  ] as const) {
    test(`outlive ${code}: nothing changes`, async () => {
      const { tokens, connections, rows, ended, state } = scene();
      const before = rows.get('a');
      state.failure = new AppError(code, 'Entra is not well.');
      await refused(tokens.tokenFor('a'), code);
      assert.equal(connections.get('a')?.state, 'connected');
      assert.equal(connections.get('a')?.lastErrorCode, null);
      assert.equal(rows.get('a'), before);
      assert.deepEqual(ended, []);
      state.failure = null;
      assert.match(await tokens.tokenFor('a'), new RegExp(A.oid));
    });
  }

  test('a late failure of the old tokens does not end a sign-in that was just renewed', async () => {
    const { tokens, connections, rows, sealer, ended, state } = scene();
    state.failure = new AppError('reconnect_needed', 'The old tokens ended.');
    state.before = async () => {
      rows.set('a', sealer.seal(JSON.stringify({ oid: A.oid, tid: A.tid }), tokenContext('a')));
    };
    await refused(tokens.tokenFor('a'), 'reconnect_needed');
    assert.equal(connections.get('a')?.state, 'connected');
    assert.deepEqual(ended, []);
  });

  test('of a removed connection are not to be had', async () => {
    const { tokens, connections } = scene();
    connections.delete('a');
    await refused(tokens.tokenFor('a'), 'not_found');
  });

  test('swapped between two rows open for neither', async () => {
    const { tokens, rows, state } = scene();
    const [a, b] = [rows.get('a') ?? '', rows.get('b') ?? ''];
    rows.set('a', b).set('b', a);
    await refused(tokens.tokenFor('a'), 'seal_broken');
    await refused(tokens.tokenFor('b'), 'seal_broken');
    assert.equal(state.calls, 0);
  });

  test('that turn out to be of another account are refused', async () => {
    const { tokens, rows, sealer } = scene();
    rows.set('a', sealer.seal(JSON.stringify({ oid: B.oid, tid: B.tid }), tokenContext('a')));
    await refused(tokens.tokenFor('a'), 'reconnect_needed');
  });

  test('of A are never given to B, whatever happens in whatever order in two replicas', async () => {
    const step = fc.record({
      id: fc.constantFrom('a', 'b'),
      at: fc.nat(1),
      verb: fc.constantFrom('ask', 'ask', 'ask', 'forget', 'remember', 'wait', 'fail', 'mend'),
    });
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), fc.array(step, { minLength: 2, maxLength: 30 }), async (scheduler, steps) => {
        const { replica, clock, state } = scene();
        const replicas = [replica(), replica()];
        state.before = () => scheduler.schedule(Promise.resolve());
        const owners = { a: A.oid, b: B.oid };
        const answers: Promise<void>[] = [];
        const verbs = {
          ask: (id: 'a' | 'b', tokens: Tokens) => {
            const answer = tokens.tokenFor(id).then(
              (token) => assert.ok(token.startsWith(owners[id]), `a token of another account came for ${id}`),
              (error) => assert.ok(error instanceof AppError, String(error)),
            );
            answers.push(answer);
          },
          forget: (id: 'a' | 'b', tokens: Tokens) => tokens.forget(id),
          remember: (id: 'a' | 'b', tokens: Tokens) =>
            tokens.remember(id, { token: `${owners[id]} fresh`, expiresAt: clock.now() + HOUR }),
          wait: () => clock.advance(20 * MINUTE),
          fail: () => {
            state.failure = new AppError('microsoft_unavailable', 'Away.');
          },
          mend: () => {
            state.failure = null;
          },
        };
        for (const { id, at, verb } of steps) {
          verbs[verb as keyof typeof verbs](id as 'a' | 'b', replicas[at] ?? assert.fail());
          await Promise.resolve();
        }
        await scheduler.waitFor(Promise.all(answers));
      }),
      { numRuns: 150 },
    );
  });
});

/** Token renewals over a table in memory. */
function createRenewals(rows: Map<string, string>): RenewalDeps['renewals'] {
  const shared = new Map<string, string>();
  const underWay = new Map<string, PromiseWithResolvers<void>>();
  return {
    acquire: async ({ connectionId, lockId }) => {
      const other = underWay.get(connectionId);
      if (other) return other.promise.then(() => null);
      underWay.set(connectionId, Promise.withResolvers());
      const [sealedTokenCache, sealedAccess] = [rows.get(connectionId) ?? '', shared.get(connectionId) ?? null];
      return { connectionId, lockId, version: 0, sealedTokenCache, sealedAccess };
    },
    save: async ({ connectionId, sealedTokenCache }, renewed) => {
      if (rows.get(connectionId) !== sealedTokenCache) return false;
      rows.set(connectionId, renewed.sealedTokenCache);
      shared.set(connectionId, renewed.sealedAccess);
      return true;
    },
    release: async ({ connectionId }) => {
      underWay.get(connectionId)?.resolve();
      underWay.delete(connectionId);
    },
  };
}
