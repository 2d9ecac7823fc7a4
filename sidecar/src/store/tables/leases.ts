import type { Database } from '../database/sql.ts';

/** The right to do something once per cluster, for a while. `fence` rises with every change of hands. */
export interface Lease {
  name: string;
  holder: string;
  fence: number;
}

export interface Leases {
  /** Takes the lease when it is free, has run out, or is ours already; null while another holds it. Times in milliseconds. */
  acquire(request: { name: string; holder: string; now: number; ms: number }): Promise<Lease | null>;
  /** False when the lease has run out or changed hands: the holder must stop. */
  renew(lease: Lease, now: number, ms: number): Promise<boolean>;
  /** Gives it back early. Nothing happens when it is no longer ours. */
  release(lease: Lease): Promise<void>;
  /** At the start: frees what a process that died held. On PostgreSQL others may hold it, and then it runs out by itself. */
  recover(name: string): Promise<void>;
}

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
      return rows[0] ? { name, holder, fence: rows[0].fence } : null;
    },
    renew: async ({ name, holder, fence }, now, ms) => {
      const rows = await db.query(
        `update leases set expires_at = $5 where name = $1 and holder = $2 and fence = $3 and expires_at > $4 returning name`,
        [name, holder, fence, now, now + ms],
      );
      return rows.length > 0;
    },
    release: async ({ name, holder, fence }) =>
      void (await db.query('update leases set expires_at = 0 where name = $1 and holder = $2 and fence = $3', [
        name,
        holder,
        fence,
      ])),
    recover: async (name) => {
      if (db.dialect === 'sqlite') await db.query('update leases set expires_at = 0 where name = $1', [name]);
    },
  };
}
