import type { Leases } from '../../core/ports/leases.ts';
import type { Database } from '../database/sql.ts';

/** The leases table. */
export function createLeases(db: Database): Leases {
  return {
    acquire: async ({ name, holder, now, ms }) => {
      const rows = await db.query<{ fence: number }>(
        `insert into leases (name, holder, fence, expires_at) values ($1, $2, 1, $3)
         on conflict (name) do update set holder = excluded.holder, fence = leases.fence + 1, expires_at = excluded.expires_at
         where leases.expires_at <= $4 or leases.holder = excluded.holder
         returning fence`,
        [name, holder, now + ms, now],
      );
      return rows[0] ? { name, holder, fencingToken: rows[0].fence } : null;
    },
    renew: async ({ name, holder, fencingToken }, now, ms) => {
      const rows = await db.query(
        `update leases set expires_at = $5 where name = $1 and holder = $2 and fence = $3 and expires_at > $4 returning name`,
        [name, holder, fencingToken, now, now + ms],
      );
      return rows.length > 0;
    },
    release: async ({ name, holder, fencingToken }) =>
      void (await db.query('update leases set expires_at = 0 where name = $1 and holder = $2 and fence = $3', [
        name,
        holder,
        fencingToken,
      ])),
    releaseAbandoned: async (name) => {
      if (db.dialect === 'sqlite') await db.query('update leases set expires_at = 0 where name = $1', [name]);
    },
  };
}
