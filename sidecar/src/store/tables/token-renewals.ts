import type { TokenRenewals } from '../../core/ports/tokens.ts';
import type { Database } from '../database/sql.ts';

interface Row {
  token_version: number;
  token_cache: string;
  access_token: string | null;
}

/** The renewal locks, in the table connections. */
export function createTokenRenewals(db: Database): TokenRenewals {
  return {
    acquire: async ({ connectionId, lockId, now, until }) => {
      const rows = await db.query<Row>(
        `update connections set renewing = $2, renewing_until = $4 where id = $1 and renewing_until <= $3
         returning token_version, token_cache, access_token`,
        [connectionId, lockId, now, until],
      );
      const row = rows[0];
      if (!row) return null;
      const { token_version: version, token_cache: sealedTokenCache, access_token: sealedAccess } = row;
      return { connectionId, lockId, version, sealedTokenCache, sealedAccess };
    },
    save: async ({ connectionId, version }, { sealedTokenCache, sealedAccess }) => {
      const rows = await db.query(
        `update connections set token_cache = $3, access_token = $4, token_version = token_version + 1
         where id = $1 and token_version = $2 returning id`,
        [connectionId, version, sealedTokenCache, sealedAccess],
      );
      return rows.length > 0;
    },
    release: async ({ connectionId, lockId }) =>
      void (await db.query('update connections set renewing_until = 0 where id = $1 and renewing = $2', [
        connectionId,
        lockId,
      ])),
    releaseAbandoned: async () => {
      if (db.dialect === 'sqlite') await db.query('update connections set renewing_until = 0 where renewing_until > 0');
    },
  };
}
