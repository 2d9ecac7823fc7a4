import { stringify } from 'csv-stringify/sync';
import type { ErrorCode } from '../core/errors.ts';
import type { ConnectionQuery, Connections, ReportedConnection, Reports } from '../core/ports/connections.ts';
import type { Caller } from '../core/types.ts';

type Query = Pick<ConnectionQuery, 'search' | 'sort' | 'descending'>;

export interface ConnectedUsersDeps {
  reports: Pick<Reports, 'connections'>;
  connections: Pick<Connections, 'find'>;
  /** False when the user had no connection. */
  disconnect(userId: string): Promise<boolean>;
  /** Ids of at most a hundred users whose name matches. */
  searchUsers(term: string): Promise<string[]>;
  usersByIds(ids: string[]): Promise<Array<{ id: string; username: string }>>;
  /** The user's text for an error code. */
  explain(code: ErrorCode, locale: string): string;
}

export interface ConnectedUserRow extends Omit<ReportedConnection, 'userId' | 'lastErrorCode'> {
  username: string;
  lastError: string | null;
}

const PAGE = 50;
const REPORT_PAGE = 200;
const COLUMNS = [
  'mattermost_username',
  'account_name',
  'account',
  'state',
  'connected_at',
  'last_delivery_at',
  'last_error_at',
  'last_error',
];

/** Connected users for the System Console's table and its CSV report. Search matches Mattermost name, account name and address. */
export function createConnectedUsers(deps: ConnectedUsersDeps) {
  return {
    page: async ({ locale }: Caller, query: Query & { page: number }) => {
      const search = query.search.trim();
      const userIds = search === '' ? [] : await deps.searchUsers(search);
      const { total, rows } = await deps.reports.connections({
        search,
        userIds,
        sort: query.sort,
        descending: query.descending,
        offset: query.page * PAGE,
        limit: PAGE,
      });
      return { total, rows: await described(deps, rows, locale) };
    },
    report: () => report(deps),
    /** False when there is no such connection. */
    disconnect: async (connectionId: string) => {
      const connection = await deps.connections.find(connectionId);
      return connection !== null && deps.disconnect(connection.userId);
    },
  };
}

async function* report(deps: ConnectedUsersDeps): AsyncGenerator<string> {
  yield `${COLUMNS.join(',')}\r\n`;
  const query = { search: '', userIds: [], sort: 'connected', descending: false } as const;
  for (let offset = 0; ; offset += REPORT_PAGE) {
    const { rows } = await deps.reports.connections({ ...query, userIds: [], offset, limit: REPORT_PAGE });
    yield csvOf(await described(deps, rows, 'en'));
    if (rows.length < REPORT_PAGE) return;
  }
}

async function described(
  deps: ConnectedUsersDeps,
  rows: ReportedConnection[],
  locale: string,
): Promise<ConnectedUserRow[]> {
  const users = rows.length === 0 ? [] : await deps.usersByIds(rows.map(({ userId }) => userId));
  const names = new Map(users.map(({ id, username }) => [id, username]));
  return rows.map(({ userId, lastErrorCode, ...row }) => ({
    ...row,
    username: names.get(userId) ?? userId,
    lastError: lastErrorCode === null ? null : deps.explain(lastErrorCode as ErrorCode, locale),
  }));
}

/** All cells quoted; a leading sign that spreadsheets take for a formula is escaped (https://owasp.org/www-community/attacks/CSV_Injection). */
function csvOf(rows: readonly ConnectedUserRow[]): string {
  const time = (at: number | null) => (at === null ? '' : new Date(at).toISOString());
  const records = rows.map((row) => [
    row.username,
    row.accountName,
    row.accountAddress,
    row.state,
    time(row.connectedAt),
    time(row.lastDeliveryAt),
    time(row.lastErrorAt),
    row.lastError ?? '',
  ]);
  return stringify(records, { quoted: true, quoted_empty: true, escape_formulas: true, record_delimiter: 'windows' });
}
