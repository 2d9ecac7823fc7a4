import { AppError, toAppError } from '../../core/errors.ts';
import { randomToken } from '../../core/ids.ts';
import type { Return } from './authorize.ts';
import { leaveForMicrosoft, redeemReturn } from './authorize.ts';
import { failed, failedBy } from './failing.ts';
import type { SignInSecrets, Step } from './pending-steps.ts';
import { keepStep } from './pending-steps.ts';
import type { ConnectFlowDeps } from './ports.ts';
import type { Consented, Departure, Failure } from './result.ts';

/** Where an administrator starts over. */
export function consentAddress({ publicUrl }: Pick<ConnectFlowDeps, 'publicUrl'>): string {
  return `${publicUrl}/admin/consent`;
}

/** First the administrator signs in: Microsoft's consent page does not tell who granted it. */
export async function beginConsent(deps: ConnectFlowDeps): Promise<Departure | Failure> {
  try {
    return await leaveForMicrosoft(deps, { step: 'admin', user: null });
  } catch (error) {
    return failedBy(deps, error, { userId: null, retry: async () => ({ url: consentAddress(deps) }) });
  }
}

/** The administrator is known: on to Microsoft's consent page of that organisation. Errors: those of Entra. */
export async function askForConsent(deps: ConnectFlowDeps, back: Return, secrets: SignInSecrets): Promise<Departure> {
  const signedIn = await redeemReturn(deps, back, { step: 'admin', user: null, secrets });
  if (signedIn.kind === 'depart') return signedIn;
  const { tid, oid, name } = signedIn.claims;
  const state = randomToken();
  const kept: Step = { step: 'admin_consent', administrator: { tid, oid, name: name ?? '' } };
  const { browserSecret } = await keepStep(deps, { state, userId: null, kept });
  return { kind: 'depart', url: deps.entra.adminConsentUrl({ tid, state }), browserSecret };
}

/**
 * Back from the consent page. What the address says proves nothing (Microsoft: "Admin consent on the Microsoft identity platform"): the
 * organisation must be the one of the sign-in, and Entra must give the application a token there. Errors: those of Entra.
 */
export async function recordConsent(
  deps: ConnectFlowDeps,
  back: Return,
  { administrator }: Extract<Step, { step: 'admin_consent' }>,
): Promise<Consented | Failure> {
  if (back.error !== null) throw deps.entra.redirectError(back.error, back.errorDescription);
  const { tid, oid, name } = administrator;
  if (back.tenant?.toLowerCase() !== tid) {
    throw new AppError('sign_in_failed', 'Consent came back for another organisation than that of the sign-in.');
  }
  try {
    await deps.entra.appToken(tid);
  } catch (error) {
    const { code } = toAppError(error);
    if (code !== 'client_credential_invalid' && code !== 'admin_consent_needed') throw error;
    deps.log.warn({ tid, code }, 'Consent was said to be granted, but Microsoft does not confirm it.');
    return failed('consent_unconfirmed', { retryUrl: consentAddress(deps) });
  }
  const grantedAt = deps.clock.now();
  await deps.tenantConsents.record({ tid, grantedBy: oid, grantedByName: name, grantedAt });
  deps.log.info({ tid, oid }, 'An administrator granted consent for an organisation.');
  return { kind: 'consented', tid, name };
}
