import { AppError } from '../../core/errors.ts';
import type { Connections } from '../../core/ports/connections.ts';
import type { Preferences } from '../../core/preferences.ts';
import { readPreferences } from '../../core/preferences.ts';
import type { Connection, ConnectionState } from '../../core/types.ts';
import { chunks, type Database, placeholders, type Query, type SqlValue } from '../database/sql.ts';

/** The columns that are read. */
export interface ConnectionRow {
  id: string;
  user_id: string;
  tid: string;
  oid: string;
  account_name: string;
  account_address: string;
  state: ConnectionState;
  connected_at: number;
  last_delivery_at: number | null;
  last_error_code: string | null;
  last_error_at: number | null;
  preferences: string;
}

/** The columns of a `ConnectionRow`. */
export const CONNECTION_COLUMNS = `id, user_id, tid, oid, account_name, account_address, state, connected_at, last_delivery_at,
  last_error_code, last_error_at, preferences`;

/** The connections table. */
export function createConnections(db: Database): Connections {
  const one = async (where: string, params: SqlValue[]) => {
    const rows = await db.query<ConnectionRow>(`select ${CONNECTION_COLUMNS} from connections where ${where}`, params);
    return rows[0] ? toConnection(rows[0]) : null;
  };
  const change = async (set: string, params: SqlValue[]) =>
    void (await db.query(`update connections set ${set} where id = $1`, params));
  return {
    find: (id) => one('id = $1', [id]),
    findByUser: (userId) => one('user_id = $1', [userId]),
    findByAccount: ({ tid, oid }) => one('tid = $1 and oid = $2', [tid, oid]),
    list: async ({ afterId, limit }) => {
      const sql = `select ${CONNECTION_COLUMNS} from connections where id > $1 order by id limit $2`;
      return (await db.query<ConnectionRow>(sql, [afterId ?? '', limit])).map(toConnection);
    },
    count: async () => (await db.query<{ n: number }>('select count(*) as n from connections'))[0]?.n ?? 0,
    among: async ({ tid, oids }) => {
      const found: { id: string; oid: string }[] = [];
      for (const group of chunks(oids)) {
        const sql = `select id, oid from connections where tid = $1 and state = 'connected' and oid in (${placeholders(group.length, 2)})`;
        const rows = await db.query<{ id: string; oid: string }>(sql, [tid, ...group]);
        found.push(...rows.map(({ id, oid }) => ({ id, oid })));
      }
      return found;
    },
    create: (connection, sealedTokenCache) => insert(db, connection, sealedTokenCache),
    setState: ({ id, state, errorCode, now }) =>
      change('state = $2, last_error_code = $3, last_error_at = $4', [id, state, errorCode, errorCode && now]),
    endSignIn: async ({ id, sealedTokenCache, errorCode, now }) => {
      const rows = await db.query(
        `update connections set state = 'reconnect', last_error_code = $3, last_error_at = $4
         where id = $1 and token_cache = $2 and state = 'connected' returning id`,
        [id, sealedTokenCache, errorCode, now],
      );
      return rows.length > 0;
    },
    changePreferences: (id, change) => changePreferences(db, id, change),
    recordError: (id, code, now) => change('last_error_code = $2, last_error_at = $3', [id, code, now]),
    tokenCache: async (id) => {
      const rows = await db.query<{ token_cache: string }>('select token_cache from connections where id = $1', [id]);
      return rows[0]?.token_cache ?? null;
    },
    saveTokenCache: (id, sealed) =>
      change('token_cache = $2, access_token = null, token_version = token_version + 1', [id, sealed]),
    resealTokenCache: async (id, { from, to }) => {
      const sql =
        'update connections set token_cache = $3, access_token = null where id = $1 and token_cache = $2 returning id';
      return (await db.query(sql, [id, from, to])).length > 0;
    },
    remove: (id) => db.transaction((tx) => removeWithWork(tx, id)),
  };
}

async function insert(db: Database, c: Connection, sealedTokenCache: string): Promise<void> {
  const rows = await db.query(
    `insert into connections (${CONNECTION_COLUMNS}, token_cache)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) on conflict do nothing returning id`,
    [
      ...[c.id, c.userId, c.tid, c.oid, c.accountName, c.accountAddress, c.state, c.connectedAt, c.lastDeliveryAt],
      ...[c.lastErrorCode, c.lastErrorAt, JSON.stringify(c.preferences), sealedTokenCache],
    ],
  );
  if (rows.length === 0) {
    throw new AppError('account_taken', 'The user or the Microsoft account is connected already.', {
      fields: { userId: c.userId, tid: c.tid, oid: c.oid },
    });
  }
}

// The row lock makes changes run one after another. When quiet hours are switched off, the deferred messages are due at once.
function changePreferences(
  db: Database,
  id: string,
  change: (preferences: Preferences) => Preferences,
): Promise<Preferences | null> {
  return db.transaction(async (tx) => {
    const rows = await tx.query<{ preferences: string }>(
      'select preferences from connections where id = $1 for update',
      [id],
    );
    if (!rows[0]) return null;
    const before = readPreferences(rows[0].preferences);
    const after = change(before);
    await tx.query('update connections set preferences = $2 where id = $1', [id, JSON.stringify(after)]);
    if (before.quietHours !== null && after.quietHours === null) {
      await tx.query('update digest_items set due_at = 0 where connection_id = $1 and taken = 0', [id]);
    }
    return after;
  });
}

// Locks the chat queues (table lanes) first, as every other writer of queued work does: the same order everywhere prevents deadlocks.
// Every waiting item has a chat queue, so the queues lead to all items.
async function removeWithWork(tx: Query, id: string): Promise<void> {
  const queues = await tx.query<{ id: string }>(
    'select id from lanes where connection_id = $1 order by id for update',
    [id],
  );
  for (const queue of queues) await tx.query('delete from inbox where lane_id = $1', [queue.id]);
  await tx.query('delete from lanes where connection_id = $1', [id]);
  await tx.query('delete from dead_letters where connection_id = $1', [id]);
  await tx.query('delete from digests where connection_id = $1', [id]);
  await tx.query('delete from digest_items where connection_id = $1', [id]);
  await tx.query(
    'update deliveries set notice = null where user_id in (select user_id from connections where id = $1)',
    [id],
  );
  await tx.query('delete from subscriptions where connection_id = $1', [id]);
  await tx.query('delete from watermarks where connection_id = $1', [id]);
  await tx.query('delete from connections where id = $1', [id]);
}

/** Maps a row to a connection. */
export function toConnection(row: ConnectionRow): Connection {
  return {
    id: row.id,
    userId: row.user_id,
    tid: row.tid,
    oid: row.oid,
    accountName: row.account_name,
    accountAddress: row.account_address,
    state: row.state,
    connectedAt: row.connected_at,
    lastDeliveryAt: row.last_delivery_at,
    lastErrorCode: row.last_error_code,
    lastErrorAt: row.last_error_at,
    preferences: readPreferences(row.preferences),
  };
}
