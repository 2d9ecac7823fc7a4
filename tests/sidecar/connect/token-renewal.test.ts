import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { RenewalDeps } from '../../../sidecar/src/connect/token-renewal.ts';
import { tokenContext } from '../../../sidecar/src/connect/token-renewal.ts';
import { createTokens } from '../../../sidecar/src/connect/tokens.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import { HOUR, MINUTE, systemClock } from '../../../sidecar/src/core/time.ts';
import { createConnections } from '../../../sidecar/src/store/tables/connections.ts';
import { createTokenRenewals } from '../../../sidecar/src/store/tables/token-renewals.ts';
import { connection, sealerOf } from '../../support/builders.ts';
import { createRunningClock } from '../../support/clock.ts';
import { databaseKinds } from '../../support/databases.ts';
import { createTestLog } from '../../support/log.ts';

for (const kind of await databaseKinds()) {
  describe(`renewal of tokens by several replicas on ${kind.name}`, { skip: kind.skip }, async () => {
    if (kind.skip) return;
    const database = await kind.create();
    after(database.drop);
    const sealer = sealerOf('test');
    let connected = 0;

    /** A connection with the refresh token 0, and an Entra that gives n + 1 for n and takes each but once. */
    async function scene() {
      const id = `connection-${++connected}`;
      const account = connection({ id, userId: `user of ${id}`, oid: `oid of ${id}` });
      const clock = { ...createRunningClock(), sleep: systemClock.sleep };
      const first = createConnections(database.db);
      await first.create(account, sealer.seal('0', tokenContext(id)));
      const refused = new Set<string>();
      const entra = { asked: [] as string[], failure: null as AppError | null, before: async () => {} };
      async function replica() {
        const db = kind.name === 'PostgreSQL' ? await database.open() : database.db;
        const deps: Omit<RenewalDeps, 'onSignInEnded'> = {
          connections: createConnections(db),
          renewals: createTokenRenewals(db),
          sealer,
          clock,
          log: createTestLog(),
          isRefused: (token) => refused.has(token),
          entra: {
            accessToken: async ({ cache }) => {
              entra.asked.push(cache);
              await entra.before();
              if (entra.failure) throw entra.failure;
              if (entra.asked.filter((one) => one === cache).length > 1)
                throw new AppError('reconnect_needed', 'Used.');
              const next = String(Number(cache) + 1);
              const { oid, tid } = account;
              return { token: `token ${next}`, expiresAt: clock.now() + HOUR, cache: next, account: { oid, tid } };
            },
          },
        };
        return createTokens(deps);
      }
      const stored = async () => sealer.open((await first.tokenCache(id)) ?? '', tokenContext(id));
      return { id, replica, entra, stored, clock, connections: first, refused };
    }

    test('asks once for all that need one at the same time', async () => {
      const { id, replica, entra, stored } = await scene();
      const replicas = await Promise.all([replica(), replica(), replica()]);
      entra.before = () => systemClock.sleep(20);
      const tokens = await Promise.all(replicas.flatMap((one) => [one.tokenFor(id), one.tokenFor(id)]));
      assert.deepEqual(new Set(tokens), new Set(['token 1']));
      assert.deepEqual(entra.asked, ['0']);
      assert.equal(await stored(), '1');
    });

    test('uses each refresh token once, whichever replica renews next', async () => {
      const { id, replica, entra, stored, clock } = await scene();
      const [one, other] = [await replica(), await replica()];
      for (let turn = 0; turn < 4; turn += 1) {
        await Promise.all([one.tokenFor(id), other.tokenFor(id)]);
        clock.advance(HOUR);
      }
      assert.deepEqual(entra.asked, ['0', '1', '2', '3']);
      assert.equal(await stored(), '4');
    });

    test('a token that is too short for one, or that Graph refused, is not taken over', async () => {
      const { id, replica, entra, clock, refused } = await scene();
      const [one, other, third] = [await replica(), await replica(), await replica()];
      assert.equal(await one.tokenFor(id), 'token 1');
      clock.advance(30 * MINUTE);
      assert.equal(await other.tokenFor(id), 'token 1');
      assert.equal(await other.tokenFor(id, 40 * MINUTE), 'token 2');
      assert.equal(await third.tokenFor(id), 'token 2');
      refused.add('token 2');
      assert.equal(await third.tokenFor(id), 'token 3');
      assert.equal(await other.tokenFor(id), 'token 3');
      assert.deepEqual(entra.asked, ['0', '1', '2']);
    });

    test('who waited tries it when the other failed', async () => {
      const { id, replica, entra } = await scene();
      const replicas = await Promise.all([replica(), replica()]);
      entra.failure = new AppError('microsoft_unavailable', 'Away.');
      const results = await Promise.allSettled(replicas.map((one) => one.tokenFor(id)));
      assert.deepEqual(
        results.map((result) => result.status === 'rejected' && result.reason.code),
        ['microsoft_unavailable', 'microsoft_unavailable'],
      );
      assert.equal(entra.asked.length, 2);
    });

    test('never puts older tokens over newer ones', async () => {
      const { id, replica, entra, stored, clock, connections } = await scene();
      const [slow, quick] = [await replica(), await replica()];
      const pause = Promise.withResolvers<void>();
      entra.before = () => (entra.asked.length === 1 ? pause.promise : Promise.resolve());
      const late = slow.tokenFor(id);
      while (entra.asked.length === 0) await systemClock.sleep(5);
      // The turn of the slow one runs out, and its user signs in anew.
      clock.advance(10 * MINUTE);
      await connections.saveTokenCache(id, sealer.seal('100', tokenContext(id)));
      assert.equal(await quick.tokenFor(id), 'token 101');
      pause.resolve();
      assert.equal(await late, 'token 1');
      assert.equal(await stored(), '101');
    });

    test('what one connection shares opens for no other, whatever became of the rows', async () => {
      const [one, other] = [await scene(), await scene()];
      await (await one.replica()).tokenFor(one.id);
      const sql = `update connections set access_token = (select access_token from connections where id = $1) where id = $2`;
      await database.db.query(sql, [one.id, other.id]);
      assert.equal(await (await other.replica()).tokenFor(other.id), 'token 1');
      assert.deepEqual(other.entra.asked, ['0'], 'it was asked for its own');
    });

    test('sealing anew disturbs no renewal, and is disturbed by none', async () => {
      const { id, replica, stored, connections } = await scene();
      const from = (await connections.tokenCache(id)) ?? '';
      const to = sealer.seal('0', tokenContext(id));
      assert.equal(await connections.resealTokenCache(id, { from, to }), true);
      await (await replica()).tokenFor(id);
      assert.equal(await connections.resealTokenCache(id, { from: to, to: from }), false);
      assert.equal(await stored(), '1');
    });
  });
}
