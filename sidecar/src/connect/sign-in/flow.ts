import { randomToken } from '../../core/ids.ts';
import { digest, SIGN_IN_TTL_MS } from '../../core/secrets.ts';
import type { Reply, User } from '../../core/types.ts';
import type { SessionReturn } from '../session-proof.ts';
import { leaveForMattermost, proveSession } from '../session-proof.ts';
import { beginConsent, consentUrl, recordConsent, requestConsent } from './admin-consent.ts';
import type { AuthorizationResponse } from './authorize.ts';
import { redeemCode, sendToMicrosoft } from './authorize.ts';
import { isFull, linkAccount, readAccount } from './link-account.ts';
import { addressOf } from './link-policy.ts';
import type { PendingStep, SignInSecrets } from './pending-steps.ts';
import { consumeStep } from './pending-steps.ts';
import type { SignInPorts } from './ports.ts';
import type {
  AccountFirstOffer,
  Confirmation,
  Connected,
  FailureReason,
  Redirect,
  SignInFailure,
  SignInResult,
} from './result.ts';
import { failureFromError, retryUrlFor, signInFailure } from './result.ts';
import {
  askForConfirmation,
  beginAccountFirst,
  confirmAccountFirst,
  declineAccountFirst,
  offerAccountFirst,
} from './start-at-microsoft.ts';

/** The sign-in as the steps a person takes. Failures are values; only what an operator needs is logged. */
export interface SignInFlow {
  /** A one-time link for this user, good for ten minutes. */
  startLink(userId: string): Promise<{ url: string; expiresAt: number }>;
  /** What the link's page shows. Does not consume the link: link previews fetch it too. */
  page(link: string): Promise<Confirmation | SignInFailure>;
  /** Consumes the link and sends the browser to Microsoft, or first to Mattermost where its session must be proven. */
  begin(link: string): Promise<Redirect | SignInFailure>;
  /** What the page without a link shows. */
  offerAccountFirst(): Promise<AccountFirstOffer | SignInFailure>;
  /** Sends a browser without a link to Microsoft. */
  beginAccountFirst(): Promise<Redirect | SignInFailure>;
  /** The response from Mattermost about the browser's session. */
  proveSession(back: SessionReturn): Promise<Redirect | SignInFailure>;
  /** Sends an administrator to Microsoft. */
  beginConsent(): Promise<Redirect | SignInFailure>;
  /**
   * The response from Microsoft: consumes its `state` and runs the second half of the pending step.
   * @throws {AppError} key_unknown, seal_broken
   */
  complete(response: AuthorizationResponse): Promise<SignInResult>;
  /** The buttons under the bot's question whether an account-first sign-in was the user's own. */
  confirmAccountFirst(userId: string, token: string): Promise<Reply>;
  declineAccountFirst(userId: string, token: string): Promise<Reply>;
}

/** The sign-in at Microsoft and its way to a stored connection. */
export function createSignInFlow(ports: SignInPorts): SignInFlow {
  return {
    startLink: (userId) => startLink(ports, userId),
    page: (link) => page(ports, link),
    begin: (link) => begin(ports, link),
    offerAccountFirst: () => offerAccountFirst(ports),
    beginAccountFirst: () => beginAccountFirst(ports),
    proveSession: (back) => proveSession(ports, back),
    beginConsent: () => beginConsent(ports),
    complete: async (response) => {
      const result = await complete(ports, response);
      await recordForChecks(ports, result);
      return result;
    },
    confirmAccountFirst: (userId, token) => confirmAccountFirst(ports, userId, token),
    declineAccountFirst: (userId, token) => declineAccountFirst(ports, userId, token),
  };
}

async function startLink(ports: SignInPorts, userId: string): Promise<{ url: string; expiresAt: number }> {
  const link = randomToken();
  const expiresAt = ports.clock.now() + SIGN_IN_TTL_MS;
  await ports.signIns.createLink({ hash: digest(link), userId, expiresAt });
  return { url: `${ports.publicUrl}/connect?link=${link}`, expiresAt };
}

async function page(ports: SignInPorts, link: string): Promise<Confirmation | SignInFailure> {
  const found = await ports.signIns.peekLink(digest(link), ports.clock.now());
  if (!found) return signInFailure('link_expired');
  try {
    const user = await ports.user(found.userId);
    const refusal = await refusalBeforeSignIn(ports, user);
    if (refusal) return signInFailure(refusal, { user });
    const own = await ports.connections.findByUser(user.id);
    const { username, name } = user;
    const connectedAs = own?.accountAddress ?? null;
    return { kind: 'confirm', locale: user.locale, username, name, connectedAs };
  } catch (error) {
    return failureFromError(ports, error, { userId: found.userId });
  }
}

async function begin(ports: SignInPorts, link: string): Promise<Redirect | SignInFailure> {
  const found = await ports.signIns.peekLink(digest(link), ports.clock.now());
  if (!found) return signInFailure('link_expired');
  const retry = async () => ({ url: `${ports.publicUrl}/connect?link=${link}` });
  try {
    const user = await ports.user(found.userId);
    const refusal = await refusalBeforeSignIn(ports, user);
    if (refusal) return signInFailure(refusal, { user });
    const redirect = ports.session
      ? await leaveForMattermost(ports, ports.session, user)
      : await sendToMicrosoft(ports, { step: 'microsoft', user });
    // Consumed last: the link stays good while Microsoft or Mattermost is unavailable. Of two clicks only one consumes it.
    const consumed = await ports.signIns.consumeLink(digest(link), ports.clock.now());
    return consumed ? redirect : signInFailure('link_expired', { user });
  } catch (error) {
    return failureFromError(ports, error, { userId: found.userId, retry });
  }
}

/** Refusals that no Microsoft account would change, so that the person reads them before signing in. */
async function refusalBeforeSignIn(ports: SignInPorts, user: User): Promise<FailureReason | null> {
  if (user.isBot || user.deactivated) return 'user_not_allowed';
  if (ports.accountMatch === 'email' && !user.email) return 'email_hidden';
  const isNew = (await ports.connections.findByUser(user.id)) === null;
  if (!isNew) return null;
  if (ports.admits && !(await ports.admits(user))) return 'not_admitted';
  return (await isFull(ports)) ? 'limit_reached' : null;
}

async function complete(ports: SignInPorts, response: AuthorizationResponse): Promise<SignInResult> {
  const step = await consumeStep(ports, response);
  if (typeof step === 'string') return signInFailure(step);
  try {
    return await resume(ports, response, step);
  } catch (error) {
    return failureFromError(ports, error, { userId: step.userId, retry: () => startOver(ports, step) });
  }
}

async function resume(
  ports: SignInPorts,
  response: AuthorizationResponse,
  { userId, pending }: PendingStep,
): Promise<SignInResult> {
  switch (pending.step) {
    case 'microsoft':
      if (userId === null) return signInFailure('link_expired');
      return connect(ports, response, { user: await ports.user(userId), secrets: pending });
    case 'account_first':
      return askForConfirmation(ports, response, pending);
    case 'admin':
      return requestConsent(ports, response, pending);
    case 'admin_consent':
      return recordConsent(ports, response, pending);
    case 'mattermost':
    case 'account_first_confirmation':
      // These steps are not completed by a response from Microsoft.
      return signInFailure('link_expired');
  }
}

async function startOver(ports: SignInPorts, { userId, pending }: PendingStep): Promise<{ url: string }> {
  if (pending.step === 'admin' || pending.step === 'admin_consent') return { url: consentUrl(ports) };
  return userId === null ? { url: `${ports.publicUrl}/connect` } : startLink(ports, userId);
}

async function connect(
  ports: SignInPorts,
  response: AuthorizationResponse,
  { user, secrets }: { user: User; secrets: SignInSecrets },
): Promise<Connected | Redirect | SignInFailure> {
  const signedIn = await redeemCode(ports, response, { step: 'microsoft', user, secrets });
  if (signedIn.kind === 'redirect') return signedIn;
  const account = await readAccount(ports, signedIn.claims, signedIn.access);
  const decision = await linkAccount(ports, { user, account, access: signedIn.access });
  if (decision.action !== 'refuse') {
    const again = decision.action === 'renew';
    return { kind: 'connected', locale: user.locale, username: user.username, account: addressOf(account), again };
  }
  ports.log.info({ userId: user.id, reason: decision.reason }, 'A sign-in was refused.');
  const retryUrl = await retryUrlFor(decision.reason, () => startLink(ports, user.id));
  return signInFailure(decision.reason, { user, values: decision.values, retryUrl });
}

/**
 * Records whether a sign-in succeeded or was refused for want of admin consent. Before the first connection exists, the administrator's
 * checks learn from this alone whether the delegated permissions are granted.
 */
async function recordForChecks({ installationState, clock }: SignInPorts, result: SignInResult): Promise<void> {
  if (result.kind === 'connected' || result.kind === 'consented') {
    await installationState.write('signed_in', '', clock.now());
  } else if (result.kind === 'failed' && result.reason === 'admin_consent_needed') {
    await installationState.write('consent_refused', '', clock.now());
  }
}
