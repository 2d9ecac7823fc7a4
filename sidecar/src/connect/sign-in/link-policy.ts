import type { Account, Connection, User } from '../../core/types.ts';
import type { FailureReason } from './result.ts';

/** What is known when a Microsoft account has signed in for a user. */
export interface Claim {
  user: User;
  account: Account;
  /** The user's connection, if any. */
  own: Connection | null;
  /** The connection of this Microsoft account, if any, and whether its Mattermost user is deactivated or deleted. */
  holder: { connection: Connection; gone: boolean } | null;
  /** No further user may connect. */
  full: boolean;
  /** Whether both accounts must have the same address. */
  match: 'email' | 'any';
}

/** What becomes of the claim. `values` are what the sentence to the person names; nothing of another person is among them. */
export type Judgement =
  | { action: 'create' }
  | { action: 'renew'; connection: Connection }
  | { action: 'take_over'; from: Connection }
  | { action: 'refuse'; reason: FailureReason; values: Record<string, string> };

/** Mail or user principal name, for showing to its owner. */
export function addressOf(account: Account): string {
  return account.mail ?? account.userPrincipalName;
}

/**
 * Decides whether this Microsoft account becomes, renews or takes over the connection. The account is the one that Graph's `/me` told of;
 * addresses in the id token can be chosen freely in some tenants and count for nothing.
 */
export function judge({ user, account, own, holder, full, match }: Claim): Judgement {
  if (user.isBot || user.deactivated) return refuse('user_not_allowed');
  const mismatch = match === 'email' ? mismatchOf(user, account) : null;
  if (mismatch) return mismatch;
  if (holder && holder.connection.userId !== user.id && !holder.gone) return refuse('account_taken');
  if (own && own.tid === account.tid && own.oid === account.oid) return { action: 'renew', connection: own };
  if (own) return refuse('connected_differently', { connected: own.accountAddress });
  if (holder) return { action: 'take_over', from: holder.connection };
  return full ? refuse('limit_reached') : { action: 'create' };
}

function mismatchOf({ email }: User, account: Account): Judgement | null {
  if (!email) return refuse('email_hidden');
  return sameAddress(email, account)
    ? null
    : refuse('account_mismatch', { expected: email, actual: addressOf(account) });
}

function sameAddress(email: string, { mail, userPrincipalName }: Account): boolean {
  const wanted = email.toLowerCase();
  return mail?.toLowerCase() === wanted || userPrincipalName.toLowerCase() === wanted;
}

function refuse(reason: FailureReason, values: Record<string, string> = {}): Judgement {
  return { action: 'refuse', reason, values };
}
