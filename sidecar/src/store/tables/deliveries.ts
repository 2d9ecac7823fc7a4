import type {
  Delivery,
  DeliveryKey,
  DeliveryState,
  Lane,
  OpenPost,
  PostedVersion,
} from '../../core/ports/deliveries.ts';
import type { Database, Query, Statement } from '../database/sql.ts';
import { assertHeld, givenBack, idleSeq, leaseLost } from '../queue/chat-queues.ts';

/** What became of each message for each user. Every write is refused with `lease_lost` once the lane has changed hands. */
export interface Deliveries {
  /**
   * Records the intent to post, before the request. `fresh` is false when there was a row already: then that row is returned. Null, and
   * nothing recorded, when `seq` is given and more has come into the lane since: something older may be among it.
   */
  begin(intent: {
    lane: Lane;
    key: DeliveryKey;
    pendingPostId: string;
    channelId: string;
    foldedInto: string | null;
    seq: number | null;
    now: number;
  }): Promise<{ delivery: Delivery; fresh: boolean } | null>;
  /** The message gets a post of its own after all. */
  unfold(lane: Lane, key: DeliveryKey): Promise<void>;
  /** Ids of the messages that have become part of that post of another message. */
  foldedInto(postId: string): Promise<string[]>;
  /**
   * Records what the post shows now, deletes the inbox item and, when it was the lane's `last`, gives the lane back, in one transaction.
   * `order` only for a post that is new.
   */
  settle(done: {
    lane: Lane;
    itemId: string;
    key: DeliveryKey;
    state: 'posted' | 'removed';
    postId: string | null;
    version: PostedVersion | null;
    order: number | null;
    /** What the next messages may be folded into. */
    openPost: OpenPost | null;
    /** Names for the list of the last notifications, sealed; null keeps what is there. */
    notice: string | null;
    last: boolean;
    now: number;
  }): Promise<void>;
  /** Records that the message gets no post (ids only) and deletes the inbox item. An existing row stays as it is. */
  skip(done: {
    lane: Lane;
    itemId: string;
    key: DeliveryKey;
    state: 'skipped' | 'removed';
    now: number;
  }): Promise<void>;
  /** Forgets deliveries that began before that time. */
  purge(before: number): Promise<void>;
}

/** A row of the table, as far as it is read. */
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
    unfold: (lane, key) =>
      db.transaction(async (tx) => {
        await assertHeld(tx, lane);
        await tx.query(`update deliveries set folded_into = null where ${BY_KEY}`, keyParams(key));
      }),
    foldedInto: async (postId) => {
      const sql = `select message_id from deliveries where folded_into = $1 and state in ('posted', 'removed')`;
      return (await db.query<{ message_id: string }>(sql, [postId])).map((row) => row.message_id);
    },
    settle: (done) => settle(db, done),
    skip: ({ lane, itemId, key, state, now }) =>
      db.transaction(async (tx) => {
        await assertHeld(tx, lane);
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

// The usual case in one statement: nothing recorded yet, the lane still ours, and nothing new in it. The lock makes a holder that
// takes over at this moment come before or after, never between.
async function insertHeld(db: Database, intent: Intent): Promise<Delivery | null> {
  const { lane, key, pendingPostId, channelId, foldedInto, seq, now } = intent;
  const rows = await db.query<DeliveryRow>(
    `insert into deliveries (user_id, tid, chat_id, message_id, state, pending_post_id, channel_id, folded_into, intent_at)
     select $1, $2, $3, $4, 'posting', $5, $6, cast($7 as text), cast($8 as bigint)
     from lanes where id = $9 and fence = $10 and seq = coalesce(cast($11 as bigint), seq) for update
     on conflict do nothing returning ${COLUMNS}`,
    [...keyParams(key), pendingPostId, channelId, foldedInto, now, lane.id, lane.fence, seq],
  );
  return rows[0] ? toDelivery(rows[0]) : null;
}

/** Says why, or what is recorded already. */
async function whyNotBegun(tx: Query, intent: Intent): ReturnType<Deliveries['begin']> {
  const { lane, key, seq } = intent;
  const newest = await assertHeld(tx, lane);
  if (seq !== null && seq !== newest) return null;
  const delivery = await find(tx, key);
  if (!delivery) throw leaseLost(lane);
  return { delivery, fresh: false };
}

function keyParams(key: DeliveryKey): [string, string, string, string] {
  return [key.userId, key.tid, key.chatId, key.messageId];
}

async function find(db: Query, key: DeliveryKey): Promise<Delivery | null> {
  const rows = await db.query<DeliveryRow>(`select ${COLUMNS} from deliveries where ${BY_KEY}`, keyParams(key));
  return rows[0] ? toDelivery(rows[0]) : null;
}

// Every statement asks for itself whether the lane is still ours: they travel together, and none can wait for the answer to another.
async function settle(db: Database, done: Parameters<Deliveries['settle']>[0]): Promise<void> {
  const { lane, key, state, postId, version, order, openPost, notice, last, now } = done;
  const isHeld = (id: number) => `exists (select 1 from lanes where id = $${id} and fence = $${id + 1})`;
  const hold = [lane.id, lane.fence];
  const held = await db.batch([
    {
      sql: `update lanes set last_posted = case when last_posted < $3 then cast($3 as bigint) else last_posted end,
         open_post = $4, open_since = $5${last ? `, ${givenBack(6, 7)}` : ''}
       where id = $1 and fence = $2 returning id`,
      params: [
        ...[...hold, order ?? 0, openPost?.postId ?? null, openPost?.since ?? null],
        ...(last ? [idleSeq(lane), now] : []),
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
    ...(order === null ? [] : [deliveredNow(lane, now, isHeld(3))]),
  ]);
  if (held.length === 0) throw leaseLost(lane);
}

function deliveredNow({ id, fence, connectionId }: Lane, now: number, isHeld: string): Statement {
  return {
    sql: `update connections set last_delivery_at = $2 where id = $1 and ${isHeld}`,
    params: [connectionId, now, id, fence],
  };
}

/** The row in our words. */
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
