/** The codes of all errors. A code is stable: logs, metrics, documentation and tests use it. */
export type ErrorCode =
  | 'config_invalid'
  | 'database_locked'
  | 'database_newer'
  | 'database_unavailable'
  | 'key_unknown'
  | 'seal_broken'
  | 'bad_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'payload_too_large'
  | 'too_many_requests'
  | 'overloaded'
  | 'link_expired'
  | 'sign_in_failed'
  | 'sign_in_denied'
  | 'admin_consent_needed'
  | 'account_mismatch'
  | 'account_foreign_tenant'
  | 'account_taken'
  | 'limit_reached'
  | 'reconnect_needed'
  | 'client_credential_invalid'
  | 'microsoft_unavailable'
  | 'microsoft_throttled'
  | 'microsoft_refused'
  | 'microsoft_not_found'
  | 'microsoft_conflict'
  | 'microsoft_quota'
  | 'mattermost_unavailable'
  | 'mattermost_throttled'
  | 'mattermost_refused'
  | 'mattermost_unauthorized'
  | 'mattermost_not_found'
  | 'notification_unreadable'
  | 'lease_lost'
  | 'internal';

/** HTTP status of the answer to a request that failed with this code. */
export const HTTP_STATUS: Record<ErrorCode, number> = {
  config_invalid: 500,
  database_locked: 503,
  database_newer: 503,
  database_unavailable: 503,
  key_unknown: 500,
  seal_broken: 500,
  bad_request: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  payload_too_large: 413,
  too_many_requests: 429,
  overloaded: 503,
  link_expired: 410,
  sign_in_failed: 400,
  sign_in_denied: 403,
  admin_consent_needed: 403,
  account_mismatch: 403,
  account_foreign_tenant: 403,
  account_taken: 409,
  limit_reached: 403,
  reconnect_needed: 409,
  client_credential_invalid: 503,
  microsoft_unavailable: 502,
  microsoft_throttled: 503,
  microsoft_refused: 502,
  microsoft_not_found: 502,
  microsoft_conflict: 502,
  microsoft_quota: 503,
  mattermost_unavailable: 502,
  mattermost_throttled: 503,
  mattermost_refused: 502,
  mattermost_unauthorized: 502,
  mattermost_not_found: 502,
  notification_unreadable: 400,
  lease_lost: 500,
  internal: 500,
};

/** How queued work reacts to an error: `retry`, `never`, or `park`: retry slowly until a user or operator has acted. */
export const RETRY: Record<ErrorCode, 'retry' | 'never' | 'park'> = {
  config_invalid: 'never',
  database_locked: 'retry',
  database_newer: 'never',
  database_unavailable: 'retry',
  key_unknown: 'park',
  seal_broken: 'never',
  bad_request: 'never',
  unauthorized: 'retry',
  forbidden: 'never',
  not_found: 'never',
  payload_too_large: 'never',
  too_many_requests: 'retry',
  overloaded: 'retry',
  link_expired: 'never',
  sign_in_failed: 'never',
  sign_in_denied: 'never',
  admin_consent_needed: 'park',
  account_mismatch: 'never',
  account_foreign_tenant: 'never',
  account_taken: 'never',
  limit_reached: 'never',
  reconnect_needed: 'park',
  client_credential_invalid: 'park',
  microsoft_unavailable: 'retry',
  microsoft_throttled: 'retry',
  microsoft_refused: 'never',
  microsoft_not_found: 'never',
  microsoft_conflict: 'retry',
  microsoft_quota: 'park',
  mattermost_unavailable: 'retry',
  mattermost_throttled: 'retry',
  mattermost_refused: 'never',
  mattermost_unauthorized: 'park',
  mattermost_not_found: 'never',
  notification_unreadable: 'never',
  lease_lost: 'never',
  internal: 'retry',
};

export interface AppErrorOptions {
  cause?: unknown;
  /** What the operator should do; goes to the log, never to a user. */
  remedy?: string;
  /** `Retry-After` of the answer, in milliseconds. */
  retryAfterMs?: number;
  /** Fields for the log. Never a token, a message body or an e-mail address. */
  fields?: Record<string, string | number | boolean | null>;
}

/** The one error class. `message` is the operator's sentence; what the user reads is chosen by `code` where the reply is made. */
export class AppError extends Error {
  override readonly name = 'AppError';
  readonly code: ErrorCode;
  readonly remedy: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly fields: AppErrorOptions['fields'];

  constructor(code: ErrorCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.remedy = options.remedy;
    this.retryAfterMs = options.retryAfterMs;
    this.fields = options.fields;
  }
}

/** Any thrown value as an `AppError`; an unexpected one becomes `internal` with its cause. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new AppError('internal', message, { cause: error });
}
