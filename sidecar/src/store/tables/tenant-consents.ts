import type { Database } from '../database/sql.ts';

/** Consent that an administrator granted for a whole organisation. Time in Unix milliseconds. */
export interface OrganizationGrant {
  tid: string;
  /** Object id and name of the administrator. */
  grantedBy: string;
  grantedByName: string;
  grantedAt: number;
}

/** The organisations for which an administrator granted consent on our page. */
export interface Organizations {
  /** Notes the grant, in place of an earlier one. */
  record(grant: OrganizationGrant): Promise<void>;
  list(): Promise<OrganizationGrant[]>;
}

interface Row {
  tid: string;
  granted_by: string;
  granted_by_name: string;
  granted_at: number;
}

/** The organizations table. */
export function createOrganizations(db: Database): Organizations {
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
