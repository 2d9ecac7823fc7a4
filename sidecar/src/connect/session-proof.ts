import { toAppError } from '../core/errors.ts';
import { randomToken } from '../core/ids.ts';
import { digest } from '../core/secrets.ts';
import type { User } from '../core/types.ts';
import { leaveForMicrosoft } from './sign-in/authorize.ts';
import { failed, failedBy } from './sign-in/failing.ts';
import { keepStep, resumeStep } from './sign-in/pending-steps.ts';
import type { ConnectFlowDeps, SessionAuthority } from './sign-in/ports.ts';
import type { Departure, Failure } from './sign-in/result.ts';

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
export async function leaveForMattermost(
  deps: ConnectFlowDeps,
  session: SessionAuthority,
  user: User,
): Promise<Departure> {
  const [state, verifier] = [randomToken(), randomToken()];
  const url = session.authorizeUrl({ state, challenge: digest(verifier) });
  const kept = await keepStep(deps, { state, userId: user.id, kept: { step: 'mattermost', verifier } });
  return { kind: 'depart', url, browserSecret: kept.browserSecret };
}

/** The way back from Mattermost: goes on to Microsoft when the session is that of the link's user. */
export async function proveSession(deps: ConnectFlowDeps, back: SessionReturn): Promise<Departure | Failure> {
  const resumed = await resumeStep(deps, back);
  if (typeof resumed === 'string') return failed(resumed);
  const { userId, kept } = resumed;
  if (kept.step !== 'mattermost' || userId === null || deps.session === null) return failed('link_expired');
  try {
    const user = await deps.user(userId);
    const owner = back.code === null ? null : await ownerOf(deps.session, back.code, kept.verifier);
    if (owner === null) return failed('session_unproven', { user });
    if (owner === userId) return await leaveForMicrosoft(deps, { step: 'microsoft', user });
    deps.log.warn({ userId }, 'A link to connect was opened by somebody with another Mattermost session.');
    return failed('other_session');
  } catch (error) {
    return failedBy(deps, error, { userId });
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
