import { AppError, toAppError } from '../../core/errors.ts';
import { randomToken } from '../../core/ids.ts';
import type { AuthorizationResponse } from './authorize.ts';
import { redeemCode, sendToMicrosoft } from './authorize.ts';
import type { SignInSecrets, Step } from './pending-steps.ts';
import { saveStep } from './pending-steps.ts';
import type { SignInPorts } from './ports.ts';
import type { Consented, Redirect, SignInFailure } from './result.ts';
import { failureFromError, signInFailure } from './result.ts';

/** The page where an administrator starts, and starts over. */
export function consentUrl({ publicUrl }: Pick<SignInPorts, 'publicUrl'>): string {
  return `${publicUrl}/admin/consent`;
}

/** Sends an administrator to sign in first: the response of Microsoft's consent page does not say who granted consent. */
export async function beginConsent(ports: SignInPorts): Promise<Redirect | SignInFailure> {
  try {
    return await sendToMicrosoft(ports, { step: 'admin', user: null });
  } catch (error) {
    return failureFromError(ports, error, { userId: null, retry: async () => ({ url: consentUrl(ports) }) });
  }
}

/**
 * Identifies the administrator and sends the browser to Microsoft's consent page of that administrator's tenant.
 * @throws {AppError} the codes of `redeemCode`
 */
export async function requestConsent(
  ports: SignInPorts,
  response: AuthorizationResponse,
  secrets: SignInSecrets,
): Promise<Redirect> {
  const signedIn = await redeemCode(ports, response, { step: 'admin', user: null, secrets });
  if (signedIn.kind === 'redirect') return signedIn;
  const { tid, oid, name } = signedIn.claims;
  const state = randomToken();
  const pending: Step = { step: 'admin_consent', administrator: { tid, oid, name: name ?? '' } };
  const { browserSecret } = await saveStep(ports, { state, userId: null, pending });
  return { kind: 'redirect', url: ports.entra.adminConsentUrl({ tid, state }), browserSecret };
}

/**
 * Records admin consent. The query proves nothing (https://learn.microsoft.com/entra/identity-platform/v2-admin-consent): its tenant must
 * be the one of the sign-in, and Entra must issue the application a token there.
 * @throws {AppError} sign_in_failed, sign_in_denied, microsoft_throttled, microsoft_unavailable, microsoft_refused
 */
export async function recordConsent(
  ports: SignInPorts,
  response: AuthorizationResponse,
  { administrator }: Extract<Step, { step: 'admin_consent' }>,
): Promise<Consented | SignInFailure> {
  if (response.error !== null) throw ports.entra.redirectError(response.error, response.errorDescription);
  const { tid, oid, name } = administrator;
  if (response.tenant?.toLowerCase() !== tid) {
    throw new AppError('sign_in_failed', 'Consent came back for another tenant than that of the sign-in.');
  }
  try {
    await ports.entra.appToken(tid);
  } catch (error) {
    const { code } = toAppError(error);
    if (code !== 'client_credential_invalid' && code !== 'admin_consent_needed') throw error;
    ports.log.warn({ tid, code }, 'Consent was said to be granted, but Microsoft does not confirm it.');
    return signInFailure('consent_unconfirmed', { retryUrl: consentUrl(ports) });
  }
  const grantedAt = ports.clock.now();
  await ports.tenantConsents.record({ tid, grantedBy: oid, grantedByName: name, grantedAt });
  ports.log.info({ tid, oid }, 'An administrator granted consent for a tenant.');
  return { kind: 'consented', tid, name };
}
