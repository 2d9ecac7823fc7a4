import type { ErrorCode } from '../../core/errors.ts';
import { toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Users } from '../../core/ports/bot.ts';
import type { User } from '../../core/types.ts';

/** Why a sign-in did not become a connection, in as many cases as the page has different advice for. */
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

/** The error code of each reason, which sets the page's HTTP status. */
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

/** The reason for each error code that a step of the sign-in may throw; `internal` for all others. */
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

/** Reasons after which the page offers to sign in again at once, perhaps with another account. */
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

/** A step that failed. `locale` is null while the user is not known; `retryUrl` starts over without a new command. */
export interface SignInFailure {
  kind: 'failed';
  reason: FailureReason;
  locale: string | null;
  /** Fill the page's sentences, for example with addresses. Never logged. */
  values: Record<string, string>;
  retryUrl: string | null;
}

/** The link is good: the page names the Mattermost account before the browser goes to Microsoft. */
export interface Confirmation {
  kind: 'confirm';
  locale: string;
  username: string;
  name: string;
  /** Address of the Microsoft account that is connected already, or null. */
  connectedAs: string | null;
}

/** A browser without a link may sign in at Microsoft first. */
export interface AccountFirstOffer {
  kind: 'account_first';
}

/** Signed in at Microsoft with this account. Only its Mattermost user, if there is one, is told more. */
export interface AwaitingConfirmation {
  kind: 'awaiting_confirmation';
  account: string;
}

/** This administrator granted consent for the tenant, and Entra confirms it. */
export interface Consented {
  kind: 'consented';
  tid: string;
  name: string;
}

/** The browser goes to Microsoft or Mattermost; `browserSecret` comes back in a cookie. */
export interface Redirect {
  kind: 'redirect';
  url: string;
  browserSecret: string;
}

/** Connected, with this Microsoft account. */
export interface Connected {
  kind: 'connected';
  locale: string;
  username: string;
  account: string;
  /** The same account was connected before: its preferences are unchanged. */
  again: boolean;
}

/** What the response from Microsoft led to. */
export type SignInResult = Connected | AwaitingConfirmation | Consented | Redirect | SignInFailure;

/** A failure, in the language of the user where one is known. */
export function signInFailure(
  reason: FailureReason,
  { user, values, retryUrl }: { user?: User; values?: Record<string, string>; retryUrl?: string | null } = {},
): SignInFailure {
  return { kind: 'failed', reason, locale: user?.locale ?? null, values: values ?? {}, retryUrl: retryUrl ?? null };
}

/** Creates the address to start over. */
export type Retry = () => Promise<{ url: string }>;

/** Logs a thrown error and returns it as a failure. `userId` is null while the user is not known. */
export async function failureFromError(
  ports: { log: Log; user: Users['user'] },
  error: unknown,
  { userId, retry }: { userId: string | null; retry?: Retry },
): Promise<SignInFailure> {
  const { code, remedy, fields } = toAppError(error);
  const reason = REASON_OF[code] ?? 'internal';
  const logged = { userId, reason, code, remedy, ...fields };
  if (REASON_CODE[reason] === 'internal') ports.log.error({ ...logged, err: error }, 'A sign-in failed.');
  else ports.log.warn(logged, 'A sign-in failed.');
  const user = userId === null ? null : await ports.user(userId).catch(() => null);
  const retryUrl = retry ? await retryUrlFor(reason, retry) : null;
  return signInFailure(reason, { ...(user ? { user } : {}), retryUrl });
}

/** The address to start over if that makes sense after this failure, else null. */
export async function retryUrlFor(reason: FailureReason, retry: Retry): Promise<string | null> {
  return RETRYABLE.has(reason) ? (await retry()).url : null;
}
