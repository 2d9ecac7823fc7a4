import type { ErrorCode } from '../../core/errors.ts';
import type { Language } from '../../core/i18n.ts';

/** Why a sign-in did not become a connection, as the person on the page must tell them apart. */
export type FailureReason =
  | 'link_expired'
  | 'other_browser'
  | 'foreign_request'
  | 'start_in_mattermost'
  | 'other_session'
  | 'session_unproven'
  | 'consent_unconfirmed'
  | 'user_not_allowed'
  | 'not_admitted'
  | 'limit_reached'
  | 'sign_in_denied'
  | 'sign_in_failed'
  | 'admin_consent_needed'
  | 'account_foreign_tenant'
  | 'account_mismatch'
  | 'email_hidden'
  | 'account_taken'
  | 'connected_differently'
  | 'registration_broken'
  | 'microsoft_unavailable'
  | 'mattermost_unavailable'
  | 'internal';

/** The error code of each reason: it is logged and sets the HTTP status. */
export const REASON_CODE: Record<FailureReason, ErrorCode> = {
  link_expired: 'link_expired',
  other_browser: 'sign_in_failed',
  foreign_request: 'forbidden',
  start_in_mattermost: 'not_found',
  other_session: 'forbidden',
  session_unproven: 'sign_in_failed',
  consent_unconfirmed: 'admin_consent_needed',
  user_not_allowed: 'forbidden',
  not_admitted: 'forbidden',
  limit_reached: 'limit_reached',
  sign_in_denied: 'sign_in_denied',
  sign_in_failed: 'sign_in_failed',
  admin_consent_needed: 'admin_consent_needed',
  account_foreign_tenant: 'account_foreign_tenant',
  account_mismatch: 'account_mismatch',
  email_hidden: 'account_mismatch',
  account_taken: 'account_taken',
  connected_differently: 'account_taken',
  registration_broken: 'client_credential_invalid',
  microsoft_unavailable: 'microsoft_unavailable',
  mattermost_unavailable: 'mattermost_unavailable',
  internal: 'internal',
};

const REASON_OF: Partial<Record<ErrorCode, FailureReason>> = {
  sign_in_denied: 'sign_in_denied',
  sign_in_failed: 'sign_in_failed',
  admin_consent_needed: 'admin_consent_needed',
  account_foreign_tenant: 'account_foreign_tenant',
  account_taken: 'account_taken',
  client_credential_invalid: 'registration_broken',
  microsoft_unavailable: 'microsoft_unavailable',
  microsoft_throttled: 'microsoft_unavailable',
  unauthorized: 'sign_in_failed',
  microsoft_refused: 'sign_in_failed',
  microsoft_not_found: 'sign_in_failed',
  mattermost_unavailable: 'mattermost_unavailable',
  mattermost_throttled: 'mattermost_unavailable',
  mattermost_unauthorized: 'mattermost_unavailable',
  mattermost_refused: 'mattermost_unavailable',
  mattermost_not_found: 'user_not_allowed',
};

/** After these it makes sense to sign in again at once, perhaps with another account. */
export const RETRYABLE: ReadonlySet<FailureReason> = new Set([
  'sign_in_denied',
  'sign_in_failed',
  'admin_consent_needed',
  'account_foreign_tenant',
  'account_mismatch',
  'microsoft_unavailable',
  'mattermost_unavailable',
  'internal',
]);

/** What the person reads about an error; what we did not foresee is our own fault. */
export function reasonOf(code: ErrorCode): FailureReason {
  return REASON_OF[code] ?? 'internal';
}

/** A failure for the page. `language` is null while nobody is known; `retryUrl` starts over without a new command. */
export interface Failure {
  kind: 'failed';
  reason: FailureReason;
  language: Language | null;
  /** What the sentence names, such as addresses; never logged. */
  values: Record<string, string>;
  retryUrl: string | null;
}

/** The page that names the Mattermost account before anything happens. */
export interface Confirmation {
  kind: 'confirm';
  language: Language;
  username: string;
  name: string;
  /** Address of the Microsoft account that is connected already, or null. */
  connectedAs: string | null;
}

/** The page for who comes without a link. */
export interface Invitation {
  kind: 'invite';
}

/** Signed in at Microsoft with this account; whether a user has its address is told to that user only. */
export interface Claimed {
  kind: 'claimed';
  account: string;
}

/** Consent for an organisation was granted by this administrator and confirmed. */
export interface Consented {
  kind: 'consented';
  tid: string;
  name: string;
}

/** The browser goes to Microsoft or Mattermost and brings the secret back in a cookie. */
export interface Departure {
  kind: 'depart';
  url: string;
  browserSecret: string;
}

/** Connected, with this Microsoft account. */
export interface Connected {
  kind: 'connected';
  language: Language;
  username: string;
  account: string;
  /** The same account was connected before: settings stay as they were. */
  again: boolean;
}
