import type { ErrorCode } from '../core/errors.ts';
import { AppError } from '../core/errors.ts';

/**
 * What a refusal by Entra means for us.
 *
 * - reconnect: the sign-in ended, the user must sign in again
 * - consent: an administrator (or the user) must grant the permissions
 * - operator: the app registration or its credential is wrong; no user can mend it and no user loses a connection by it
 * - wait: temporary
 * - denied: the user said no
 * - tenant: the account belongs to another tenant
 */
export type Verdict = 'reconnect' | 'consent' | 'operator' | 'wait' | 'denied' | 'tenant';

/**
 * AADSTS codes (https://learn.microsoft.com/entra/identity-platform/reference-error-codes). They take precedence over the OAuth error,
 * because Entra answers `invalid_grant` to very different problems.
 */
export const AADSTS: Record<number, Verdict> = {
  50173: 'reconnect', // grants revoked: password reset, sessions revoked
  700082: 'reconnect', // refresh token unused for 90 days
  70008: 'reconnect', // code or refresh token expired
  70000: 'reconnect', // code or token unknown
  70043: 'reconnect', // sign-in frequency policy
  50076: 'reconnect', // multi-factor authentication needed
  50079: 'reconnect', // multi-factor enrolment needed
  50158: 'reconnect', // external security challenge
  53003: 'reconnect', // blocked by Conditional Access
  53000: 'reconnect', // device not compliant
  50057: 'reconnect', // account disabled
  50034: 'reconnect', // account unknown
  65001: 'consent', // not consented
  90094: 'consent', // administrator approval required
  90095: 'consent', // administrator approval requested
  50105: 'consent', // user not assigned to the application
  65004: 'denied', // user declined consent
  50020: 'tenant', // account of another tenant
  50194: 'operator', // single-tenant application asked through a shared authority
  500011: 'operator', // resource not installed in the tenant
  700016: 'operator', // application unknown in the tenant
  50011: 'operator', // redirect URI not registered
  7000215: 'operator', // wrong client secret
  7000222: 'operator', // client secret expired
  700027: 'operator', // client assertion refused
  7000218: 'operator', // client secret or assertion missing
  90033: 'wait', // service temporarily unavailable
  90055: 'wait', // throttled
  50196: 'wait', // request loop detected
};

/** OAuth 2.0 and OpenID Connect errors, for responses without a known AADSTS code. */
export const OAUTH: Record<string, Verdict> = {
  invalid_grant: 'reconnect',
  interaction_required: 'reconnect',
  login_required: 'reconnect',
  consent_required: 'consent',
  access_denied: 'denied',
  invalid_client: 'operator',
  unauthorized_client: 'operator',
  temporarily_unavailable: 'wait',
  server_error: 'wait',
};

/** Error codes while a user signs in. */
const SIGN_IN: Record<Verdict, ErrorCode> = {
  reconnect: 'sign_in_failed',
  consent: 'admin_consent_needed',
  operator: 'client_credential_invalid',
  wait: 'microsoft_unavailable',
  denied: 'sign_in_denied',
  tenant: 'account_foreign_tenant',
};

/** Error codes while a token is renewed in the background. */
const RENEWAL: Record<Verdict, ErrorCode> = {
  reconnect: 'reconnect_needed',
  consent: 'admin_consent_needed',
  operator: 'client_credential_invalid',
  wait: 'microsoft_unavailable',
  denied: 'reconnect_needed',
  tenant: 'reconnect_needed',
};

const REMEDY: Partial<Record<ErrorCode, string>> = {
  client_credential_invalid:
    'Check MICROSOFT_CLIENT_ID, MICROSOFT_TENANT_ID, the redirect URI and the client secret or certificate of the app registration. Users stay connected meanwhile.',
  admin_consent_needed:
    'Grant admin consent for the app registration in the Microsoft Entra admin center, and assign the user if assignment is required.',
  reconnect_needed: 'The user signs in again with /msteams connect.',
};

/** A refusal as read from Entra's response or redirect. `status` is 0 for a redirect. */
export interface EntraRefusal {
  status: number;
  error: string | null;
  codes: number[];
  suberror: string | null;
  retryAfterMs: number | null;
}

/** Whether a user is present to act on the refusal. */
export type EntraPhase = 'sign-in' | 'renewal';

/** The refusal's meaning, or null when it is unknown. Does not read descriptions: Microsoft may change them at any time. */
export function verdictOf(refusal: EntraRefusal): Verdict | null {
  const byCode = refusal.codes.map((code) => AADSTS[code]).find((verdict) => verdict !== undefined);
  if (byCode) return byCode;
  if (refusal.suberror === 'consent_required') return 'consent';
  if (refusal.suberror === 'bad_token') return 'reconnect';
  if (refusal.status >= 500 || refusal.status === 408) return 'wait';
  return (refusal.error === null ? undefined : OAUTH[refusal.error]) ?? null;
}

/**
 * The refusal as our error. Status 429 is `microsoft_throttled` whatever the body says. An unknown refusal never ends a sign-in:
 * `sign_in_failed` or `microsoft_refused`.
 */
export function entraError(refusal: EntraRefusal, phase: EntraPhase): AppError {
  const code = errorCodeOf(refusal, phase);
  const remedy = REMEDY[code];
  return new AppError(code, 'Microsoft Entra ID refused a request.', {
    ...(remedy === undefined ? {} : { remedy }),
    ...(refusal.retryAfterMs === null ? {} : { retryAfterMs: refusal.retryAfterMs }),
    fields: {
      status: refusal.status,
      error: refusal.error,
      suberror: refusal.suberror,
      aadsts: refusal.codes[0] ?? null,
    },
  });
}

function errorCodeOf(refusal: EntraRefusal, phase: EntraPhase): ErrorCode {
  if (refusal.status === 429) return 'microsoft_throttled';
  const verdict = verdictOf(refusal);
  if (verdict === null) return phase === 'sign-in' ? 'sign_in_failed' : 'microsoft_refused';
  return (phase === 'sign-in' ? SIGN_IN : RENEWAL)[verdict];
}
