import type { Backlog, Inbox } from '../../core/ports/queue.ts';
import type { Database } from '../database/sql.ts';
import { makeReady } from './chat-queues.ts';
import { createClaims } from './claims.ts';
import { insertItems } from './items.ts';

/** Notification channel that wakes the workers of all replicas when items were stored. */
export const INBOX_CHANNEL = 'inbox';

const COUNT_LIMIT = 1_000_000;

/** The inbox and its chat queues. `holdMs`: how long an idle queue waits for notifications that overtook each other. */
export function createInbox(db: Database, options: { holdMs: number } = { holdMs: 250 }): Inbox {
  return {
    ...createClaims(db),
    put: (requests, now) =>
      db.transaction(async (tx) => {
        const items = requests.flat();
        // The chat queue's row comes first: a holder that finishes it now waits for this commit, and then sees the higher revision.
        await makeReady(tx, items, { now, readyAt: now + options.holdMs });
        const fresh = await insertItems(tx, items, now);
        if (fresh.size > 0) await db.notify(tx, INBOX_CHANNEL);
        return requests.map((request) => {
          const stored = request.filter((item) => fresh.has(item)).length;
          return { stored, duplicate: request.length - stored };
        });
      }),
    releaseAbandoned: async (now) => {
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
    chatQueues: await count('lanes where ready_at is not null'),
    oldestAt: oldest[0]?.at ?? null,
  };
}
