import type { Database } from '../database/sql.ts';

/** A started sign-in: which user began it, in which browser, with the sealed PKCE verifier and nonce. */
export interface SignInState {
  userId: string;
  browserHash: string;
  sealed: string;
}

/** One-time links and states. Only their SHA-256 hashes are stored, and each is consumed by one atomic statement. */
export interface SignIns {
  createLink(link: { hash: string; userId: string; expiresAt: number }): Promise<void>;
  /** Looks without consuming, so that a link preview does not burn the link. */
  peekLink(hash: string, now: number): Promise<{ userId: string } | null>;
  consumeLink(hash: string, now: number): Promise<{ userId: string } | null>;
  createState(state: SignInState & { hash: string; expiresAt: number }): Promise<void>;
  consumeState(hash: string, now: number): Promise<SignInState | null>;
  /** Removes what has expired. */
  purge(now: number): Promise<void>;
}

interface StateRow {
  user_id: string;
  browser_hash: string;
  sealed: string;
}

/** The tables of sign-ins under way. */
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
        [hash, userId, browserHash, sealed, expiresAt],
      )),
    consumeState: async (hash, now) => {
      const rows = await db.query<StateRow>(
        'delete from sign_in_states where hash = $1 and expires_at > $2 returning user_id, browser_hash, sealed',
        [hash, now],
      );
      const row = rows[0];
      return row ? { userId: row.user_id, browserHash: row.browser_hash, sealed: row.sealed } : null;
    },
    purge: async (now) => {
      await db.query('delete from sign_in_links where expires_at <= $1', [now]);
      await db.query('delete from sign_in_states where expires_at <= $1', [now]);
    },
  };
}
