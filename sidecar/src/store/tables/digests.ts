import { randomUUID } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import type { Digest, DigestItem, Digests } from '../../core/ports/digests.ts';
import { ownerColumn } from '../columns.ts';
import type { Database, Query } from '../database/sql.ts';
import { assertHeld } from '../queue/chat-queues.ts';

/** The digests and digest_items tables. */
export function createDigests(db: Database): Digests {
  return {
    deferToDigest: (deferred) => db.transaction((tx) => deferToDigest(tx, deferred)),
    claim: async ({ now, leaseMs, limit }) => {
      await db.transaction((tx) => begin(tx, now, limit));
      return claim(db, { now, leaseMs, limit });
    },
    retry: async ({ connectionId, fencingToken }, readyAt) => {
      await db.query('update digests set ready_at = $3 where connection_id = $1 and fence = $2', [
        ...[connectionId, fencingToken, readyAt],
      ]);
    },
    close: (digest, done) => db.transaction((tx) => close(tx, digest, done)),
  };
}

async function deferToDigest(tx: Query, deferred: Parameters<Digests['deferToDigest']>[0]): Promise<void> {
  const { queue, itemId, key, messageOrder, notice, dueAt, now } = deferred;
  const { userId, tid, chatId, messageId } = key;
  await assertHeld(tx, queue);
  await tx.query(
    `insert into deliveries (user_id, tid, chat_id, message_id, state, pending_post_id, intent_at)
     values ($1, $2, $3, $4, 'skipped', '', $5) on conflict do nothing`,
    [userId, tid, chatId, messageId, now],
  );
  await tx.query(
    `insert into digest_items (connection_id, user_id, tid, chat_id, message_id, message_order, notice, due_at, taken)
     values ($1, $2, $3, $4, $5, $6, $7, $8, 0) on conflict do nothing`,
    [ownerColumn(queue.owner), userId, tid, chatId, messageId, messageOrder, notice, dueAt],
  );
  await tx.query('delete from inbox where id = $1', [itemId]);
}

/** Records the intent to post for users whose digest is due. One digest per user at a time: messages that come due meanwhile wait for the next. */
async function begin(tx: Query, now: number, limit: number): Promise<void> {
  const due = await tx.query<{ connection_id: string; user_id: string }>(
    `select distinct i.connection_id, i.user_id from digest_items i
     where i.taken = 0 and i.due_at <= $1 and not exists (select 1 from digests d where d.connection_id = i.connection_id)
     order by i.connection_id limit $2`,
    [now, limit],
  );
  for (const row of due) {
    const made = await tx.query(
      `insert into digests (connection_id, user_id, id, pending_post_id, intent_at, fence, ready_at)
       values ($1, $2, $3, $4, $5, 0, $5) on conflict do nothing returning connection_id`,
      [row.connection_id, row.user_id, randomUUID(), randomUUID(), now],
    );
    if (made.length === 0) continue;
    await tx.query('update digest_items set taken = 1 where connection_id = $1 and taken = 0 and due_at <= $2', [
      ...[row.connection_id, now],
    ]);
  }
}

interface Row {
  connection_id: string;
  user_id: string;
  id: string;
  pending_post_id: string;
  intent_at: number;
  fence: number;
}

// One statement, as for chat queues: the `ready_at` of a held digest is the end of its lease.
async function claim(db: Database, { now, leaseMs, limit }: Parameters<Digests['claim']>[0]): Promise<Digest[]> {
  const rows = await db.query<Row>(
    `with next as materialized (
       select connection_id from digests where ready_at <= $2 order by ready_at limit $3 for update skip locked
     )
     update digests set fence = fence + 1, ready_at = $1 where connection_id in (select connection_id from next)
     returning connection_id, user_id, id, pending_post_id, intent_at, fence`,
    [now + leaseMs, now, limit],
  );
  return Promise.all(rows.map(async (row) => toDigest(row, await itemsOf(db, row.connection_id))));
}

interface ItemRow {
  tid: string;
  chat_id: string;
  message_id: string;
  message_order: number;
  notice: string;
}

async function itemsOf(db: Query, connectionId: string): Promise<DigestItem[]> {
  const rows = await db.query<ItemRow>(
    `select tid, chat_id, message_id, message_order, notice from digest_items
     where connection_id = $1 and taken = 1 order by message_order, chat_id`,
    [connectionId],
  );
  return rows.map((row) => ({
    tid: row.tid,
    chatId: row.chat_id,
    messageId: row.message_id,
    messageOrder: row.message_order,
    notice: row.notice,
  }));
}

async function close(tx: Query, digest: Digest, { postId, now }: { postId: string | null; now: number }) {
  const { connectionId, fencingToken } = digest;
  const held = await tx.query('delete from digests where connection_id = $1 and fence = $2 returning id', [
    ...[connectionId, fencingToken],
  ]);
  if (held.length === 0) {
    throw new AppError('lease_lost', 'Another worker has taken over a digest.', { fields: { fencingToken } });
  }
  if (postId !== null) {
    await tx.query(
      `update deliveries set post_id = $2, settled_at = $3, notice = i.notice from digest_items i
       where i.connection_id = $1 and i.taken = 1 and deliveries.user_id = i.user_id and deliveries.tid = i.tid
         and deliveries.chat_id = i.chat_id and deliveries.message_id = i.message_id`,
      [connectionId, postId, now],
    );
    await tx.query('update connections set last_delivery_at = $2 where id = $1', [connectionId, now]);
  }
  await tx.query('delete from digest_items where connection_id = $1 and taken = 1', [connectionId]);
}

function toDigest(row: Row, items: DigestItem[]): Digest {
  return {
    id: row.id,
    connectionId: row.connection_id,
    userId: row.user_id,
    pendingPostId: row.pending_post_id,
    intentAt: row.intent_at,
    fencingToken: row.fence,
    items,
  };
}
