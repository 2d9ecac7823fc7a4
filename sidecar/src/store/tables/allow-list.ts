import type { AllowList } from '../../core/ports/installation.ts';
import type { Database } from '../database/sql.ts';
import { chunks, valuesClause } from '../database/sql.ts';

/** The allow_list table. */
export function createAllowList(db: Database): AllowList {
  return {
    count: async () => (await db.query<{ n: number }>('select count(*) as n from allow_list'))[0]?.n ?? 0,
    has: async (email) =>
      (await db.query('select email from allow_list where email = $1', [email.toLowerCase()])).length > 0,
    all: async () =>
      (await db.query<{ email: string }>('select email from allow_list order by email')).map(({ email }) => email),
    replace: (emails) =>
      db.transaction(async (tx) => {
        await tx.query('delete from allow_list');
        for (const group of chunks([...new Set(emails.map((email) => email.toLowerCase()))])) {
          await tx.query(`insert into allow_list (email) values ${valuesClause(group.length, 1)}`, group);
        }
      }),
  };
}
