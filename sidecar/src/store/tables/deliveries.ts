import type { Deliveries, Delivery, DeliveryKey, DeliveryState } from '../../core/ports/deliveries.ts';
import type { ChatQueue } from '../../core/ports/queue.ts';
import { ownerColumn } from '../columns.ts';
import type { Database, Query, Statement } from '../database/sql.ts';
import { assertHeld, givenBack, idleRevision, leaseLost } from '../queue/chat-queues.ts';

/** The columns that are read. */
export interface DeliveryRow {
  user_id: string;
  tid: string;
  chat_id: string;
  message_id: string;
  state: DeliveryState;
  pending_post_id: string;
  channel_id: string | null;
  post_id: string | null;
  folded_into: string | null;
  version: string | null;
  modified_at: number | null;
  edited_at: number | null;
  intent_at: number;
}

const COLUMNS = `user_id, tid, chat_id, message_id, state, pending_post_id, channel_id, post_id, folded_into, version, modified_at,
  edited_at, intent_at`;
const BY_KEY = 'user_id = $1 and tid = $2 and chat_id = $3 and message_id = $4';

/** The deliveries table. */
export function createDeliveries(db: Database): Deliveries {
  return {
    begin: async (intent) => {
      const delivery = await insertHeld(db, intent);
      return delivery === null ? db.transaction((tx) => whyNotBegun(tx, intent)) : { delivery, fresh: true };
    },
    unfold: (queue, key) =>
      db.transaction(async (tx) => {
        await assertHeld(tx, queue);
        await tx.query(`update deliveries set folded_into = null where ${BY_KEY}`, keyParams(key));
      }),
    foldedInto: async (postId) => {
      const sql = `select message_id from deliveries where folded_into = $1 and state in ('posted', 'removed')`;
      return (await db.query<{ message_id: string }>(sql, [postId])).map((row) => row.message_id);
    },
    confirm: (done) => confirm(db, done),
    skip: ({ queue, itemId, key, state, now }) =>
      db.transaction(async (tx) => {
        await assertHeld(tx, queue);
        await tx.query(
          `insert into deliveries (user_id, tid, chat_id, message_id, state, pending_post_id, intent_at)
           values ($1, $2, $3, $4, $5, '', $6) on conflict do nothing`,
          [...keyParams(key), state, now],
        );
        if (state === 'removed')
          await tx.query(`delete from digest_items where ${BY_KEY} and taken = 0`, keyParams(key));
        await tx.query('delete from inbox where id = $1', [itemId]);
      }),
    purge: async (before) => void (await db.query('delete from deliveries where intent_at < $1', [before])),
  };
}

type Intent = Parameters<Deliveries['begin']>[0];

// The usual case in one statement: nothing recorded yet, the chat queue still ours, and nothing new in it. The row lock
// makes a holder that takes over at this moment come before or after, never in between.
async function insertHeld(db: Database, intent: Intent): Promise<Delivery | null> {
  const { queue, key, pendingPostId, channelId, foldedInto, revision, now } = intent;
  const rows = await db.query<DeliveryRow>(
    `insert into deliveries (user_id, tid, chat_id, message_id, state, pending_post_id, channel_id, folded_into, intent_at)
     select $1, $2, $3, $4, 'posting', $5, $6, cast($7 as text), cast($8 as bigint)
     from lanes where id = $9 and fence = $10 and seq = coalesce(cast($11 as bigint), seq) for update
     on conflict do nothing returning ${COLUMNS}`,
    [...keyParams(key), pendingPostId, channelId, foldedInto, now, queue.id, queue.fencingToken, revision],
  );
  return rows[0] ? toDelivery(rows[0]) : null;
}

/** The recorded delivery, or null because the chat queue has received more. */
async function whyNotBegun(tx: Query, intent: Intent): ReturnType<Deliveries['begin']> {
  const { queue, key, revision } = intent;
  const newest = await assertHeld(tx, queue);
  if (revision !== null && revision !== newest) return null;
  const delivery = await find(tx, key);
  if (!delivery) throw leaseLost(queue);
  return { delivery, fresh: false };
}

function keyParams(key: DeliveryKey): [string, string, string, string] {
  return [key.userId, key.tid, key.chatId, key.messageId];
}

async function find(db: Query, key: DeliveryKey): Promise<Delivery | null> {
  const rows = await db.query<DeliveryRow>(`select ${COLUMNS} from deliveries where ${BY_KEY}`, keyParams(key));
  return rows[0] ? toDelivery(rows[0]) : null;
}

// Every statement checks by itself that the chat queue is still ours: they are sent together, and none can wait for the result of another.
async function confirm(db: Database, done: Parameters<Deliveries['confirm']>[0]): Promise<void> {
  const { queue, key, state, postId, version, order, openPost, notice, last, now } = done;
  const isHeld = (id: number) => `exists (select 1 from lanes where id = $${id} and fence = $${id + 1})`;
  const hold = [queue.id, queue.fencingToken];
  const held = await db.batch([
    {
      sql: `update lanes set last_posted = case when last_posted < $3 then cast($3 as bigint) else last_posted end,
         open_post = $4, open_since = $5${last ? `, ${givenBack(6, 7)}` : ''}
       where id = $1 and fence = $2 returning id`,
      params: [
        ...[...hold, order ?? 0, openPost?.postId ?? null, openPost?.since ?? null],
        ...(last ? [idleRevision(queue), now] : []),
      ],
    },
    {
      sql: `update deliveries set state = $5, post_id = coalesce($6, post_id), version = coalesce($7, version),
         modified_at = coalesce($8, modified_at), edited_at = coalesce($9, edited_at),
         settled_at = coalesce(settled_at, cast($10 as bigint)), notice = coalesce($11, notice)
       where ${BY_KEY} and ${isHeld(12)}`,
      params: [
        ...[...keyParams(key), state, postId, version?.version ?? null, version?.modifiedAt ?? null],
        ...[version?.editedAt ?? null, now, notice, ...hold],
      ],
    },
    { sql: `delete from inbox where id = $1 and ${isHeld(2)}`, params: [done.itemId, ...hold] },
    ...(order === null ? [] : [deliveredNow(queue, now, isHeld(3))]),
  ]);
  if (held.length === 0) throw leaseLost(queue);
}

function deliveredNow({ id, fencingToken, owner }: ChatQueue, now: number, isHeld: string): Statement {
  return {
    sql: `update connections set last_delivery_at = $2 where id = $1 and ${isHeld}`,
    params: [ownerColumn(owner), now, id, fencingToken],
  };
}

/** Maps a row to a delivery. */
export function toDelivery(row: DeliveryRow): Delivery {
  return {
    userId: row.user_id,
    tid: row.tid,
    chatId: row.chat_id,
    messageId: row.message_id,
    state: row.state,
    pendingPostId: row.pending_post_id,
    channelId: row.channel_id,
    postId: row.post_id,
    foldedInto: row.folded_into,
    version: row.version,
    modifiedAt: row.modified_at,
    editedAt: row.edited_at,
    intentAt: row.intent_at,
  };
}
