import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { CONTOSO } from '../../../../playground/sample.ts';
import { connectionOwner } from '../../../../sidecar/src/core/owner.ts';
import { createInbox } from '../../../../sidecar/src/store/queue/inbox.ts';
import { createConnections } from '../../../../sidecar/src/store/tables/connections.ts';
import { createMessageStatus } from '../../../../sidecar/src/store/tables/message-status.ts';
import { createThrottlePauses } from '../../../../sidecar/src/store/tables/throttle-pauses.ts';
import { createWatermarks } from '../../../../sidecar/src/store/tables/watermarks.ts';
import { connection, inboxItem } from '../../../support/builders.ts';
import { databaseKinds } from '../../../support/databases.ts';

for (const kind of await databaseKinds()) {
  describe(`watermarks, message status and pauses on ${kind.name}`, { skip: kind.skip }, async () => {
    if (kind.skip) return;
    const { db, drop } = await kind.create();
    after(drop);
    const connections = createConnections(db);
    const watermarks = createWatermarks(db);

    it('claims what is due of working connections, the longest waiting first, each once', async () => {
      for (const [n, state] of (['connected', 'connected', 'reconnect'] as const).entries()) {
        const over = { id: `k${n}`, userId: `u${n}`, oid: `o${n}`, state, connectedAt: 50 };
        await connections.create(connection(over), '');
      }
      await watermarks.request({ connectionId: 'k1', from: 7 }, 100);
      await watermarks.requestAll(200);
      const claim = (now: number) => watermarks.claim({ now, limit: 10, until: now + 1_000 });
      assert.deepEqual(await watermarks.claim({ now: 150, limit: 10, until: 900 }), [
        { connectionId: 'k1', caughtUpTo: 7 },
      ]);
      assert.deepEqual(await claim(200), [{ connectionId: 'k0', caughtUpTo: 50 }]);
      assert.deepEqual(await claim(300), []);
    });

    it('advances a claimed watermark, and keeps a request that came meanwhile', async () => {
      await watermarks.advance({ connectionId: 'k0', caughtUpTo: 180, claimedUntil: 1_200, dueAt: 5_000 });
      await watermarks.request({ connectionId: 'k1', from: 0 }, 800);
      await watermarks.advance({ connectionId: 'k1', caughtUpTo: 140, claimedUntil: 900, dueAt: 5_000 });
      const claim = (now: number) => watermarks.claim({ now, limit: 10, until: 9_000 });
      assert.deepEqual(await claim(800), [{ connectionId: 'k1', caughtUpTo: 140 }]);
      assert.deepEqual(await claim(5_000), [{ connectionId: 'k0', caughtUpTo: 180 }]);
      await watermarks.advance({ connectionId: 'k0', caughtUpTo: 100, claimedUntil: 9_000, dueAt: 9_500 });
      assert.deepEqual(await claim(9_500), [
        { connectionId: 'k1', caughtUpTo: 140 },
        { connectionId: 'k0', caughtUpTo: 180 },
      ]);
    });

    it('forgets the watermark with the connection', async () => {
      await connections.remove('k0');
      await watermarks.requestAll(20_000);
      const left = await watermarks.claim({ now: 20_000, limit: 10, until: 30_000 });
      assert.deepEqual(
        left.map(({ connectionId }) => connectionId),
        ['k1'],
      );
    });

    it('names the accounts that are connected', async () => {
      const among = await connections.among({ tid: CONTOSO, oids: ['o0', 'o1', 'o2', 'other'] });
      assert.deepEqual(among, [{ id: 'k1', oid: 'o1' }]);
      assert.deepEqual(await connections.among({ tid: 'another', oids: ['o1'] }), []);
      assert.deepEqual(await connections.among({ tid: CONTOSO, oids: [] }), []);
    });

    it('knows messages that wait or were decided on, and marks others skipped once', async () => {
      const known = createMessageStatus(db);
      await createInbox(db).put([[inboxItem({ owner: connectionOwner('k1'), messageId: '3' })]], 1);
      const keys = ['1', '2'].map((messageId) => ({ userId: 'u1', tid: CONTOSO, chatId: 'c1', messageId }));
      assert.equal(await known.markSkipped(keys, 1), 2);
      assert.equal(
        await known.markSkipped([...keys, { userId: 'u1', tid: CONTOSO, chatId: 'c1', messageId: '3' }], 2),
        1,
      );
      const messageIds = ['1', '3', '4', ...Array.from({ length: 70 }, (_, n) => `x${n}`)];
      const found = await known.find({ connectionId: 'k1', userId: 'u1', tid: CONTOSO, chatId: 'c1', messageIds });
      assert.deepEqual(
        found.toSorted((a, b) => Number(a.messageId) - Number(b.messageId)),
        [
          { messageId: '1', state: 'skipped', editedAt: null },
          { messageId: '3', state: 'waiting', editedAt: null },
        ],
      );
    });

    it('keeps pauses until they end, the later end counts, and tells of them', async () => {
      const pauses = createThrottlePauses(db);
      let told = 0;
      const stop = await pauses.listen(() => {
        told += 1;
      });
      await pauses.save({ name: 'GET chat t', endsAt: 500 });
      await pauses.save({ name: 'GET chat t', endsAt: 400 });
      await pauses.save({ name: 'GET me t', endsAt: 100 });
      while (told === 0) await new Promise((resolve) => setImmediate(resolve));
      await stop();
      assert.deepEqual(await pauses.list(200), [{ name: 'GET chat t', endsAt: 500 }]);
      assert.deepEqual(await pauses.list(500), []);
    });
  });
}
