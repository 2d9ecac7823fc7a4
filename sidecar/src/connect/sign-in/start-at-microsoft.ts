import { languageOf } from '../../core/i18n.ts';
import { randomToken } from '../../core/ids.ts';
import type { RenewableToken } from '../../core/ports/tokens.ts';
import type { Account, Reply, User } from '../../core/types.ts';
import { claimDeclinedReply, claimedReply, claimReply, expiredClaimReply, refusedReply } from '../claim-replies.ts';
import type { Return } from './authorize.ts';
import { leaveForMicrosoft, redeemReturn } from './authorize.ts';
import { failed, failedBy } from './failing.ts';
import { readAccount, saveConnection } from './link-account.ts';
import { addressOf } from './link-policy.ts';
import type { SignInSecrets } from './pending-steps.ts';
import { keepStep, resumeForUser } from './pending-steps.ts';
import type { ConnectFlowDeps } from './ports.ts';
import type { Claimed, Departure, Failure, Invitation } from './result.ts';

/**
 * The page for who comes without a link: the Microsoft sign-in first, the confirmation in Mattermost after it. Only where both accounts
 * must have the same address, because that is how the user is found.
 */
export async function invite(deps: ConnectFlowDeps): Promise<Invitation | Failure> {
  if (deps.accountMatch !== 'email') return failed('start_in_mattermost');
  try {
    return (await deps.emailsVisible()) ? { kind: 'invite' } : failed('start_in_mattermost');
  } catch (error) {
    return failedBy(deps, error, { userId: null });
  }
}

/** Sends the browser to Microsoft without knowing whose it is. */
export async function beginFirst(deps: ConnectFlowDeps): Promise<Departure | Failure> {
  const invitation = await invite(deps);
  if (invitation.kind === 'failed') return invitation;
  try {
    return await leaveForMicrosoft(deps, { step: 'microsoft_first', user: null });
  } catch (error) {
    return failedBy(deps, error, { userId: null });
  }
}

/**
 * Somebody has signed in at Microsoft: the bot asks the user with that address. The page says the same whether or not there is one, and
 * does not wait for the bot, so that it tells nobody who uses Mattermost.
 */
export async function claim(deps: ConnectFlowDeps, back: Return, secrets: SignInSecrets): Promise<Claimed | Departure> {
  const signedIn = await redeemReturn(deps, back, { step: 'microsoft_first', user: null, secrets });
  if (signedIn.kind === 'depart') return signedIn;
  const account = await readAccount(deps, signedIn.claims, signedIn.access);
  const user = await findUser(deps, account);
  if (user && !user.isBot && !user.deactivated) {
    ask(deps, user, { account, access: signedIn.access }).catch((error: unknown) => {
      deps.log.warn({ err: error, userId: user.id }, 'A user could not be asked about a Microsoft sign-in.');
    });
  }
  return { kind: 'claimed', account: addressOf(account) };
}

async function findUser(deps: ConnectFlowDeps, { mail, userPrincipalName }: Account): Promise<User | null> {
  const byMail = mail ? await deps.userByEmail(mail) : null;
  return byMail ?? (await deps.userByEmail(userPrincipalName));
}

async function ask(
  deps: ConnectFlowDeps,
  user: User,
  proven: { account: Account; access: RenewableToken },
): Promise<void> {
  const token = randomToken();
  await keepStep(deps, { state: token, userId: user.id, kept: { step: 'claim', ...proven } });
  await deps.bot.send(user.id, claimReply(user.locale, proven.account, token));
}

/** The user pressed *Connect* under the bot's question. Errors: those of Mattermost and the database. */
export async function confirmClaim(deps: ConnectFlowDeps, userId: string, token: string): Promise<Reply> {
  const user = await deps.user(userId);
  const kept = await resumeForUser(deps, userId, token);
  if (kept?.step !== 'claim') return expiredClaimReply(user.locale);
  const judgement = await saveConnection(deps, { user, account: kept.account, access: kept.access });
  if (judgement.action !== 'refuse') return claimedReply(user.locale);
  deps.log.info({ userId, reason: judgement.reason }, 'A sign-in was refused.');
  return refusedReply(languageOf(user.locale), judgement.reason, judgement.values);
}

/** The user pressed *That was not me*: the sign-in is forgotten. */
export async function declineClaim(deps: ConnectFlowDeps, userId: string, token: string): Promise<Reply> {
  const { locale } = await deps.user(userId);
  await resumeForUser(deps, userId, token);
  deps.log.info({ userId }, 'A user declined a Microsoft sign-in that asked to be connected.');
  return claimDeclinedReply(locale);
}
