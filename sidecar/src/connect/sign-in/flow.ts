import { languageOf } from '../../core/i18n.ts';
import { randomToken } from '../../core/ids.ts';
import { digest, SIGN_IN_TTL_MS } from '../../core/secrets.ts';
import type { Reply, User } from '../../core/types.ts';
import type { SessionReturn } from '../session-proof.ts';
import { leaveForMattermost, proveSession } from '../session-proof.ts';
import { askForConsent, beginConsent, consentAddress, recordConsent } from './admin-consent.ts';
import type { Return } from './authorize.ts';
import { leaveForMicrosoft, redeemReturn } from './authorize.ts';
import { failed, failedBy, retryFor } from './failing.ts';
import { isFull, readAccount, saveConnection } from './link-account.ts';
import { addressOf } from './link-policy.ts';
import type { Resumed, SignInSecrets } from './pending-steps.ts';
import { resumeStep } from './pending-steps.ts';
import type { ConnectFlowDeps } from './ports.ts';
import type {
  Claimed,
  Confirmation,
  Connected,
  Consented,
  Departure,
  Failure,
  FailureReason,
  Invitation,
} from './result.ts';
import { beginFirst, claim, confirmClaim, declineClaim, invite } from './start-at-microsoft.ts';

/** The sign-in, in the steps that a person takes. Failures are values; only what the log must know is logged here. */
export interface ConnectFlow {
  /** A one-time link for this user, ten minutes long. */
  startLink(userId: string): Promise<{ url: string; expiresAt: number }>;
  /** What the link shows. Does not consume it: link previews would. */
  page(link: string): Promise<Confirmation | Failure>;
  /** Consumes the link and sends the browser to Microsoft, by way of Mattermost where its session must be proven. */
  begin(link: string): Promise<Departure | Failure>;
  /** What the page without a link shows. */
  invite(): Promise<Invitation | Failure>;
  /** Sends a browser without a link to Microsoft. */
  beginFirst(): Promise<Departure | Failure>;
  /** The way back from Mattermost. */
  proveSession(back: SessionReturn): Promise<Departure | Failure>;
  /** Sends an administrator to Microsoft. */
  beginConsent(): Promise<Departure | Failure>;
  /** The way back from Microsoft: consumes the state and does what it was made for. */
  complete(back: Return): Promise<Connected | Claimed | Consented | Departure | Failure>;
  /** The buttons of the bot's question whether a sign-in was the user's own. */
  confirmClaim(userId: string, token: string): Promise<Reply>;
  declineClaim(userId: string, token: string): Promise<Reply>;
}

/** The Microsoft sign-in: authorisation code with PKCE, state bound to the browser, nonce. */
export function createConnectFlow(deps: ConnectFlowDeps): ConnectFlow {
  return {
    startLink: (userId) => startLink(deps, userId),
    page: (link) => page(deps, link),
    begin: (link) => begin(deps, link),
    invite: () => invite(deps),
    beginFirst: () => beginFirst(deps),
    proveSession: (back) => proveSession(deps, back),
    beginConsent: () => beginConsent(deps),
    complete: (back) => complete(deps, back),
    confirmClaim: (userId, token) => confirmClaim(deps, userId, token),
    declineClaim: (userId, token) => declineClaim(deps, userId, token),
  };
}

async function startLink(deps: ConnectFlowDeps, userId: string): Promise<{ url: string; expiresAt: number }> {
  const link = randomToken();
  const expiresAt = deps.clock.now() + SIGN_IN_TTL_MS;
  await deps.signIns.createLink({ hash: digest(link), userId, expiresAt });
  return { url: `${deps.publicUrl}/connect?link=${link}`, expiresAt };
}

async function page(deps: ConnectFlowDeps, link: string): Promise<Confirmation | Failure> {
  const found = await deps.signIns.peekLink(digest(link), deps.clock.now());
  if (!found) return failed('link_expired');
  try {
    const user = await deps.user(found.userId);
    const refusal = await obstacle(deps, user);
    if (refusal) return failed(refusal, { user });
    const own = await deps.connections.findByUser(user.id);
    const { username, name } = user;
    return {
      kind: 'confirm',
      language: languageOf(user.locale),
      username,
      name,
      connectedAs: own?.accountAddress ?? null,
    };
  } catch (error) {
    return failedBy(deps, error, { userId: found.userId });
  }
}

async function begin(deps: ConnectFlowDeps, link: string): Promise<Departure | Failure> {
  const found = await deps.signIns.peekLink(digest(link), deps.clock.now());
  if (!found) return failed('link_expired');
  const retry = async () => ({ url: `${deps.publicUrl}/connect?link=${link}` });
  try {
    const user = await deps.user(found.userId);
    const refusal = await obstacle(deps, user);
    if (refusal) return failed(refusal, { user });
    const departure = deps.session
      ? await leaveForMattermost(deps, deps.session, user)
      : await leaveForMicrosoft(deps, { step: 'microsoft', user });
    // Consumed last: while Microsoft or Mattermost is away, the link stays good. Of two clicks only one gets past here.
    return (await deps.signIns.consumeLink(digest(link), deps.clock.now()))
      ? departure
      : failed('link_expired', { user });
  } catch (error) {
    return failedBy(deps, error, { userId: found.userId, retry });
  }
}

/** What would end in a refusal in any case is said before the person signs in. */
async function obstacle(deps: ConnectFlowDeps, user: User): Promise<FailureReason | null> {
  if (user.isBot || user.deactivated) return 'user_not_allowed';
  if (deps.accountMatch === 'email' && !user.email) return 'email_hidden';
  const isNew = (await deps.connections.findByUser(user.id)) === null;
  if (!isNew) return null;
  if (deps.admits && !(await deps.admits(user))) return 'not_admitted';
  return (await isFull(deps)) ? 'limit_reached' : null;
}

type Outcome = Connected | Claimed | Consented | Departure | Failure;

async function complete(deps: ConnectFlowDeps, back: Return): Promise<Outcome> {
  const resumed = await resumeStep(deps, back);
  if (typeof resumed === 'string') return failed(resumed);
  try {
    return await goOn(deps, back, resumed);
  } catch (error) {
    const retry = () => startOver(deps, resumed);
    return failedBy(deps, error, { userId: resumed.userId, retry });
  }
}

async function goOn(deps: ConnectFlowDeps, back: Return, { userId, kept }: Resumed): Promise<Outcome> {
  switch (kept.step) {
    case 'microsoft':
      if (userId === null) return failed('link_expired');
      return finish(deps, back, { user: await deps.user(userId), secrets: kept });
    case 'microsoft_first':
      return claim(deps, back, kept);
    case 'admin':
      return askForConsent(deps, back, kept);
    case 'admin_consent':
      return recordConsent(deps, back, kept);
    case 'mattermost':
    case 'claim':
      // The way back from elsewhere, tried here.
      return failed('link_expired');
  }
}

async function startOver(deps: ConnectFlowDeps, { userId, kept }: Resumed) {
  if (kept.step === 'admin' || kept.step === 'admin_consent') return { url: consentAddress(deps) };
  return userId === null ? { url: `${deps.publicUrl}/connect` } : startLink(deps, userId);
}

async function finish(
  deps: ConnectFlowDeps,
  back: Return,
  { user, secrets }: { user: User; secrets: SignInSecrets },
): Promise<Connected | Departure | Failure> {
  const signedIn = await redeemReturn(deps, back, { step: 'microsoft', user, secrets });
  if (signedIn.kind === 'depart') return signedIn;
  const account = await readAccount(deps, signedIn.claims, signedIn.access);
  const judgement = await saveConnection(deps, { user, account, access: signedIn.access });
  if (judgement.action !== 'refuse') {
    const [language, again] = [languageOf(user.locale), judgement.action === 'renew'];
    return { kind: 'connected', language, username: user.username, account: addressOf(account), again };
  }
  deps.log.info({ userId: user.id, reason: judgement.reason }, 'A sign-in was refused.');
  const retryUrl = await retryFor(judgement.reason, () => startLink(deps, user.id));
  return failed(judgement.reason, { user, values: judgement.values, retryUrl });
}
