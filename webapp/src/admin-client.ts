import type {
  AllowListRequest,
  AllowListResponse,
  AllowListResult,
  ChecksRequest,
  ChecksResponse,
  CheckView,
  ConnectionSort,
  ConnectionsResponse,
  DeadLettersResponse,
  DoneResponse,
  InvitationsView,
  OverviewResponse,
  ReplayResult,
} from '../../sidecar/src/api/admin-schema.ts';
import type { Call, Place } from './client.ts';
import { createCall } from './client.ts';
import { basePath, csrfToken } from './host.ts';

/** Query of the list of connected users. */
export interface UsersQuery {
  search: string;
  sort: ConnectionSort;
  descending: boolean;
  page: number;
}

/**
 * One method per endpoint of the administration.
 *
 * @throws {ClientError}
 */
export interface AdminClient {
  checks(): Promise<CheckView[]>;
  overview(): Promise<OverviewResponse>;
  users(query: UsersQuery): Promise<ConnectionsResponse>;
  report(): Promise<Blob>;
  disconnect(connectionId: string): Promise<DoneResponse>;
  allowList(): Promise<AllowListResponse>;
  replaceAllowList(text: string): Promise<AllowListResult>;
  setInvitations(cap: number): Promise<InvitationsView>;
  sendTest(): Promise<DoneResponse>;
  deadLetters(): Promise<DeadLettersResponse>;
  replay(): Promise<ReplayResult>;
}

interface Named {
  id: string;
  name: string;
}

const PAGE = 200;
/** Teams whose commands are read for the checks; each costs one request. */
const TEAMS = 400;

/** Client of the administration. `ownId` returns the id of the logged-in user. */
export function createAdminClient(ownId: () => string): AdminClient {
  const call: Call = createCall(() => places(ownId()));
  const json = async <T>(method: string, path: string, body?: object) =>
    (await (await call(method, `/admin${path}`, body)).json()) as T;
  return {
    checks: async () => (await json<ChecksResponse>('POST', '/checks', await seen())).checks,
    overview: () => json('GET', '/overview'),
    users: ({ search, sort, descending, page }) =>
      json(
        'GET',
        `/connections?${new URLSearchParams({ search, sort, descending: String(descending), page: String(page) })}`,
      ),
    report: async () => (await call('GET', '/admin/connections.csv')).blob(),
    disconnect: (id) => json('POST', `/connections/${id}/disconnect`, {}),
    allowList: () => json('GET', '/allow-list'),
    replaceAllowList: (text) => json('PUT', '/allow-list', { text } satisfies AllowListRequest),
    setInvitations: (cap) => json('PUT', '/invitations', { cap }),
    sendTest: () => json('POST', '/test', {}),
    deadLetters: () => json('GET', '/dead-letters'),
    replay: () => json('POST', '/dead-letters/replay', {}),
  };
}

/** The System Console has no current team: any team of the user is tried, in the direct channel with oneself. */
async function places(ownId: string): Promise<Place[]> {
  const [teams, channel] = await Promise.all([
    mattermost<Named[]>('GET', '/users/me/teams'),
    mattermost<Named>('POST', '/channels/direct', [ownId, ownId]),
  ]);
  return teams.map(({ id }) => ({ teamId: id, channelId: channel.id }));
}

/** What the checks need and only an administrator's browser can read. */
async function seen(): Promise<ChecksRequest> {
  const teams = (await allTeams()).slice(0, TEAMS);
  const [lists, plugins] = await Promise.all([
    Promise.all(teams.map(({ id }) => mattermost<Command[]>('GET', `/commands?custom_only=true&team_id=${id}`))),
    mattermost<Status[]>('GET', '/plugins/statuses'),
  ]);
  return {
    teams: teams.map(({ id, name }) => ({ id, name })),
    commands: lists
      .flat()
      .filter(({ trigger }) => trigger === 'msteams')
      .map(({ team_id, url, token }) => ({ teamId: team_id, url, token })),
    plugins: plugins.map(({ plugin_id, state, error }) => ({
      id: plugin_id,
      running: state === RUNNING,
      error: error ?? '',
    })),
  };
}

interface Command {
  team_id: string;
  trigger: string;
  url: string;
  token: string;
}

interface Status {
  plugin_id: string;
  state: number;
  error?: string;
}

const RUNNING = 2;

async function allTeams(): Promise<Named[]> {
  const teams: Named[] = [];
  for (let page = 0; ; page += 1) {
    const more = await mattermost<Named[]>('GET', `/teams?page=${page}&per_page=${PAGE}`);
    teams.push(...more);
    if (more.length < PAGE || teams.length >= TEAMS) return teams;
  }
}

async function mattermost<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await fetch(`${basePath()}/api/v4${path}`, {
    method,
    credentials: 'same-origin',
    headers: { 'X-Requested-With': 'XMLHttpRequest', 'X-CSRF-Token': csrfToken() },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`Mattermost answered ${response.status} to ${path}.`);
  return ((await response.json()) ?? []) as T;
}
