import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import type { ChatQueue } from '../../../../sidecar/src/core/ports/queue.ts';
import { createDeadLetters } from '../../../../sidecar/src/store/queue/dead-letters.ts';
import { createInbox } from '../../../../sidecar/src/store/queue/inbox.ts';
import { inboxItem } from '../../../support/builders.ts';
import { databaseKinds } from '../../../support/databases.ts';

for (const kind of await databaseKinds()) {
  describe(`inbox on ${kind.name}`, { skip: kind.skip }, async () => {
    if (kind.skip) return;
    const { db, drop } = await kind.create();
    after(drop);
    const inbox = createInbox(db, { holdMs: 0 });
    const deadLetters = createDeadLetters(db);
    const claim = (now: number, holder = 'h', limit = 10) => inbox.claim({ holder, limit, now, leaseMs: 100 });
    const claimOne = async (now: number, holder = 'h'): Promise<ChatQueue> => {
      const [queue] = await claim(now, holder);
      assert.ok(queue);
      return queue;
    };
    const idOf = (queue: ChatQueue, index = 0) => {
      const id = queue.items[index]?.id;
      assert.ok(id);
      return id;
    };
    beforeEach(async () => {
      for (const table of ['lanes', 'inbox', 'dead_letters']) await db.query(`delete from ${table}`);
    });

    it('stores new items per request, and counts those that wait already as duplicates', async () => {
      const results = await inbox.put(
        [
          [inboxItem(), inboxItem({ messageId: '1001' })],
          [inboxItem(), inboxItem({ payload: 'another' })],
        ],
        0,
      );
      assert.deepEqual(results, [
        { stored: 2, duplicate: 0 },
        { stored: 1, duplicate: 1 },
      ]);
      assert.deepEqual(await inbox.put([[inboxItem()]], 1), [{ stored: 0, duplicate: 1 }]);
      assert.deepEqual(await inbox.backlog(), { items: 3, chatQueues: 1, oldestAt: 1_000 });
      assert.equal((await inbox.backlog(2)).items, 2);
    });

    it('stores a large request in many chat queues at once', async () => {
      const many = Array.from({ length: 107 }, (_, n) =>
        inboxItem({ chatId: `c${n % 45}`, messageId: `${1_000 + n}` }),
      );
      assert.deepEqual(await inbox.put([many], 0), [{ stored: 107, duplicate: 0 }]);
      assert.equal((await claim(0, 'h', 100)).length, 45);
    });

    it('orders a chat queue by message, then change, then arrival', async () => {
      const put = (messageId: string, change: 'created' | 'updated' | 'deleted', payload = '') =>
        inbox.put([[inboxItem({ messageId, change, payload })]], 0);
      await put('999', 'deleted');
      await put('1000', 'updated', 'first');
      await put('1000', 'updated', 'second');
      await put('1000', 'created');
      await put('999', 'created');
      const queue = await claimOne(0);
      const seen = queue.items.map((one) => `${one.messageId} ${one.change} ${one.payload}`.trim());
      assert.deepEqual(seen, [
        '999 created',
        '999 deleted',
        '1000 created',
        '1000 updated first',
        '1000 updated second',
      ]);
    });

    it('holds an idle chat queue for a moment, so that messages that arrive out of order come out in order', async () => {
      const holding = createInbox(db, { holdMs: 250 });
      await holding.put([[inboxItem({ messageId: '1001' })]], 0);
      await holding.put([[inboxItem({ messageId: '1000' })]], 200);
      assert.equal(await holding.nextReadyAt(), 250);
      assert.deepEqual(await claim(249), []);
      const queue = await claimOne(250);
      assert.deepEqual(
        queue.items.map((one) => one.messageId),
        ['1000', '1001'],
      );
    });

    it('gives a chat queue to one holder until its lease ends, the longest waiting first', async () => {
      await inbox.put([[inboxItem({ chatId: 'late' })]], 20);
      await inbox.put([[inboxItem({ chatId: 'early' })]], 10);
      assert.deepEqual(
        (await claim(30, 'a', 1)).map((queue) => queue.chatId),
        ['early'],
      );
      assert.deepEqual(
        (await claim(30, 'b')).map((queue) => queue.chatId),
        ['late'],
      );
      assert.deepEqual(await claim(129, 'c'), []);
      assert.equal((await claim(130, 'c')).length, 2);
    });

    it('gives each chat queue to one of many concurrent claims', async () => {
      await inbox.put([Array.from({ length: 40 }, (_, n) => inboxItem({ chatId: `c${n}` }))], 0);
      const claims = await Promise.all(['a', 'b', 'c', 'd'].map((holder) => claim(0, holder, 15)));
      const ids = claims.flat().map((queue) => queue.id);
      assert.equal(new Set(ids).size, ids.length);
      assert.ok(ids.length >= 15);
    });

    it('keeps a renewed chat queue, and reports which are lost', async () => {
      await inbox.put([[inboxItem(), inboxItem({ chatId: 'c2' })]], 0);
      const [one, two] = await claim(0, 'a');
      assert.ok(one && two);
      assert.deepEqual(await inbox.renew({ holder: 'a', queueIds: [one.id], until: 200 }), [one.id]);
      assert.deepEqual(
        (await claim(150, 'b')).map((queue) => queue.id),
        [two.id],
      );
      assert.deepEqual(await inbox.renew({ holder: 'a', queueIds: [one.id, two.id], until: 300 }), [one.id]);
    });

    it('is idle when all is done, and ready when something came meanwhile', async () => {
      await inbox.put([[inboxItem()]], 0);
      const queue = await claimOne(0);
      await inbox.complete(queue, [idOf(queue)]);
      await inbox.put([[inboxItem({ messageId: '1001' })]], 5);
      await inbox.finish(queue, 6);
      const again = await claimOne(6);
      assert.deepEqual(
        again.items.map((one) => one.messageId),
        ['1001'],
      );
      await inbox.complete(again, [idOf(again)]);
      await inbox.finish(again, 7);
      assert.equal(await inbox.nextReadyAt(), null);
      assert.deepEqual(await claim(1_000), []);
    });

    it('is ready again at once when there was more than was read', async () => {
      await inbox.put([Array.from({ length: 30 }, (_, n) => inboxItem({ messageId: `${1_000 + n}` }))], 0);
      const queue = await claimOne(0);
      await inbox.complete(
        queue,
        queue.items.map((one) => one.id),
      );
      await inbox.finish(queue, 1);
      assert.equal((await claimOne(1)).items.length + queue.items.length, 30);
    });

    it('waits as long as it was told after a failure, whatever arrives, and remembers the attempts', async () => {
      await inbox.put([[inboxItem()]], 0);
      const queue = await claimOne(0);
      await inbox.retry({ queue, itemId: idOf(queue), runAt: 500, code: 'mattermost_throttled', attempts: 1 });
      await inbox.put([[inboxItem({ messageId: '1001' })]], 10);
      assert.deepEqual(await claim(499), []);
      const again = await claimOne(500);
      assert.deepEqual(
        again.items.map((one) => one.attempts),
        [1, 0],
      );
    });

    it('wakes the waiting chat queues of a connection, but not held ones', async () => {
      await inbox.put([[inboxItem(), inboxItem({ chatId: 'c2' })]], 0);
      const [one, two] = await claim(0);
      assert.ok(one && two);
      await inbox.retry({ queue: one, itemId: idOf(one), runAt: 500, code: 'reconnect_needed', attempts: 1 });
      await inbox.wake('k1', 10);
      assert.deepEqual(
        (await claim(10)).map((queue) => queue.id),
        [one.id],
      );
    });

    it('refuses every write of a holder whose lease expired, and changes nothing', async () => {
      await inbox.put([[inboxItem()]], 0);
      const stale = await claimOne(0, 'a');
      const fresh = await claimOne(100, 'b');
      const itemId = idOf(stale);
      const lost = { code: 'lease_lost' };
      await assert.rejects(inbox.complete(stale, [itemId]), lost);
      await assert.rejects(inbox.finish(stale, 101), lost);
      await assert.rejects(inbox.release(stale, 101), lost);
      await assert.rejects(inbox.retry({ queue: stale, itemId, runAt: 0, code: 'x', attempts: 9 }), lost);
      await assert.rejects(inbox.moveToDeadLetters({ queue: stale, itemId, reason: 'x', attempts: 9, now: 101 }), lost);
      assert.equal((await inbox.backlog()).items, 1);
      assert.deepEqual(await claim(101), []);
      await inbox.complete(fresh, [itemId]);
      await inbox.finish(fresh, 102);
    });

    it('keeps dead letters encrypted as they came, and replays them', async () => {
      await inbox.put([[inboxItem()]], 0);
      const queue = await claimOne(0);
      await inbox.moveToDeadLetters({
        queue,
        itemId: idOf(queue),
        reason: 'notification_unreadable',
        attempts: 1,
        now: 5,
      });
      await inbox.finish(queue, 5);
      const [letter] = await deadLetters.list(10);
      assert.deepEqual(letter, {
        ...inboxItem(),
        id: idOf(queue),
        reason: 'notification_unreadable',
        attempts: 1,
        diedAt: 5,
      });
      assert.deepEqual([await deadLetters.count(), (await inbox.backlog()).items], [1, 0]);
      assert.equal(await deadLetters.replay(idOf(queue), 10), true);
      assert.equal(await deadLetters.replay(idOf(queue), 10), false);
      const replayed = (await claimOne(10)).items[0];
      assert.deepEqual([replayed?.payload, replayed?.attempts, await deadLetters.count()], ['encrypted', 0, 0]);
      await deadLetters.purge(100);
    });

    it('releases the chat queues of a dead process at the start, on the embedded database only', async () => {
      await inbox.put([[inboxItem()]], 0);
      await claimOne(0, 'dead');
      await inbox.releaseAbandoned(1);
      assert.equal((await claim(1, 'new')).length, db.dialect === 'sqlite' ? 1 : 0);
    });

    it('purges idle chat queues, and still refuses their old holders', async () => {
      await inbox.put([[inboxItem()]], 0);
      const stale = await claimOne(0);
      await inbox.complete(stale, [idOf(stale)]);
      await inbox.finish(stale, 1);
      await inbox.purgeIdle(1_000);
      assert.deepEqual(await db.query('select id from lanes'), []);
      await inbox.put([[inboxItem()]], 1_000);
      await claimOne(1_000);
      await assert.rejects(inbox.finish(stale, 1_001), { code: 'lease_lost' });
    });
  });
}
