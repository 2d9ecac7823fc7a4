import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { CONTOSO } from '../../../../playground/sample.ts';
import type { DeliveryKey } from '../../../../sidecar/src/core/ports/deliveries.ts';
import type { ChatQueue, InboxItem } from '../../../../sidecar/src/core/ports/queue.ts';
import { createInbox } from '../../../../sidecar/src/store/queue/inbox.ts';
import { createConnections } from '../../../../sidecar/src/store/tables/connections.ts';
import { createDeliveries } from '../../../../sidecar/src/store/tables/deliveries.ts';
import { createRecipients } from '../../../../sidecar/src/store/tables/recipients.ts';
import { connection, inboxItem } from '../../../support/builders.ts';
import { databaseKinds } from '../../../support/databases.ts';

const LOST = { code: 'lease_lost' };
const KEY: DeliveryKey = { userId: 'u1', tid: CONTOSO, chatId: 'c1', messageId: '1000' };

for (const kind of await databaseKinds()) {
  describe(`deliveries on ${kind.name}`, { skip: kind.skip }, async () => {
    if (kind.skip) return;
    const { db, drop } = await kind.create();
    after(drop);
    const inbox = createInbox(db, { holdMs: 0 });
    const deliveries = createDeliveries(db);
    const connections = createConnections(db);
    const recipients = createRecipients(db);
    const recipientOf = ({ tid, chatId, messageId }: InboxItem) =>
      recipients.of({ connectionId: 'k1', tid, chatId, messageId });
    const delivered = async () => (await recipientOf(inboxItem()))?.delivered;
    let queue: ChatQueue;
    let now = 0;

    beforeEach(async () => {
      now += 1_000;
      for (const table of ['inbox', 'lanes', 'deliveries', 'connections']) await db.query(`delete from ${table}`);
      await connections.create(connection(), 'sealed');
      await inbox.put([[inboxItem()]], now);
      queue = await claim();
    });

    async function claim(): Promise<ChatQueue> {
      const [one] = await inbox.claim({ holder: 'h', limit: 1, now, leaseMs: 0 });
      assert.ok(one);
      return one;
    }

    const begin = (over: Partial<Parameters<typeof deliveries.begin>[0]> = {}) =>
      deliveries.begin({
        queue,
        key: KEY,
        pendingPostId: 'p1',
        channelId: 'd1',
        foldedInto: null,
        revision: queue.revision,
        now,
        ...over,
      });
    const confirm = (over: Partial<Parameters<typeof deliveries.confirm>[0]> = {}) =>
      deliveries.confirm({
        queue,
        itemId: queue.items[0]?.id ?? '',
        key: KEY,
        state: 'posted',
        postId: 'post',
        order: 1_000,
        now,
        version: { version: 'v1', modifiedAt: 7, editedAt: null },
        openPost: { postId: 'post', since: now },
        notice: 'sealed',
        last: false,
        ...over,
      });

    it('records an intent once; later calls return the recorded one', async () => {
      const first = await begin();
      assert.equal(first?.fresh, true);
      assert.equal(first?.delivery.state, 'posting');
      assert.deepEqual(await begin({ pendingPostId: 'p2', foldedInto: 'x' }), { ...first, fresh: false });
      assert.deepEqual(await delivered(), first?.delivery);
    });

    it('records no intent when the chat queue has received more, unless no revision is given', async () => {
      await inbox.put([[inboxItem({ messageId: '999' })]], now);
      assert.equal(await begin(), null);
      assert.equal(await delivered(), null);
      assert.equal((await begin({ revision: null }))?.fresh, true);
    });

    it('confirms: the posted version, the item, the chat queue, and when the connection had its last delivery', async () => {
      await begin();
      await confirm();
      const delivery = await delivered();
      assert.deepEqual(
        [delivery?.state, delivery?.postId, delivery?.version, delivery?.modifiedAt],
        ['posted', 'post', 'v1', 7],
      );
      assert.equal((await inbox.backlog()).items, 0);
      assert.equal((await connections.find('k1'))?.lastDeliveryAt, now);
      const again = await claim();
      assert.deepEqual([again.lastPosted, again.items], [1_000, []]);
    });

    const readyAt = async () =>
      (await db.query<{ ready_at: number | null }>('select ready_at from lanes'))[0]?.ready_at;

    it('gives the chat queue back with its last item: idle until more comes', async () => {
      await begin();
      await confirm({ last: true });
      assert.equal(await readyAt(), null);
      assert.equal(await inbox.nextReadyAt(), null);
      await inbox.put([[inboxItem({ messageId: '1001' })]], now + 5);
      assert.equal(await readyAt(), now + 5);
      const again = await inbox.claim({ holder: 'h', limit: 1, now: now + 5, leaseMs: 0 });
      assert.deepEqual([again[0]?.lastPosted, again[0]?.openPost], [1_000, { postId: 'post', since: now }]);
    });

    it('gives the chat queue back ready when more came while its last item was worked on', async () => {
      await begin({ revision: null });
      await inbox.put([[inboxItem({ messageId: '1001' })]], now);
      await confirm({ last: true, now: now + 7 });
      assert.equal(await readyAt(), now + 7);
    });

    it('gives the chat queue back ready when it holds more items than are read at once', async () => {
      const many = Array.from({ length: 24 }, (_, index) => inboxItem({ messageId: `${2_000 + index}` }));
      await inbox.put([many], now);
      queue = await claim();
      assert.equal(queue.items.length, 20);
      await begin();
      await confirm({ last: true, now: now + 7 });
      assert.equal(await readyAt(), now + 7);
    });

    it('finds the recipient of a notification for as long as they are connected', async () => {
      await begin();
      assert.deepEqual((await recipientOf(inboxItem()))?.connection, await connections.find('k1'));
      assert.equal((await recipientOf(inboxItem({ messageId: '1001' })))?.delivered, null);
      await connections.remove('k1');
      assert.equal(await recipientOf(inboxItem()), null);
    });

    it('an edit changes the posted version, and not the time of the last delivery', async () => {
      await begin();
      await confirm();
      await inbox.put([[inboxItem({ change: 'updated' })]], now);
      const edited = await inbox.reload(queue);
      await confirm({
        itemId: edited.items[0]?.id ?? '',
        order: null,
        notice: null,
        now: now + 5,
        version: { version: 'v2', modifiedAt: 9, editedAt: 9 },
      });
      const delivery = await delivered();
      assert.deepEqual([delivery?.version, delivery?.editedAt, delivery?.postId], ['v2', 9, 'post']);
      assert.equal((await connections.find('k1'))?.lastDeliveryAt, now);
      assert.deepEqual(
        (await everything()).deliveries.map((one) => one.notice),
        ['sealed'],
      );
    });

    it('refuses every write of a holder whose lease expired, and changes nothing', async () => {
      await begin();
      const before = await everything();
      const newer = await claim();
      const taken = await everything();
      await assert.rejects(begin({ key: { ...KEY, messageId: '2' } }), LOST);
      await assert.rejects(begin(), LOST);
      await assert.rejects(confirm(), LOST);
      await assert.rejects(deliveries.unfold(queue, KEY), LOST);
      const itemId = queue.items[0]?.id ?? '';
      await assert.rejects(deliveries.skip({ queue, itemId, key: KEY, state: 'skipped', now }), LOST);
      await assert.rejects(confirm({ last: true }), LOST);
      assert.deepEqual(await everything(), taken);
      assert.deepEqual([taken.deliveries, taken.inbox], [before.deliveries, before.inbox]);
      queue = newer;
      await confirm();
      assert.equal((await inbox.backlog()).items, 0);
    });

    async function everything() {
      return {
        deliveries: (await db.query('select * from deliveries order by message_id')).map(row),
        inbox: (await db.query('select * from inbox')).map(row),
        chatQueues: (await db.query('select * from lanes')).map(row),
        connections: (await db.query('select last_delivery_at from connections')).map(row),
      };
    }
  });
}

/** SQLite's rows have no prototype. */
function row(found: object): Record<string, unknown> {
  return { ...found };
}
