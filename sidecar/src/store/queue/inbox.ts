import type { Backlog, Lane } from '../../core/ports/deliveries.ts';
import type { InboxItem } from '../../core/types.ts';
import type { Database } from '../database/sql.ts';
import { readyLanes } from './chat-queues.ts';
import { createClaims } from './claims.ts';
import { insertItems } from './items.ts';

/** Channel on which a filled inbox wakes the workers of all replicas. */
export const INBOX_CHANNEL = 'inbox';

/** What waits to be worked off. Every write of a holder is refused with `lease_lost` once the lane has changed hands. */
export interface Inbox {
  /** Stores the items of all requests in one commit, or none. What waits already counts as a duplicate. One answer per request. */
  put(requests: readonly (readonly InboxItem[])[], now: number): Promise<{ stored: number; duplicate: number }[]>;
  /** Takes up to `limit` ready lanes for `leaseMs`, the longest waiting first, each with its first items in order. */
  claim(request: { holder: string; limit: number; now: number; leaseMs: number }): Promise<Lane[]>;
  /** What waits in a held lane by now, in order, with the `seq` that goes with it. */
  reload(lane: Lane): Promise<Pick<Lane, 'seq' | 'items'>>;
  /** Extends the leases of these lanes; returns the ids of those that are still the holder's. */
  renew(request: { holder: string; laneIds: readonly string[]; until: number }): Promise<string[]>;
  /** Deletes items that are done. */
  settle(lane: Lane, itemIds: readonly string[]): Promise<void>;
  /** Ends a lane whose items are done: idle, or ready again when more has come meanwhile. */
  finish(lane: Lane, now: number): Promise<void>;
  /** Gives a lane back with items left in it. */
  release(lane: Lane, now: number): Promise<void>;
  /** Gives a lane back until `runAt`: its first item failed and blocks what follows it. */
  retry(failure: { lane: Lane; itemId: string; runAt: number; code: string; attempts: number }): Promise<void>;
  /** Moves an item to the dead letters, encrypted as it came. */
  bury(failure: { lane: Lane; itemId: string; reason: string; attempts: number; now: number }): Promise<void>;
  /** At the start: frees the lanes of a process that died. On PostgreSQL others may hold them, and their leases end by themselves. */
  recover(now: number): Promise<void>;
  /** Makes the waiting lanes of a connection ready: what they waited for has been mended. */
  wake(connectionId: string, now: number): Promise<void>;
  backlog(atMost?: number): Promise<Backlog>;
  /** When the next lane becomes ready (or the next lease ends), null when nothing waits. */
  nextReadyAt(): Promise<number | null>;
  /** Forgets lanes that have been idle since before that time. */
  purgeIdle(before: number): Promise<void>;
}

const COUNT_LIMIT = 1_000_000;

/** The inbox and its lanes. `holdMs`: how long a quiet lane waits for notifications that overtook each other. */
export function createInbox(db: Database, options: { holdMs: number } = { holdMs: 250 }): Inbox {
  return {
    ...createClaims(db),
    put: (requests, now) =>
      db.transaction(async (tx) => {
        const items = requests.flat();
        // The lane comes first: whoever finishes it now waits for this commit, and then sees the higher `seq`.
        await readyLanes(tx, items, { now, readyAt: now + options.holdMs });
        const fresh = await insertItems(tx, items, now);
        if (fresh.size > 0) await db.notify(tx, INBOX_CHANNEL);
        return requests.map((request) => {
          const stored = request.filter((item) => fresh.has(item)).length;
          return { stored, duplicate: request.length - stored };
        });
      }),
    recover: async (now) => {
      if (db.dialect === 'sqlite') {
        await db.query('update lanes set holder = null, ready_at = $1, open_post = null where holder is not null', [
          now,
        ]);
      }
    },
    wake: async (connectionId, now) =>
      void (await db.query(
        'update lanes set ready_at = $2 where connection_id = $1 and holder is null and ready_at > $2',
        [connectionId, now],
      )),
    backlog: (atMost = COUNT_LIMIT) => backlog(db, atMost),
    nextReadyAt: async () => {
      const rows = await db.query<{ at: number | null }>(
        'select min(ready_at) as at from lanes where ready_at is not null',
      );
      return rows[0]?.at ?? null;
    },
    purgeIdle: async (before) => void (await db.query('delete from lanes where idle_since < $1', [before])),
  };
}

async function backlog(db: Database, atMost: number): Promise<Backlog> {
  const count = async (from: string) => {
    const rows = await db.query<{ n: number }>(
      `select count(*) as n from (select 1 from ${from} limit $1) as counted`,
      [atMost],
    );
    return rows[0]?.n ?? 0;
  };
  const oldest = await db.query<{ at: number | null }>('select min(received_at) as at from inbox');
  return {
    items: await count('inbox'),
    lanes: await count('lanes where ready_at is not null'),
    oldestAt: oldest[0]?.at ?? null,
  };
}
