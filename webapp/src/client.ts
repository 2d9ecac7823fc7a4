import type {
  ConnectResponse,
  DisconnectResponse,
  ErrorResponse,
  MeResponse,
  MuteRequest,
  MutesResponse,
  NotificationsResponse,
  PreferencesView,
  ReplyView,
  SessionGrant,
} from '../../sidecar/src/api/schema.ts';
import { basePath, csrfToken } from './host.ts';

/** Where a command can be run: Mattermost needs a team and a channel in which the user may post. */
export interface Place {
  teamId: string;
  channelId: string;
}

/** `command_missing`: the team has no /msteams command. `unreachable`: no answer, or a status of 500 and above. `refused`: any other error. */
export class ClientError extends Error {
  readonly reason: 'command_missing' | 'unreachable' | 'refused';
  constructor(reason: ClientError['reason'], message: string, cause?: unknown) {
    super(message, { cause });
    this.reason = reason;
  }
}

/**
 * One method per endpoint of the sidecar.
 *
 * @throws {ClientError}
 */
export interface Client {
  me(): Promise<MeResponse>;
  notifications(): Promise<NotificationsResponse>;
  /** Saves any part of the preferences. */
  savePreferences(change: Partial<PreferencesView>): Promise<PreferencesView>;
  mute(wish: MuteRequest): Promise<MutesResponse>;
  unmute(chatId: string): Promise<MutesResponse>;
  connect(): Promise<ConnectResponse>;
  disconnect(): Promise<DisconnectResponse>;
  command(command: string): Promise<ReplyView>;
  /** Presses a button of a reply; `option` is the chosen value of a menu. */
  action(action: string, option?: string): Promise<ReplyView>;
}

const TIMEOUT_MS = 20_000;
const SESSION_MARGIN_MS = 30_000;

/**
 * One request to `/api/v1`; the response is a 2xx.
 *
 * @throws {ClientError}
 */
export type Call = (method: string, path: string, body?: object) => Promise<Response>;

/**
 * Calls the sidecar as the Mattermost user; who that is, Mattermost itself vouches for (see `openSession`). The places are tried one
 * after the other: there may be a team without the command.
 */
export function createCall(places: () => Place[] | Promise<Place[]>): Call {
  let session: SessionGrant | null = null;

  return async (method, path, body) => {
    if (!session || session.expiresAt - SESSION_MARGIN_MS < Date.now()) session = await openAnySession(await places());
    let response = await send(session, { method, path, body });
    if (response.status === 401) {
      session = await openAnySession(await places());
      response = await send(session, { method, path, body });
    }
    if (!response.ok) throw await refusal(response);
    return response;
  };
}

/** Client of the sidecar's endpoints. */
export function createClient(place: () => Place): Client {
  const call = createCall(() => [place()]);
  const request = async <T>(method: string, path: string, body?: object) =>
    (await (await call(method, path, body)).json()) as T;
  return {
    me: () => request('GET', '/me'),
    notifications: () => request('GET', '/notifications'),
    savePreferences: (change) => request('PUT', '/preferences', change),
    mute: (wish) => request('POST', '/mutes', wish),
    unmute: (chatId) => request('DELETE', `/mutes/${encodeURIComponent(chatId)}`),
    connect: () => request('POST', '/connect', {}),
    disconnect: () => request('POST', '/disconnect', {}),
    command: (command) => request('POST', '/commands', { command }),
    action: (action, option) => request('POST', '/actions', option === undefined ? { action } : { action, option }),
  };
}

async function openAnySession(places: Place[]): Promise<SessionGrant> {
  let missing = new ClientError('command_missing', 'There is no team.');
  for (const place of places) {
    try {
      return await openSession(place);
    } catch (error) {
      if (!(error instanceof ClientError && error.reason === 'command_missing')) throw error;
      missing = error;
    }
  }
  throw missing;
}

/**
 * Asks Mattermost to run `/msteams --session`: Mattermost tells the sidecar which user it is, and the sidecar's answer, which only
 * this browser receives, carries the sidecar's address and a short-lived token.
 */
async function openSession(place: Place): Promise<SessionGrant> {
  const response = await guarded(`${basePath()}/api/v4/commands/execute`, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      'Content-Type': 'application/json',
      'X-Requested-With': 'XMLHttpRequest',
      'X-CSRF-Token': csrfToken(),
    },
    body: JSON.stringify({ command: '/msteams --session', team_id: place.teamId, channel_id: place.channelId }),
  });
  if (response.status === 404) throw new ClientError('command_missing', 'There is no /msteams command in this team.');
  if (!response.ok)
    throw new ClientError('unreachable', `Mattermost answered ${response.status} to the /msteams command.`);
  const answer = (await response.json()) as { props?: { msteams?: SessionGrant } };
  if (!answer.props?.msteams)
    throw new ClientError('command_missing', 'Something else answers to /msteams in this team.');
  return answer.props.msteams;
}

function send(
  session: SessionGrant,
  call: { method: string; path: string; body: object | undefined },
): Promise<Response> {
  return guarded(`${session.sidecarUrl}/api/v1${call.path}`, {
    method: call.method,
    headers: {
      Authorization: `Bearer ${session.session}`,
      ...(call.body ? { 'Content-Type': 'application/json' } : {}),
    },
    ...(call.body ? { body: JSON.stringify(call.body) } : {}),
  });
}

async function guarded(url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } catch (cause) {
    throw new ClientError('unreachable', 'No answer.', cause);
  }
}

async function refusal(response: Response): Promise<ClientError> {
  const body = (await response.json().catch(() => null)) as ErrorResponse | null;
  if (response.status >= 500 || !body)
    return new ClientError('unreachable', `The sidecar answered ${response.status}.`);
  return new ClientError('refused', body.error.message);
}
