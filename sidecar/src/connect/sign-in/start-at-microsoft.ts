import { randomToken } from '../../core/ids.ts';
import type { RenewableToken } from '../../core/ports/tokens.ts';
import type { Account, Reply, User } from '../../core/types.ts';
import { accountFirstAnswered, accountFirstQuestion, accountFirstRefused } from '../messages.ts';
import type { AuthorizationResponse } from './authorize.ts';
import { redeemCode, sendToMicrosoft } from './authorize.ts';
import { linkAccount, readAccount } from './link-account.ts';
import { addressOf } from './link-policy.ts';
import type { SignInSecrets } from './pending-steps.ts';
import { consumeStepForUser, saveStep } from './pending-steps.ts';
import type { SignInPorts } from './ports.ts';
import type { AccountFirstOffer, AwaitingConfirmation, Redirect, SignInFailure } from './result.ts';
import { failureFromError, signInFailure } from './result.ts';

/**
 * The account-first sign-in: Microsoft first, the confirmation in Mattermost after it, for a browser without a link. Offered only where
 * both accounts must have the same address, because the address is how the user is found.
 */
export async function offerAccountFirst(ports: SignInPorts): Promise<AccountFirstOffer | SignInFailure> {
  if (ports.accountMatch !== 'email') return signInFailure('start_in_mattermost');
  try {
    return (await ports.emailsVisible()) ? { kind: 'account_first' } : signInFailure('start_in_mattermost');
  } catch (error) {
    return failureFromError(ports, error, { userId: null });
  }
}

/** Sends a browser whose user is not known to Microsoft. */
export async function beginAccountFirst(ports: SignInPorts): Promise<Redirect | SignInFailure> {
  const offer = await offerAccountFirst(ports);
  if (offer.kind === 'failed') return offer;
  try {
    return await sendToMicrosoft(ports, { step: 'account_first', user: null });
  } catch (error) {
    return failureFromError(ports, error, { userId: null });
  }
}

/**
 * Lets the bot ask the Mattermost user with the account's address. The result is the same with and without such a user, and does not wait
 * for the bot, so that neither page nor timing reveals who uses Mattermost.
 * @throws {AppError} the codes of `redeemCode` and `readAccount`; mattermost_unavailable, mattermost_throttled, mattermost_unauthorized,
 *   mattermost_refused
 */
export async function askForConfirmation(
  ports: SignInPorts,
  response: AuthorizationResponse,
  secrets: SignInSecrets,
): Promise<AwaitingConfirmation | Redirect> {
  const signedIn = await redeemCode(ports, response, { step: 'account_first', user: null, secrets });
  if (signedIn.kind === 'redirect') return signedIn;
  const account = await readAccount(ports, signedIn.claims, signedIn.access);
  const user = await findUser(ports, account);
  if (user && !user.isBot && !user.deactivated) {
    ask(ports, user, { account, access: signedIn.access }).catch((error: unknown) => {
      ports.log.warn({ err: error, userId: user.id }, 'A user could not be asked about a Microsoft sign-in.');
    });
  }
  return { kind: 'awaiting_confirmation', account: addressOf(account) };
}

async function findUser(ports: SignInPorts, { mail, userPrincipalName }: Account): Promise<User | null> {
  const byMail = mail ? await ports.userByEmail(mail) : null;
  return byMail ?? (await ports.userByEmail(userPrincipalName));
}

async function ask(
  ports: SignInPorts,
  user: User,
  signedIn: { account: Account; access: RenewableToken },
): Promise<void> {
  const token = randomToken();
  const pending = { step: 'account_first_confirmation' as const, ...signedIn };
  await saveStep(ports, { state: token, userId: user.id, pending });
  await ports.bot.send(user.id, accountFirstQuestion(user.locale, signedIn.account, token));
}

/**
 * *Connect* under the bot's question: links the account. The reply replaces the question.
 * @throws {AppError} key_unknown, seal_broken, and `mattermost_*` when the user cannot be read
 */
export async function confirmAccountFirst(ports: SignInPorts, userId: string, token: string): Promise<Reply> {
  const user = await ports.user(userId);
  const pending = await consumeStepForUser(ports, userId, token);
  if (pending?.step !== 'account_first_confirmation') return accountFirstAnswered(user.locale, 'expired');
  const decision = await linkAccount(ports, { user, account: pending.account, access: pending.access });
  if (decision.action !== 'refuse') return accountFirstAnswered(user.locale, 'confirmed');
  ports.log.info({ userId, reason: decision.reason }, 'A sign-in was refused.');
  return accountFirstRefused(user.locale, decision.reason, decision.values);
}

/**
 * *That was not me* under the bot's question: forgets the sign-in. The reply replaces the question.
 * @throws {AppError} key_unknown, seal_broken, and `mattermost_*` when the user cannot be read
 */
export async function declineAccountFirst(ports: SignInPorts, userId: string, token: string): Promise<Reply> {
  const { locale } = await ports.user(userId);
  await consumeStepForUser(ports, userId, token);
  ports.log.info({ userId }, 'A user declined a Microsoft sign-in that waited for confirmation.');
  return accountFirstAnswered(locale, 'declined');
}
