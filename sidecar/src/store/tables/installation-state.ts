import type { InstallationState } from '../../core/ports/installation.ts';
import type { Database } from '../database/sql.ts';

/** The installation state, in the table facts. */
export function createInstallationState(db: Database): InstallationState {
  return {
    read: async (name) => {
      const rows = await db.query<{ value: string; noted_at: number }>(
        'select value, noted_at from facts where name = $1',
        [name],
      );
      return rows[0] ? { value: rows[0].value, at: rows[0].noted_at } : null;
    },
    write: async (name, value, now) =>
      void (await db.query(
        `insert into facts (name, value, noted_at) values ($1, $2, $3)
         on conflict (name) do update set value = excluded.value, noted_at = excluded.noted_at`,
        [name, value, now],
      )),
  };
}
