import React, { useCallback, useEffect, useState } from 'react';
import { FormattedMessage, useIntl } from 'react-intl';
import type { ConnectionRow, ConnectionSort } from '../../../../sidecar/src/api/admin-schema.ts';
import type { AdminClient, UsersQuery } from '../../admin-client.ts';
import { saveFile } from '../../host.ts';
import { Button } from '../controls/button.tsx';
import { Problem } from '../controls/problem.tsx';
import { AdminSection } from './admin-section.tsx';
import { CELL } from './styles.ts';
import { useLoad } from './use-load.ts';

const PAGE = 50;
/** Delay after the last key before the search is sent. */
const TYPING_MS = 300;
const COLUMNS: ConnectionSort[] = ['account', 'connected', 'delivery', 'error'];

/** Connected users with search, sorting, pages, disconnect and CSV download. */
export function Users({ client }: { client: AdminClient }) {
  const [query, setQuery] = useState<UsersQuery>({ search: '', sort: 'account', descending: false, page: 0 });
  const [typed, setTyped] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => {
      setQuery((now) => (now.search === typed ? now : { ...now, search: typed, page: 0 }));
    }, TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const load = useCallback(() => client.users(query), [client, query]);
  const { value, problem, busy, act } = useLoad(load);
  const intl = useIntl();
  const pages = Math.max(1, Math.ceil((value?.total ?? 0) / PAGE));
  return (
    <AdminSection titleId="msteams_connect.admin.users">
      <Problem problem={problem} />
      <div style={{ display: 'flex', flexWrap: 'wrap', alignItems: 'center', gap: 8, marginBottom: 8 }}>
        <input
          type="search"
          className="form-control"
          style={{ width: 280 }}
          data-testid="msteams-user-search"
          aria-label={intl.formatMessage({ id: 'msteams_connect.admin.users.search' })}
          placeholder={intl.formatMessage({ id: 'msteams_connect.admin.users.search' })}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
        <Button
          labelId="msteams_connect.admin.users.csv"
          onClick={() => void act(async () => saveFile('connected-users.csv', await client.report()))}
        />
      </div>
      <div style={{ overflowX: 'auto' }}>
        <table className="table" data-testid="msteams-users" style={{ width: '100%' }}>
          <thead>
            <tr>
              {COLUMNS.map((sort) => (
                <Heading key={sort} sort={sort} query={query} onQuery={setQuery} />
              ))}
              <td />
            </tr>
          </thead>
          <tbody>
            {value?.rows.map((row) => (
              <User key={row.id} row={row} busy={busy} onDisconnect={() => void act(() => client.disconnect(row.id))} />
            ))}
          </tbody>
        </table>
      </div>
      {value?.total === 0 && <FormattedMessage id="msteams_connect.admin.users.none" />}
      {pages > 1 && <Pager page={query.page} pages={pages} onPage={(page) => setQuery({ ...query, page })} />}
    </AdminSection>
  );
}

interface HeadingProps {
  sort: ConnectionSort;
  query: UsersQuery;
  onQuery(query: UsersQuery): void;
}

function Heading({ sort, query, onQuery }: HeadingProps) {
  const isSorted = query.sort === sort;
  const direction = query.descending ? 'descending' : 'ascending';
  return (
    <th aria-sort={isSorted ? direction : 'none'} scope="col" style={CELL}>
      <button
        type="button"
        style={{ background: 'none', border: 0, padding: 0, fontWeight: 600, whiteSpace: 'nowrap' }}
        onClick={() =>
          onQuery({ ...query, sort, descending: isSorted ? !query.descending : sort !== 'account', page: 0 })
        }
      >
        <FormattedMessage id={`msteams_connect.admin.users.${sort}`} />
        {isSorted && <span aria-hidden="true">{query.descending ? ' ↓' : ' ↑'}</span>}
      </button>
    </th>
  );
}

function User({ row, busy, onDisconnect }: { row: ConnectionRow; busy: boolean; onDisconnect(): void }) {
  const [asked, setAsked] = useState(false);
  const intl = useIntl();
  const time = (at: number | null) =>
    at === null ? '–' : intl.formatDate(at, { dateStyle: 'medium', timeStyle: 'short' });
  return (
    <tr>
      <td style={CELL}>
        @{row.username}
        <br />
        {row.accountName} ({row.accountAddress})
      </td>
      <td style={CELL}>{time(row.connectedAt)}</td>
      <td style={CELL}>{time(row.lastDeliveryAt)}</td>
      <td style={CELL}>
        {row.lastErrorAt === null ? '–' : time(row.lastErrorAt)}
        {row.lastError && <div>{row.lastError}</div>}
      </td>
      <td style={CELL}>
        <Button
          labelId={asked ? 'msteams_connect.connection.disconnect.confirm' : 'msteams_connect.connection.disconnect'}
          emphasis={asked ? 'danger' : 'default'}
          disabled={busy}
          onClick={asked ? onDisconnect : () => setAsked(true)}
        />
      </td>
    </tr>
  );
}

function Pager({ page, pages, onPage }: { page: number; pages: number; onPage(page: number): void }) {
  return (
    <p>
      <Button labelId="msteams_connect.admin.page.before" disabled={page === 0} onClick={() => onPage(page - 1)} />{' '}
      <FormattedMessage id="msteams_connect.admin.page" values={{ page: page + 1, pages }} />{' '}
      <Button labelId="msteams_connect.admin.page.next" disabled={page + 1 >= pages} onClick={() => onPage(page + 1)} />
    </p>
  );
}
