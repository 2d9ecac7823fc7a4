import type { SignIns } from '../../core/ports/sign-ins.ts';
import type { Database } from '../database/sql.ts';

interface StateRow {
  user_id: string;
  browser_hash: string;
  sealed: string;
}

/** The sign_in_links and sign_in_states tables. */
export function createSignIns(db: Database): SignIns {
  const link = async (sql: string, params: [string, number]) => {
    const rows = await db.query<{ user_id: string }>(sql, params);
    return rows[0] ? { userId: rows[0].user_id } : null;
  };
  return {
    createLink: async ({ hash, userId, expiresAt }) =>
      void (await db.query('insert into sign_in_links (hash, user_id, expires_at) values ($1, $2, $3)', [
        hash,
        userId,
        expiresAt,
      ])),
    peekLink: (hash, now) => link('select user_id from sign_in_links where hash = $1 and expires_at > $2', [hash, now]),
    consumeLink: (hash, now) =>
      link('delete from sign_in_links where hash = $1 and expires_at > $2 returning user_id', [hash, now]),
    createState: async ({ hash, userId, browserHash, sealed, expiresAt }) =>
      void (await db.query(
        'insert into sign_in_states (hash, user_id, browser_hash, sealed, expires_at) values ($1, $2, $3, $4, $5)',
        [hash, userId ?? '', browserHash, sealed, expiresAt],
      )),
    consumeState: async (hash, now) => {
      const rows = await db.query<StateRow>(
        'delete from sign_in_states where hash = $1 and expires_at > $2 returning user_id, browser_hash, sealed',
        [hash, now],
      );
      const row = rows[0];
      return row ? { userId: row.user_id || null, browserHash: row.browser_hash, sealed: row.sealed } : null;
    },
    purge: async (now) => {
      await db.query('delete from sign_in_links where expires_at <= $1', [now]);
      await db.query('delete from sign_in_states where expires_at <= $1', [now]);
    },
  };
}
