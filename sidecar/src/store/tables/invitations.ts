import type { Invitations } from '../../core/ports/installation.ts';
import type { Database } from '../database/sql.ts';

/** The invitations table. */
export function createInvitations(db: Database): Invitations {
  return {
    add: async (userId, now) => {
      const rows = await db.query(
        'insert into invitations (user_id, invited_at) values ($1, $2) on conflict do nothing returning user_id',
        [userId, now],
      );
      return rows.length > 0;
    },
    has: async (userId) => (await db.query('select user_id from invitations where user_id = $1', [userId])).length > 0,
    pending: async () => {
      const rows = await db.query<{ n: number }>(
        `select count(*) as n from invitations i
         where not exists (select 1 from connections c where c.user_id = i.user_id)`,
      );
      return rows[0]?.n ?? 0;
    },
  };
}
