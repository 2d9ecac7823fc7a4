import type { Database } from '../database/sql.ts';

/** The right to renew the tokens of one connection, with what is stored now. */
export interface TokenTurn {
  connectionId: string;
  /** Names this renewal among all. */
  turnId: string;
  version: number;
  sealedTokenCache: string;
  /** What the last renewal brought, for all replicas; null before the first. */
  sealedAccess: string | null;
}

export interface TokenRenewals {
  /** Takes the right to renew until `until`; null while another renewal has it, and when the connection is gone. Times in milliseconds. */
  begin(request: { connectionId: string; turnId: string; now: number; until: number }): Promise<TokenTurn | null>;
  /**
   * Stores what was renewed. False when newer tokens were stored since the turn began, or the connection is gone: then nothing changes,
   * because an older refresh token must never replace a newer one.
   */
  save(turn: TokenTurn, renewed: { sealedTokenCache: string; sealedAccess: string }): Promise<boolean>;
  /** Gives the right back. Nothing happens when it is another's by now. */
  end(turn: TokenTurn): Promise<void>;
  /** At the start: frees what a process that died held. On PostgreSQL others may hold it, and then it runs out by itself. */
  recover(): Promise<void>;
}

interface Row {
  token_version: number;
  token_cache: string;
  access_token: string | null;
}

/** The renewals of tokens, in the connections table. */
export function createTokenRenewals(db: Database): TokenRenewals {
  return {
    begin: async ({ connectionId, turnId, now, until }) => {
      const rows = await db.query<Row>(
        `update connections set renewing = $2, renewing_until = $4 where id = $1 and renewing_until <= $3
         returning token_version, token_cache, access_token`,
        [connectionId, turnId, now, until],
      );
      const row = rows[0];
      if (!row) return null;
      const { token_version: version, token_cache: sealedTokenCache, access_token: sealedAccess } = row;
      return { connectionId, turnId, version, sealedTokenCache, sealedAccess };
    },
    save: async ({ connectionId, version }, { sealedTokenCache, sealedAccess }) => {
      const rows = await db.query(
        `update connections set token_cache = $3, access_token = $4, token_version = token_version + 1
         where id = $1 and token_version = $2 returning id`,
        [connectionId, version, sealedTokenCache, sealedAccess],
      );
      return rows.length > 0;
    },
    end: async ({ connectionId, turnId }) =>
      void (await db.query('update connections set renewing_until = 0 where id = $1 and renewing = $2', [
        connectionId,
        turnId,
      ])),
    recover: async () => {
      if (db.dialect === 'sqlite') await db.query('update connections set renewing_until = 0 where renewing_until > 0');
    },
  };
}
