import type { TenantConsents } from '../../core/ports/installation.ts';
import type { Database } from '../database/sql.ts';

interface Row {
  tid: string;
  granted_by: string;
  granted_by_name: string;
  granted_at: number;
}

/** The tenants' consents, in the table organizations. */
export function createTenantConsents(db: Database): TenantConsents {
  return {
    record: async ({ tid, grantedBy, grantedByName, grantedAt }) =>
      void (await db.query(
        `insert into organizations (tid, granted_by, granted_by_name, granted_at) values ($1, $2, $3, $4)
         on conflict (tid) do update set granted_by = excluded.granted_by, granted_by_name = excluded.granted_by_name,
           granted_at = excluded.granted_at`,
        [tid, grantedBy, grantedByName, grantedAt],
      )),
    list: async () =>
      (await db.query<Row>('select tid, granted_by, granted_by_name, granted_at from organizations order by tid')).map(
        (row) => ({
          tid: row.tid,
          grantedBy: row.granted_by,
          grantedByName: row.granted_by_name,
          grantedAt: row.granted_at,
        }),
      ),
  };
}
