import type { Account, Connection, User } from '../../core/types.ts';
import type { FailureReason } from './result.ts';

/** The facts for linking a signed-in Microsoft account with a user. */
export interface LinkRequest {
  user: User;
  account: Account;
  /** The user's connection, if any. */
  own: Connection | null;
  /** The connection of this Microsoft account, if any, and whether its Mattermost user is deactivated or deleted. */
  holder: { connection: Connection; deactivated: boolean } | null;
  /** The maximum number of connections is reached. */
  full: boolean;
  /** Whether both accounts must have the same address. */
  match: 'email' | 'any';
}

/** What to do with the request. `values` fill the sentence that the person reads; none of them is another person's. */
export type LinkDecision =
  | { action: 'create' }
  | { action: 'renew'; connection: Connection }
  | { action: 'take_over'; from: Connection }
  | { action: 'refuse'; reason: FailureReason; values: Record<string, string> };

/** Mail or user principal name, for showing to the account's owner. */
export function addressOf(account: Account): string {
  return account.mail ?? account.userPrincipalName;
}

/**
 * Decides whether this Microsoft account becomes, renews or takes over the connection. `account` must come from Graph's `/me`: address
 * claims of an id token are mutable and not verified in every tenant
 * (https://learn.microsoft.com/entra/identity-platform/claims-validation).
 */
export function decideLink({ user, account, own, holder, full, match }: LinkRequest): LinkDecision {
  if (user.isBot || user.deactivated) return refuse('user_not_allowed');
  const mismatch = match === 'email' ? mismatchOf(user, account) : null;
  if (mismatch) return mismatch;
  if (holder && holder.connection.userId !== user.id && !holder.deactivated) return refuse('account_taken');
  if (own && own.tid === account.tid && own.oid === account.oid) return { action: 'renew', connection: own };
  if (own) return refuse('connected_differently', { connected: own.accountAddress });
  if (holder) return { action: 'take_over', from: holder.connection };
  return full ? refuse('limit_reached') : { action: 'create' };
}

function mismatchOf({ email }: User, account: Account): LinkDecision | null {
  if (!email) return refuse('email_hidden');
  return sameAddress(email, account)
    ? null
    : refuse('account_mismatch', { expected: email, actual: addressOf(account) });
}

function sameAddress(email: string, { mail, userPrincipalName }: Account): boolean {
  const wanted = email.toLowerCase();
  return mail?.toLowerCase() === wanted || userPrincipalName.toLowerCase() === wanted;
}

function refuse(reason: FailureReason, values: Record<string, string> = {}): LinkDecision {
  return { action: 'refuse', reason, values };
}
