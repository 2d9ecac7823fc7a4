import type { ChatQueue, Inbox, QueueItem } from '../../core/ports/queue.ts';
import { toOwner } from '../columns.ts';
import { chunks, type Database, placeholders, type Query } from '../database/sql.ts';
import { assertHeld, givenBack, ITEMS_PER_QUEUE, idleRevision, leaseLost } from './chat-queues.ts';
import { type ItemRow, toItem } from './items.ts';

type Claims = Pick<
  Inbox,
  'claim' | 'reload' | 'renew' | 'complete' | 'finish' | 'release' | 'retry' | 'moveToDeadLetters'
>;

/** The methods of a holder of chat queues: claim, renew, complete items, give back. */
export function createClaims(db: Database): Claims {
  return {
    claim: (request) => claim(db, request),
    reload: (queue) =>
      db.transaction(async (tx) => {
        const revision = await assertHeld(tx, queue);
        return { revision, items: (await readItems(tx, [queue.id])).get(queue.id) ?? [] };
      }),
    renew: async ({ holder, queueIds, until }) => {
      const renewed: string[] = [];
      for (const group of chunks(queueIds)) {
        const sql = `update lanes set ready_at = $2 where holder = $1 and id in (${placeholders(group.length, 3)}) returning id`;
        // As a batch, because batches are tried again after a deadlock, and `put` locks the same rows in another order.
        const rows = await db.batch<{ id: string }>([{ sql, params: [holder, until, ...group] }]);
        renewed.push(...rows.map(({ id }) => id));
      }
      return renewed;
    },
    complete: (queue, itemIds) =>
      db.transaction(async (tx) => {
        await assertHeld(tx, queue);
        await tx.query(`delete from inbox where id in (${placeholders(itemIds.length)})`, itemIds);
      }),
    finish: (queue, now) => giveBack(db, queue, { revision: idleRevision(queue), now }),
    release: (queue, now) => giveBack(db, queue, { revision: null, now }),
    retry: ({ queue, itemId, runAt, code, attempts }) =>
      db.transaction(async (tx) => {
        await assertHeld(tx, queue);
        await tx.query('update inbox set attempts = $2, last_code = $3 where id = $1', [itemId, attempts, code]);
        await tx.query('update lanes set holder = null, ready_at = $2, open_post = null where id = $1', [
          queue.id,
          runAt,
        ]);
      }),
    moveToDeadLetters: ({ queue, itemId, reason, attempts, now }) =>
      db.transaction(async (tx) => {
        await assertHeld(tx, queue);
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
        await tx.query('update lanes set open_post = null where id = $1', [queue.id]);
      }),
  };
}

// A queue that its last holder did not give back may still have a request for its open post under way: then the next message gets a post of
// its own.
// One statement on one index: the cost does not grow with what waits. A held queue's `ready_at` is the end of its lease, so the
// scan never walks over queues that others hold. `materialized` keeps PostgreSQL from running the locking part more than once.
async function claim(db: Database, request: Parameters<Inbox['claim']>[0]): Promise<ChatQueue[]> {
  const { holder, limit, now, leaseMs } = request;
  const rows = await db.query<QueueRow>(
    `with next as materialized (
       select id from lanes where ready_at <= $3 order by ready_at limit $4 for update skip locked
     )
     update lanes set fence = fence + 1, holder = $1, ready_at = $2,
       open_post = case when holder is null then open_post else null end
     where id in (select id from next)
     returning id, connection_id, chat_id, fence, seq, last_posted, open_post, open_since`,
    [holder, now + leaseMs, now, limit],
  );
  const ids = rows.map(({ id }) => id);
  const items = await readItems(db, ids);
  return rows.map((row) => toChatQueue(row, items.get(row.id) ?? []));
}

interface QueueRow {
  id: string;
  connection_id: string;
  chat_id: string;
  fence: number;
  seq: number;
  last_posted: number;
  open_post: string | null;
  open_since: number | null;
}

function toChatQueue(row: QueueRow, items: QueueItem[]): ChatQueue {
  return {
    id: row.id,
    owner: toOwner(row.connection_id),
    chatId: row.chat_id,
    fencingToken: row.fence,
    revision: row.seq,
    lastPosted: row.last_posted,
    openPost: row.open_post === null ? null : { postId: row.open_post, since: row.open_since ?? 0 },
    items,
  };
}

/** The first items of each of these chat queues, in order. One statement for many queues, and each costs no more than what is read of it. */
async function readItems(db: Query, queueIds: readonly string[]): Promise<Map<string, QueueItem[]>> {
  const found = new Map<string, QueueItem[]>();
  for (const group of chunks(queueIds)) {
    const ofOne = (index: number) => `select * from (
      select lane_id, id, subscription_id, connection_id, tid, chat_id, message_id, message_order, change, change_order, arrival,
        payload, received_at, attempts
      from inbox where lane_id = $${index + 1} order by message_order, change_order, arrival limit ${ITEMS_PER_QUEUE}
    ) as lane${index}`;
    const sql = `${group.map((_, index) => ofOne(index)).join(' union all ')} order by message_order, change_order, arrival`;
    for (const row of await db.query<ItemRow & { lane_id: string }>(sql, group)) {
      const items = found.get(row.lane_id) ?? [];
      items.push(toItem(row));
      found.set(row.lane_id, items);
    }
  }
  return found;
}

async function giveBack(
  db: Database,
  queue: ChatQueue,
  { revision, now }: { revision: number | null; now: number },
): Promise<void> {
  const sql = `update lanes set ${givenBack(3, 4)} where id = $1 and fence = $2 returning id`;
  const rows = await db.query(sql, [queue.id, queue.fencingToken, revision, now]);
  if (rows.length === 0) throw leaseLost(queue);
}
