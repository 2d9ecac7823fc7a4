import { toAppError } from '../core/errors.ts';
import { randomToken } from '../core/ids.ts';
import { digest } from '../core/secrets.ts';
import type { User } from '../core/types.ts';
import { sendToMicrosoft } from './sign-in/authorize.ts';
import { consumeStep, saveStep } from './sign-in/pending-steps.ts';
import type { SessionAuthority, SignInPorts } from './sign-in/ports.ts';
import type { Redirect, SignInFailure } from './sign-in/result.ts';
import { failureFromError, signInFailure } from './sign-in/result.ts';

/** What the browser brings back from Mattermost; null for what is missing. */
export interface SessionReturn {
  state: string | null;
  code: string | null;
  browserSecret: string | null;
}

/**
 * Sends the browser to Mattermost to show whose session it holds. Where the two accounts need not have the same address, only this keeps
 * a forwarded link from joining the accounts of two people.
 */
export async function leaveForMattermost(deps: SignInPorts, session: SessionAuthority, user: User): Promise<Redirect> {
  const [state, verifier] = [randomToken(), randomToken()];
  const url = session.authorizeUrl({ state, challenge: digest(verifier) });
  const pending = await saveStep(deps, { state, userId: user.id, pending: { step: 'mattermost', verifier } });
  return { kind: 'redirect', url, browserSecret: pending.browserSecret };
}

/** The way back from Mattermost: goes on to Microsoft when the session is that of the link's user. */
export async function proveSession(deps: SignInPorts, back: SessionReturn): Promise<Redirect | SignInFailure> {
  const resumed = await consumeStep(deps, back);
  if (typeof resumed === 'string') return signInFailure(resumed);
  const { userId, pending } = resumed;
  if (pending.step !== 'mattermost' || userId === null || deps.session === null) return signInFailure('link_expired');
  try {
    const user = await deps.user(userId);
    const owner = back.code === null ? null : await ownerOf(deps.session, back.code, pending.verifier);
    if (owner === null) return signInFailure('session_unproven', { user });
    if (owner === userId) return await sendToMicrosoft(deps, { step: 'microsoft', user });
    deps.log.warn({ userId }, 'A link to connect was opened by somebody with another Mattermost session.');
    return signInFailure('other_session');
  } catch (error) {
    return failureFromError(deps, error, { userId });
  }
}

/** The user whose session it is, or null when Mattermost does not confirm it. */
async function ownerOf(session: SessionAuthority, code: string, verifier: string): Promise<string | null> {
  try {
    return await session.ownerOf({ code, verifier });
  } catch (error) {
    const { code: reason } = toAppError(error);
    if (reason === 'mattermost_refused' || reason === 'mattermost_unauthorized') return null;
    throw error;
  }
}
