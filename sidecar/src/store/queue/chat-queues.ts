import { AppError } from '../../core/errors.ts';
import type { ChatQueue } from '../../core/ports/queue.ts';
import type { Owner } from '../../core/types.ts';
import { ownerColumn } from '../columns.ts';
import { chunks, type Query, valuesClause } from '../database/sql.ts';

/** The part of a chat queue that proves who holds it. */
export type Hold = Pick<ChatQueue, 'id' | 'fencingToken'>;

/** The id of the queue of one chat of one owner. Ids hold no spaces. */
export function chatQueueId(owner: Owner, chatId: string): string {
  return `${ownerColumn(owner)} ${chatId}`;
}

/**
 * Makes chat queues ready, creating missing ones. A queue with waiting items keeps its time, so that new arrivals cannot shorten a wait
 * that the other side asked for; one that is held keeps the end of its lease.
 */
export async function makeReady(
  tx: Query,
  keys: readonly { owner: Owner; chatId: string }[],
  times: { now: number; readyAt: number },
): Promise<void> {
  const queues = new Map(keys.map((key) => [chatQueueId(key.owner, key.chatId), key]));
  // The same order in every transaction, so that two of them never wait for each other.
  const rows = [...queues].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const group of chunks(rows)) {
    // A new queue's fencing token starts at the clock: higher than any token of an earlier queue of this id that was purged.
    await tx.query(
      `insert into lanes (id, connection_id, chat_id, seq, fence, ready_at, last_posted)
       values ${valuesClause(group.length, 7)}
       on conflict (id) do update set
         seq = lanes.seq + 1, ready_at = coalesce(lanes.ready_at, excluded.ready_at), idle_since = null`,
      group.flatMap(([id, key]) => [id, ownerColumn(key.owner), key.chatId, 1, times.now, times.readyAt, 0]),
    );
  }
}

/**
 * Locks the queue's row for this transaction and returns its revision.
 *
 * @throws {AppError} lease_lost when another holder has taken the queue.
 */
export async function assertHeld(tx: Query, queue: Hold): Promise<number> {
  const sql = 'select seq from lanes where id = $1 and fence = $2 for update';
  const [row] = await tx.query<{ seq: number }>(sql, [queue.id, queue.fencingToken]);
  if (!row) throw leaseLost(queue);
  return row.seq;
}

/** How many items of a chat queue are read at once: enough for a burst, little enough that one busy chat cannot fill the memory. */
export const ITEMS_PER_QUEUE = 20;

/**
 * Assignments that give a chat queue back, with the numbers of their parameters: idle while its revision is still that one, else ready at
 * `now`. Conditions on this row alone: PostgreSQL evaluates them again after waiting for a lock, while a subquery would still see the old
 * state of the inbox.
 */
export function givenBack(revision: number, now: number): string {
  const when = (idle: string, ready: string) => `case when seq = $${revision} then ${idle} else ${ready} end`;
  const at = `cast($${now} as bigint)`;
  return `holder = null, ready_at = ${when('null', at)}, idle_since = ${when(at, 'null')}`;
}

/** The revision at which a chat queue is idle once all items read of it are done; null when there may be more than were read. */
export function idleRevision({ revision, items }: Pick<ChatQueue, 'revision' | 'items'>): number | null {
  return items.length < ITEMS_PER_QUEUE ? revision : null;
}

/** `lease_lost`: another worker holds this chat queue now, and nothing of this write has happened. */
export function leaseLost(queue: Hold): AppError {
  return new AppError('lease_lost', 'Another worker has taken over this chat.', {
    fields: { fencingToken: queue.fencingToken },
  });
}
