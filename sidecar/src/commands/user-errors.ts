import type { ErrorCode } from '../core/errors.ts';
import { HTTP_STATUS } from '../core/errors.ts';
import type { Connection } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';

/** Failures whose texts are those of the sign-in pages (`signIn.failure.*` of the catalogue). */
const OF_SIGN_IN = [
  'sign_in_failed',
  'sign_in_denied',
  'account_foreign_tenant',
  'account_taken',
  'limit_reached',
] as const satisfies readonly ErrorCode[];

type SignInCode = (typeof OF_SIGN_IN)[number];

/** The text (`problem.*` of the catalogue) for each other failure: several failures ask the same of the user. */
const PROBLEM = {
  config_invalid: 'ours',
  database_locked: 'busy',
  database_newer: 'ours',
  database_unavailable: 'busy',
  key_unknown: 'ours',
  seal_broken: 'reconnect',
  bad_request: 'misunderstood',
  unauthorized: 'operator_mattermost',
  forbidden: 'not_yours',
  not_found: 'not_connected',
  payload_too_large: 'too_large',
  too_many_requests: 'too_often',
  overloaded: 'busy',
  link_expired: 'expired',
  admin_consent_needed: 'consent',
  account_mismatch: 'mismatch',
  reconnect_needed: 'reconnect',
  client_credential_invalid: 'operator_microsoft',
  microsoft_unavailable: 'microsoft_away',
  microsoft_throttled: 'microsoft_away',
  microsoft_refused: 'microsoft_refused',
  microsoft_not_found: 'microsoft_refused',
  microsoft_conflict: 'microsoft_away',
  microsoft_quota: 'microsoft_quota',
  mattermost_unavailable: 'mattermost_away',
  mattermost_throttled: 'mattermost_away',
  mattermost_refused: 'operator_mattermost',
  mattermost_unauthorized: 'operator_mattermost',
  mattermost_not_found: 'operator_mattermost',
  notification_unreadable: 'unreadable',
  lease_lost: 'busy',
  internal: 'ours',
} as const satisfies Record<Exclude<ErrorCode, SignInCode>, string>;

/** Explains a failure to the user: what happened and what to do, in the language of a locale. */
export function explain(code: ErrorCode, locale: string): string {
  const t = translatorFor(locale);
  if (isSignInCode(code)) return `${t(`signIn.failure.${code}.what`)} ${t(`signIn.failure.${code}.remedy`)}`;
  return t(`problem.${PROBLEM[code]}`);
}

/** The present failure of a connection: an ended sign-in, else an error after the last delivered message, else null. */
export function problemOf(connection: Connection): ErrorCode | null {
  if (connection.state === 'reconnect') return 'reconnect_needed';
  const { lastErrorCode, lastErrorAt, lastDeliveryAt } = connection;
  if (lastErrorCode === null || (lastDeliveryAt ?? 0) > (lastErrorAt ?? 0)) return null;
  return asErrorCode(lastErrorCode);
}

/** An error code as stored in the database. A code that this version does not have counts as `internal`. */
export function asErrorCode(code: string): ErrorCode {
  return isErrorCode(code) ? code : 'internal';
}

function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(HTTP_STATUS, code);
}

function isSignInCode(code: ErrorCode): code is SignInCode {
  return OF_SIGN_IN.some((known) => known === code);
}
