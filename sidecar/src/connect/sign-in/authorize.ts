import { randomToken } from '../../core/ids.ts';
import { digest } from '../../core/secrets.ts';
import type { User } from '../../core/types.ts';
import type { SignInSecrets } from './pending-steps.ts';
import { keepStep } from './pending-steps.ts';
import type { ConnectFlowDeps, Redemption } from './ports.ts';
import type { Departure } from './result.ts';

/** A way to Microsoft's sign-in. `user` is null while nobody is known; `claims` answers a challenge of Conditional Access. */
export interface ToMicrosoft {
  step: 'microsoft' | 'microsoft_first' | 'admin';
  user: User | null;
  claims?: string;
}

/** To know who an administrator is takes no permission. */
const IDENTITY: readonly string[] = ['openid', 'profile'];

/** Sends the browser to Microsoft: authorisation code with PKCE, state bound to the browser, nonce. */
export async function leaveForMicrosoft(
  deps: ConnectFlowDeps,
  { step, user, claims }: ToMicrosoft,
): Promise<Departure> {
  const state = randomToken();
  const secrets: SignInSecrets = { nonce: randomToken(), verifier: randomToken(), challenged: claims !== undefined };
  const url = await deps.entra.authorizeUrl({
    state,
    nonce: secrets.nonce,
    challenge: digest(secrets.verifier),
    ...(user?.email ? { loginHint: user.email } : {}),
    ...(claims === undefined ? {} : { claims }),
    ...(step === 'admin' ? { scopes: IDENTITY } : {}),
  });
  const kept = await keepStep(deps, { state, userId: user?.id ?? null, kept: { step, ...secrets } });
  return { kind: 'depart', url, browserSecret: kept.browserSecret };
}

/** What the browser brings back from Microsoft; null for what is missing. */
export interface Return {
  state: string | null;
  code: string | null;
  error: string | null;
  errorDescription: string | null;
  /** The organisation that an administrator consented for, as the address says. Proves nothing. */
  tenant: string | null;
  /** From this browser's cookie. */
  browserSecret: string | null;
}

/** What became of a return: somebody signed in, or must go back to satisfy Conditional Access. */
export type SignedIn = Extract<Redemption, { kind: 'signed-in' }> | Departure;

/** Redeems the code that came back. Errors: those of Entra. */
export async function redeemReturn(
  deps: ConnectFlowDeps,
  back: Return,
  { step, user, secrets }: { step: ToMicrosoft['step']; user: User | null; secrets: SignInSecrets },
): Promise<SignedIn> {
  if (back.error !== null || back.code === null) {
    throw deps.entra.redirectError(back.error ?? 'invalid_request', back.errorDescription);
  }
  const { verifier, nonce, challenged } = secrets;
  const scopes = step === 'admin' ? { scopes: IDENTITY } : {};
  const redemption = await deps.entra.redeem({ code: back.code, verifier, nonce, ...scopes });
  if (redemption.kind === 'signed-in') return redemption;
  if (challenged) throw deps.entra.redirectError('interaction_required', null);
  return leaveForMicrosoft(deps, { step, user, claims: redemption.claims });
}
