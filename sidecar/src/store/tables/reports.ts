import type { ConnectionQuery, ReportedConnection, Reports } from '../../core/ports/connections.ts';
import type { ConnectionState } from '../../core/types.ts';
import type { Database, SqlValue } from '../database/sql.ts';
import { placeholders } from '../database/sql.ts';

interface Row {
  id: string;
  user_id: string;
  account_name: string;
  account_address: string;
  state: ConnectionState;
  connected_at: number;
  last_delivery_at: number | null;
  last_error_at: number | null;
  last_error_code: string | null;
}

const ORDER = {
  account: 'lower(account_name)',
  connected: 'connected_at',
  delivery: 'coalesce(last_delivery_at, 0)',
  error: 'coalesce(last_error_at, 0)',
};

/** Reports over connections and deliveries. */
export function createReports(db: Database): Reports {
  return {
    connections: (query) => connections(db, query),
    deliveriesPerHour: async (since) => {
      const rows = await db.query<{ hour: number; n: number }>(
        `select intent_at / 3600000 as hour, count(*) as n from deliveries
         where intent_at >= $1 and post_id is not null group by intent_at / 3600000 order by 1`,
        [since],
      );
      return rows.map(({ hour, n }) => ({ at: hour * 3_600_000, count: n }));
    },
  };
}

async function connections(
  db: Database,
  query: ConnectionQuery,
): Promise<{ total: number; rows: ReportedConnection[] }> {
  const { search, userIds, sort, descending, offset, limit } = query;
  const term = `%${search.toLowerCase().replace(/[\\%_]/g, '\\$&')}%`;
  const users = userIds.length > 0 ? ` or user_id in (${placeholders(userIds.length, 2)})` : '';
  const where = `(lower(account_name) like $1 escape '\\' or lower(account_address) like $1 escape '\\'${users})`;
  const params: SqlValue[] = [term, ...userIds];
  const page = params.length;
  const [counted, rows] = await Promise.all([
    db.query<{ n: number }>(`select count(*) as n from connections where ${where}`, params),
    db.query<Row>(
      `select id, user_id, account_name, account_address, state, connected_at, last_delivery_at, last_error_at, last_error_code
       from connections where ${where} order by ${ORDER[sort]} ${descending ? 'desc' : 'asc'}, id
       limit $${page + 1} offset $${page + 2}`,
      [...params, limit, offset],
    ),
  ]);
  return { total: counted[0]?.n ?? 0, rows: rows.map(reported) };
}

function reported(row: Row): ReportedConnection {
  return {
    id: row.id,
    userId: row.user_id,
    accountName: row.account_name,
    accountAddress: row.account_address,
    state: row.state,
    connectedAt: row.connected_at,
    lastDeliveryAt: row.last_delivery_at,
    lastErrorAt: row.last_error_at,
    lastErrorCode: row.last_error_code,
  };
}
