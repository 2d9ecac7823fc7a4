import { randomToken } from '../../core/ids.ts';
import type { Redemption } from '../../core/ports/entra.ts';
import { digest } from '../../core/secrets.ts';
import type { User } from '../../core/types.ts';
import type { SignInSecrets } from './pending-steps.ts';
import { saveStep } from './pending-steps.ts';
import type { SignInPorts } from './ports.ts';
import type { Redirect } from './result.ts';

/** A sign-in at Microsoft. `user` is null while the Mattermost user is not known; `claims` answers a challenge of Conditional Access. */
export interface SignInRequest {
  step: 'microsoft' | 'account_first' | 'admin';
  user: User | null;
  claims?: string;
}

/** Identifying an administrator needs no permission of Graph. */
const IDENTITY_SCOPES: readonly string[] = ['openid', 'profile'];

/**
 * Sends the browser to Microsoft's authorization endpoint: authorization code flow with PKCE (S256), `state` bound to the browser, and
 * `nonce` (https://learn.microsoft.com/entra/identity-platform/v2-oauth2-auth-code-flow).
 * @throws {AppError} client_credential_invalid, microsoft_throttled, microsoft_unavailable, microsoft_refused
 */
export async function sendToMicrosoft(ports: SignInPorts, { step, user, claims }: SignInRequest): Promise<Redirect> {
  const state = randomToken();
  const secrets: SignInSecrets = { nonce: randomToken(), verifier: randomToken(), challenged: claims !== undefined };
  const url = await ports.entra.authorizeUrl({
    state,
    nonce: secrets.nonce,
    challenge: digest(secrets.verifier),
    ...(user?.email ? { loginHint: user.email } : {}),
    ...(claims === undefined ? {} : { claims }),
    ...(step === 'admin' ? { scopes: IDENTITY_SCOPES } : {}),
  });
  const { browserSecret } = await saveStep(ports, { state, userId: user?.id ?? null, pending: { step, ...secrets } });
  return { kind: 'redirect', url, browserSecret };
}

/** The query of `/oauth/callback` (RFC 6749, 4.1.2) and this browser's cookie. Missing values are null. */
export interface AuthorizationResponse {
  state: string | null;
  code: string | null;
  error: string | null;
  errorDescription: string | null;
  /** The tenant an administrator consented for, according to the query. Proves nothing. */
  tenant: string | null;
  /** From the cookie. */
  browserSecret: string | null;
}

/** A completed sign-in at Microsoft, or another redirect because Conditional Access asks for more. */
export type SignedIn = Extract<Redemption, { kind: 'signed-in' }> | Redirect;

/**
 * Redeems the authorization code. A claims challenge leads back to Microsoft, once.
 * @throws {AppError} sign_in_denied, sign_in_failed, admin_consent_needed, account_foreign_tenant, client_credential_invalid,
 *   microsoft_throttled, microsoft_unavailable, microsoft_refused
 */
export async function redeemCode(
  ports: SignInPorts,
  response: AuthorizationResponse,
  { step, user, secrets }: { step: SignInRequest['step']; user: User | null; secrets: SignInSecrets },
): Promise<SignedIn> {
  if (response.error !== null || response.code === null) {
    throw ports.entra.redirectError(response.error ?? 'invalid_request', response.errorDescription);
  }
  const { verifier, nonce, challenged } = secrets;
  const scopes = step === 'admin' ? { scopes: IDENTITY_SCOPES } : {};
  const redemption = await ports.entra.redeem({ code: response.code, verifier, nonce, ...scopes });
  if (redemption.kind === 'signed-in') return redemption;
  if (challenged) throw ports.entra.redirectError('interaction_required', null);
  return sendToMicrosoft(ports, { step, user, claims: redemption.claims });
}
