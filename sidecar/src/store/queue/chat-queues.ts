import { AppError } from '../../core/errors.ts';
import type { Lane } from '../../core/ports/deliveries.ts';
import { chunks, type Query, valuesClause } from '../database/sql.ts';

/** The part of a lane that proves who holds it. */
export type LaneHold = Pick<Lane, 'id' | 'fence'>;

/** The lane of a chat of a connection. Ids hold no spaces. */
export function laneId(connectionId: string, chatId: string): string {
  return `${connectionId} ${chatId}`;
}

/**
 * Makes lanes ready, creating those that are missing. A lane in which something waits already keeps its time, so that new
 * arrivals cannot shorten a wait that the other side asked for; one that is held keeps the end of its lease.
 */
export async function readyLanes(
  tx: Query,
  keys: readonly { connectionId: string; chatId: string }[],
  times: { now: number; readyAt: number },
): Promise<void> {
  const lanes = new Map(keys.map((key) => [laneId(key.connectionId, key.chatId), key]));
  // The same order in every transaction, so that two of them never wait for each other.
  const rows = [...lanes].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const group of chunks(rows)) {
    // A new lane's fence starts at the clock: higher than any fence of an earlier lane of this id that was purged.
    await tx.query(
      `insert into lanes (id, connection_id, chat_id, seq, fence, ready_at, last_posted)
       values ${valuesClause(group.length, 7)}
       on conflict (id) do update set
         seq = lanes.seq + 1, ready_at = coalesce(lanes.ready_at, excluded.ready_at), idle_since = null`,
      group.flatMap(([id, key]) => [id, key.connectionId, key.chatId, 1, times.now, times.readyAt, 0]),
    );
  }
}

/** Locks the lane's row for this transaction and returns its `seq`. Errors: `lease_lost` when another holder has taken the lane. */
export async function assertHeld(tx: Query, lane: LaneHold): Promise<number> {
  const sql = 'select seq from lanes where id = $1 and fence = $2 for update';
  const [row] = await tx.query<{ seq: number }>(sql, [lane.id, lane.fence]);
  if (!row) throw leaseLost(lane);
  return row.seq;
}

/** How much of a lane is read at once: enough for a burst, little enough that one busy chat cannot fill the memory. */
export const ITEMS_PER_LANE = 20;

/**
 * Assignments that give a lane back, with the numbers of their parameters: idle while its `seq` is still that one, else ready at `now`.
 * Conditions on this row alone: PostgreSQL looks at them again after waiting for a lock, while a subquery would still see the old state
 * of the inbox.
 */
export function givenBack(seq: number, now: number): string {
  const when = (idle: string, ready: string) => `case when seq = $${seq} then ${idle} else ${ready} end`;
  const at = `cast($${now} as bigint)`;
  return `holder = null, ready_at = ${when('null', at)}, idle_since = ${when(at, 'null')}`;
}

/** The `seq` with which a lane is idle when all that was read of it is done; null when there may be more than was read. */
export function idleSeq({ seq, items }: Pick<Lane, 'seq' | 'items'>): number | null {
  return items.length < ITEMS_PER_LANE ? seq : null;
}

/** Says what the caller must know: somebody else works on this lane now, and nothing of this write has happened. */
export function leaseLost(lane: LaneHold): AppError {
  return new AppError('lease_lost', 'Another worker has taken over this chat.', { fields: { fence: lane.fence } });
}
