import { randomToken } from '../../core/ids.ts';
import type { RenewableToken } from '../../core/ports/tokens.ts';
import { constantTimeEqual, digest, SIGN_IN_TTL_MS, stateContext } from '../../core/secrets.ts';
import type { Account, AccountKey } from '../../core/types.ts';
import type { ConnectFlowDeps } from './ports.ts';
import type { FailureReason } from './result.ts';

/** What a way to Microsoft's sign-in keeps to itself until the browser is back. */
export interface SignInSecrets {
  nonce: string;
  /** PKCE verifier (RFC 7636). */
  verifier: string;
  /** A claims challenge was answered already: a second one ends the sign-in, so that nobody goes in circles. */
  challenged: boolean;
}

/**
 * A step that somebody has begun, with what its end needs. It never leaves the sidecar unsealed.
 *
 * - microsoft: the sign-in of the user whose link it was
 * - microsoft_first: a sign-in before it is known whose it is
 * - mattermost: the proof of the browser's Mattermost session
 * - claim: a proven Microsoft account waits for its user to confirm in Mattermost
 * - admin: an administrator signs in before granting consent
 * - admin_consent: that administrator grants it
 */
export type Step =
  | ({ step: 'microsoft' | 'microsoft_first' | 'admin' } & SignInSecrets)
  | { step: 'mattermost'; verifier: string }
  | { step: 'claim'; account: Account; access: RenewableToken }
  | { step: 'admin_consent'; administrator: AccountKey & { name: string } };

/** A step taken up again. `userId` is null while the user is not known. */
export interface Resumed {
  userId: string | null;
  kept: Step;
}

type StateDeps = Pick<ConnectFlowDeps, 'signIns' | 'sealer' | 'clock' | 'log'>;

/** Keeps a step for ten minutes, good for one return, by the browser that gets the secret. */
export async function keepStep(
  { signIns, sealer, clock }: StateDeps,
  { state, userId, kept }: Resumed & { state: string },
): Promise<{ browserSecret: string }> {
  const browserSecret = randomToken();
  const hash = digest(state);
  await signIns.createState({
    hash,
    userId,
    browserHash: digest(browserSecret),
    sealed: sealer.seal(JSON.stringify(kept), stateContext(hash)),
    expiresAt: clock.now() + SIGN_IN_TTL_MS,
  });
  return { browserSecret };
}

/** Takes up the step of this state, which is over by that, whoever brought it. A reason when there is none for this browser. */
export async function resumeStep(
  deps: StateDeps,
  back: { state: string | null; browserSecret: string | null },
): Promise<Resumed | FailureReason> {
  if (back.state === null) return 'link_expired';
  const hash = digest(back.state);
  // Before anything else, and by one atomic statement: a state is good for one return.
  const stored = await deps.signIns.consumeState(hash, deps.clock.now());
  if (!stored) return 'link_expired';
  if (back.browserSecret === null || !constantTimeEqual(digest(back.browserSecret), stored.browserHash)) {
    deps.log.warn({ userId: stored.userId }, 'A sign-in came back in another browser.');
    return 'other_browser';
  }
  return { userId: stored.userId, kept: JSON.parse(deps.sealer.open(stored.sealed, stateContext(hash))) };
}

/** Takes up the step that a button of this user stands for: Mattermost vouches for the user, there is no browser. */
export async function resumeForUser(deps: StateDeps, userId: string, state: string): Promise<Step | null> {
  const hash = digest(state);
  const stored = await deps.signIns.consumeState(hash, deps.clock.now());
  if (stored?.userId !== userId) return null;
  return JSON.parse(deps.sealer.open(stored.sealed, stateContext(hash)));
}
