import type { Lane, QueuedItem } from '../core/delivery.ts';
import type { Inbox } from './inbox.ts';
import { type ItemRow, toItem } from './items.ts';
import { assertHeld, leaseLost } from './lanes.ts';
import { type Database, placeholders, type Query } from './query.ts';

/** How much of a lane is read at once: enough for a burst, little enough that one busy chat cannot fill the memory. */
const ITEMS_PER_LANE = 20;

type Claims = Pick<Inbox, 'claim' | 'reload' | 'renew' | 'settle' | 'finish' | 'release' | 'retry' | 'bury'>;

/** What the holder of a lane does: take it, keep it, work it off, give it back. */
export function createClaims(db: Database): Claims {
  return {
    claim: (request) => claim(db, request),
    reload: (lane) =>
      db.transaction(async (tx) => {
        const seq = await assertHeld(tx, lane);
        return { seq, items: await readItems(tx, lane.id) };
      }),
    renew: async ({ holder, laneIds, until }) => {
      if (laneIds.length === 0) return [];
      const rows = await db.query<{ id: string }>(
        `update lanes set ready_at = $2 where holder = $1 and id in (${placeholders(laneIds.length, 3)}) returning id`,
        [holder, until, ...laneIds],
      );
      return rows.map((row) => row.id);
    },
    settle: (lane, itemIds) =>
      db.transaction(async (tx) => {
        await assertHeld(tx, lane);
        await tx.query(`delete from inbox where id in (${placeholders(itemIds.length)})`, itemIds);
      }),
    finish: (lane, now) => (lane.items.length < ITEMS_PER_LANE ? finish(db, lane, now) : release(db, lane, now)),
    release: (lane, now) => release(db, lane, now),
    retry: ({ lane, itemId, runAt, code, attempts }) =>
      db.transaction(async (tx) => {
        await assertHeld(tx, lane);
        await tx.query('update inbox set attempts = $2, last_code = $3 where id = $1', [itemId, attempts, code]);
        await tx.query('update lanes set holder = null, ready_at = $2, open_post = null where id = $1', [
          lane.id,
          runAt,
        ]);
      }),
    bury: ({ lane, itemId, reason, attempts, now }) =>
      db.transaction(async (tx) => {
        await assertHeld(tx, lane);
        await tx.query(
          `insert into dead_letters (id, lane_id, subscription_id, connection_id, tid, chat_id, message_id, change, payload,
             received_at, attempts, reason, died_at)
           select id, lane_id, subscription_id, connection_id, tid, chat_id, message_id, change, payload, received_at,
             cast($2 as integer), cast($3 as text), cast($4 as bigint)
           from inbox where id = $1
           on conflict (id) do update set attempts = excluded.attempts, reason = excluded.reason, died_at = excluded.died_at`,
          [itemId, attempts, reason, now],
        );
        await tx.query('delete from inbox where id = $1', [itemId]);
        await tx.query('update lanes set open_post = null where id = $1', [lane.id]);
      }),
  };
}

// A lane that its last holder did not give back may still have a request for its post under way: the next message gets a post of its own.
// One statement on one index: the cost does not grow with what waits. A held lane's `ready_at` is the end of its lease, so the
// scan never walks over what others hold. `materialized` keeps PostgreSQL from running the locking part more than once.
async function claim(db: Database, request: Parameters<Inbox['claim']>[0]): Promise<Lane[]> {
  const { holder, limit, now, leaseMs } = request;
  const rows = await db.query<LaneRow>(
    `with next as materialized (
       select id from lanes where ready_at <= $3 order by ready_at limit $4 for update skip locked
     )
     update lanes set fence = fence + 1, holder = $1, ready_at = $2,
       open_post = case when holder is null then open_post else null end
     where id in (select id from next)
     returning id, connection_id, chat_id, fence, seq, last_posted, open_post, open_since`,
    [holder, now + leaseMs, now, limit],
  );
  return Promise.all(rows.map((row) => withItems(db, row)));
}

interface LaneRow {
  id: string;
  connection_id: string;
  chat_id: string;
  fence: number;
  seq: number;
  last_posted: number;
  open_post: string | null;
  open_since: number | null;
}

async function withItems(db: Database, row: LaneRow): Promise<Lane> {
  return {
    id: row.id,
    connectionId: row.connection_id,
    chatId: row.chat_id,
    fence: row.fence,
    seq: row.seq,
    lastPosted: row.last_posted,
    openPost: row.open_post === null ? null : { postId: row.open_post, since: row.open_since ?? 0 },
    items: await readItems(db, row.id),
  };
}

async function readItems(db: Query, laneId: string): Promise<QueuedItem[]> {
  const items = await db.query<ItemRow>(
    `select id, subscription_id, connection_id, tid, chat_id, message_id, message_order, change, payload, received_at, attempts
     from inbox where lane_id = $1 order by message_order, change_order, arrival limit $2`,
    [laneId, ITEMS_PER_LANE],
  );
  return items.map(toItem);
}

// Conditions on this row alone: PostgreSQL looks at them again after waiting for a lock, while a subquery would still see the
// old state of the inbox.
async function finish(db: Database, lane: Lane, now: number): Promise<void> {
  const rows = await db.query(
    `update lanes set holder = null,
       ready_at = case when seq = $3 then null else cast($4 as bigint) end,
       idle_since = case when seq = $3 then cast($4 as bigint) else null end
     where id = $1 and fence = $2 returning id`,
    [lane.id, lane.fence, lane.seq, now],
  );
  if (rows.length === 0) throw leaseLost(lane);
}

async function release(db: Database, lane: Lane, now: number): Promise<void> {
  const rows = await db.query(
    'update lanes set holder = null, ready_at = $3 where id = $1 and fence = $2 returning id',
    [lane.id, lane.fence, now],
  );
  if (rows.length === 0) throw leaseLost(lane);
}
