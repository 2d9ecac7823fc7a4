import type { Watermarks } from '../../core/ports/catch-up.ts';
import type { Database } from '../database/sql.ts';

/** The watermarks table. */
export function createWatermarks(db: Database): Watermarks {
  return {
    request: async ({ connectionId, from }, now) =>
      void (await db.query(
        `insert into watermarks (connection_id, caught_up_to, due_at) values ($1, $2, $3)
         on conflict (connection_id) do update set due_at = case
           when watermarks.due_at < excluded.due_at then watermarks.due_at else excluded.due_at end`,
        [connectionId, from, now],
      )),
    requestAll: (now) => requestAll(db, now),
    claim: async ({ now, limit, until }) => {
      const rows = await db.query<{ connection_id: string; caught_up_to: number }>(
        `update watermarks set due_at = $3 where connection_id in (
           select w.connection_id from watermarks w
           join connections c on c.id = w.connection_id and c.state = 'connected'
           where w.due_at <= $1 order by w.due_at limit $2)
         returning connection_id, caught_up_to`,
        [now, limit, until],
      );
      return rows.map((row) => ({ connectionId: row.connection_id, caughtUpTo: row.caught_up_to }));
    },
    advance: async ({ connectionId, caughtUpTo, claimedUntil, dueAt }) =>
      void (await db.query(
        `update watermarks set
           caught_up_to = case when caught_up_to < $2 then cast($2 as bigint) else caught_up_to end,
           due_at = case when due_at = $3 then cast($4 as bigint) else due_at end
         where connection_id = $1`,
        [connectionId, caughtUpTo, claimedUntil, dueAt],
      )),
  };
}

// `where true`: otherwise SQLite would parse the conflict clause as a join condition (https://www.sqlite.org/lang_upsert.html, Parsing Ambiguity).
function requestAll(db: Database, now: number): Promise<void> {
  return db.transaction(async (tx) => {
    await tx.query(
      `insert into watermarks (connection_id, caught_up_to, due_at)
       select id, connected_at, cast($1 as bigint) from connections where true on conflict (connection_id) do nothing`,
      [now],
    );
    await tx.query('update watermarks set due_at = $1 where due_at > $1', [now]);
  });
}
