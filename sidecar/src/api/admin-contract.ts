/**
 * What the System Console page and the sidecar say to each other under `/api/v1/admin`. Types only. The session is the same as everywhere
 * (contract.ts); its user must be a system administrator of Mattermost, which is looked up at every request. Times in Unix milliseconds.
 */

/** `POST /checks`: what only an administrator's browser may see of Mattermost, so that the checks can judge it. */
export interface ChecksRequest {
  teams: Array<{ id: string; name: string }>;
  /** The `/msteams` commands of all teams. */
  commands: Array<{ teamId: string; url: string; token: string }>;
  plugins: Array<{ id: string; running: boolean; error: string }>;
}

export interface ChecksResponse {
  checks: CheckView[];
}

/** One check in the administrator's language; `remedy` is null when there is nothing to do. */
export interface CheckView {
  id: string;
  title: string;
  state: 'ok' | 'warning' | 'failed';
  detail: string;
  remedy: string | null;
}

/** `GET /overview`: numbers, and the hours of a week, oldest first. */
export interface OverviewResponse {
  connections: number;
  /** MAX_CONNECTIONS, null without a maximum. */
  maximum: number | null;
  subscriptions: number;
  /** How many subscriptions Microsoft allows an organisation. */
  subscriptionLimit: number;
  hours: Array<{ at: number; count: number }>;
  deadLetters: number;
  /** Addresses on the allow-list; 0: everybody may connect. */
  allowed: number;
  invitations: InvitationsView;
}

/** `PUT /invitations` takes `cap` and answers this: at most so many people are invited and not yet connected; 0 invites nobody. */
export interface InvitationsView {
  cap: number;
  pending: number;
}

export type ConnectionSort = 'account' | 'connected' | 'delivery' | 'error';

/** `GET /connections?search=&sort=&descending=&page=`: pages of 50, from 0. */
export interface ConnectionsResponse {
  total: number;
  rows: ConnectionRow[];
}

export interface ConnectionRow {
  id: string;
  username: string;
  accountName: string;
  accountAddress: string;
  state: 'connected' | 'reconnect';
  connectedAt: number;
  lastDeliveryAt: number | null;
  lastErrorAt: number | null;
  /** A sentence in the administrator's language. */
  lastError: string | null;
}

/** `GET /allow-list`. */
export interface AllowListResponse {
  emails: string[];
}

/** `PUT /allow-list`: the text of a file, one address a line, or CSV with a column `email`. Replaces the list, or nothing when a line is wrong. */
export interface AllowListRequest {
  text: string;
}

export interface AllowListResult {
  count: number;
  /** Lines that are no address; then the list stays as it was. Numbers from 1. */
  errors: Array<{ line: number; text: string }>;
}

/** `GET /dead-letters`: newest first, at most 100. */
export interface DeadLettersResponse {
  letters: Array<{ id: string; diedAt: number; reason: string; attempts: number }>;
}

/** `POST /dead-letters/replay` puts all of them back into the queue. */
export interface ReplayResult {
  count: number;
}

/** `POST /test`: a test notification to oneself; `POST /connections/{id}/disconnect`. */
export interface DoneResponse {
  done: boolean;
}
