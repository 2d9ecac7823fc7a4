import { randomToken } from '../../core/ids.ts';
import type { RenewableToken } from '../../core/ports/tokens.ts';
import { constantTimeEqual, digest, SIGN_IN_TTL_MS, stateContext } from '../../core/secrets.ts';
import type { Account, AccountKey } from '../../core/types.ts';
import type { SignInPorts } from './ports.ts';
import type { FailureReason } from './result.ts';

/** The secrets of one authorization request, needed when its response arrives. */
export interface SignInSecrets {
  nonce: string;
  /** PKCE verifier (RFC 7636). */
  verifier: string;
  /** A claims challenge was answered already: a second one ends the sign-in instead of redirecting for ever. */
  challenged: boolean;
}

/**
 * A step that waits for its second half, with the data that half needs. It is sealed before it is stored.
 *
 * - microsoft: the Microsoft sign-in of the user whose link was opened
 * - account_first: a Microsoft sign-in whose Mattermost user is not known yet
 * - mattermost: the proof of the browser's Mattermost session
 * - account_first_confirmation: a signed-in Microsoft account waits for its user to confirm in Mattermost
 * - admin: the sign-in of an administrator before admin consent
 * - admin_consent: that administrator is at Microsoft's consent page
 */
export type Step =
  | ({ step: 'microsoft' | 'account_first' | 'admin' } & SignInSecrets)
  | { step: 'mattermost'; verifier: string }
  | { step: 'account_first_confirmation'; account: Account; access: RenewableToken }
  | { step: 'admin_consent'; administrator: AccountKey & { name: string } };

/** A stored step. `userId` is null while the Mattermost user is not known. */
export interface PendingStep {
  userId: string | null;
  pending: Step;
}

type StepPorts = Pick<SignInPorts, 'signIns' | 'sealer' | 'clock' | 'log'>;

/**
 * Stores a step under its `state` parameter for ten minutes. Only the browser that presents the returned secret can continue it, and only
 * once.
 */
export async function saveStep(
  { signIns, sealer, clock }: StepPorts,
  { state, userId, pending }: PendingStep & { state: string },
): Promise<{ browserSecret: string }> {
  const browserSecret = randomToken();
  const hash = digest(state);
  await signIns.createState({
    hash,
    userId,
    browserHash: digest(browserSecret),
    sealed: sealer.seal(JSON.stringify(pending), stateContext(hash)),
    expiresAt: clock.now() + SIGN_IN_TTL_MS,
  });
  return { browserSecret };
}

/**
 * Consumes the pending step for `state`: single use, even on failure. Returns the reason if the step is unknown, expired, or does not
 * belong to this browser.
 * @throws {AppError} key_unknown, seal_broken
 */
export async function consumeStep(
  ports: StepPorts,
  response: { state: string | null; browserSecret: string | null },
): Promise<PendingStep | FailureReason> {
  if (response.state === null) return 'link_expired';
  const hash = digest(response.state);
  // Before any other check and by one atomic statement, so that a second response with the same state finds nothing.
  const stored = await ports.signIns.consumeState(hash, ports.clock.now());
  if (!stored) return 'link_expired';
  if (response.browserSecret === null || !constantTimeEqual(digest(response.browserSecret), stored.browserHash)) {
    ports.log.warn({ userId: stored.userId }, 'A sign-in came back in another browser.');
    return 'other_browser';
  }
  return { userId: stored.userId, pending: JSON.parse(ports.sealer.open(stored.sealed, stateContext(hash))) };
}

/**
 * Consumes the pending step behind a button of this user. Mattermost vouches for the user, so no browser secret is needed. Null if the step
 * is unknown, expired, or another user's.
 * @throws {AppError} key_unknown, seal_broken
 */
export async function consumeStepForUser(ports: StepPorts, userId: string, state: string): Promise<Step | null> {
  const hash = digest(state);
  const stored = await ports.signIns.consumeState(hash, ports.clock.now());
  if (stored?.userId !== userId) return null;
  return JSON.parse(ports.sealer.open(stored.sealed, stateContext(hash)));
}
