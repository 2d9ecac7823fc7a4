import { AppError, toAppError } from '../../core/errors.ts';
import { sortableId } from '../../core/ids.ts';
import type { RenewableToken } from '../../core/ports/tokens.ts';
import { DEFAULT_PREFERENCES } from '../../core/preferences.ts';
import type { Account, AccountKey, Connection, Reply, User } from '../../core/types.ts';
import { isDeactivated } from '../deactivated-users.ts';
import { removeConnection } from '../disconnect.ts';
import { connectedMessage, reconnectedMessage } from '../messages.ts';
import { tokenContext } from '../token-renewal.ts';
import type { LinkDecision } from './link-policy.ts';
import { addressOf, decideLink } from './link-policy.ts';
import type { SignInPorts } from './ports.ts';

/** A signed-in Microsoft account with its tokens, and the user to link it with. */
export interface VerifiedSignIn {
  user: User;
  account: Account;
  access: RenewableToken;
}

/**
 * Decides whether the account may be linked with the user, and stores the connection if so. A refusal is returned, not thrown.
 * @throws {AppError} account_taken when another sign-in stored the same user or account meanwhile; `mattermost_*` when the account's
 *   present user cannot be read
 */
export async function linkAccount(ports: SignInPorts, signedIn: VerifiedSignIn): Promise<LinkDecision> {
  const decision = await decide(ports, signedIn);
  if (decision.action === 'refuse') return decision;
  if (decision.action === 'take_over') await removeConnection(ports, decision.from);
  if (decision.action === 'renew') await renew(ports, decision.connection, signedIn);
  else await create(ports, signedIn);
  return decision;
}

async function decide(ports: SignInPorts, { user, account }: VerifiedSignIn): Promise<LinkDecision> {
  const [own, held] = await Promise.all([
    ports.connections.findByUser(user.id),
    ports.connections.findByAccount({ tid: account.tid, oid: account.oid }),
  ]);
  const holder = held && {
    connection: held,
    deactivated: held.userId !== user.id && (await isDeactivated(ports.user, held.userId)),
  };
  return decideLink({ user, account, own, holder, full: await isFull(ports), match: ports.accountMatch });
}

/** Whether the maximum number of connections is reached. */
export async function isFull({ connections, maxConnections }: SignInPorts): Promise<boolean> {
  return maxConnections !== null && (await connections.count()) >= maxConnections;
}

async function create(ports: SignInPorts, { user, account, access }: VerifiedSignIn): Promise<void> {
  const now = ports.clock.now();
  const connection: Connection = {
    id: sortableId(now),
    userId: user.id,
    tid: account.tid,
    oid: account.oid,
    accountName: account.name,
    accountAddress: addressOf(account),
    state: 'connected',
    connectedAt: now,
    lastDeliveryAt: null,
    lastErrorCode: null,
    lastErrorAt: null,
    preferences: DEFAULT_PREFERENCES,
  };
  await ports.connections.create(connection, ports.sealer.seal(access.cache, tokenContext(connection.id)));
  ports.tokens.remember(connection.id, access);
  ports.log.info({ connectionId: connection.id, userId: user.id }, 'A user connected a Microsoft account.');
  await Promise.all([
    ensureSubscriptions(ports, connection),
    tell(ports, user, connectedMessage(user.locale, connection)),
  ]);
}

/** Stores the tokens before the state: while the state is still `reconnect`, nothing renews with the old tokens. */
async function renew(ports: SignInPorts, known: Connection, { user, access }: VerifiedSignIn): Promise<void> {
  const connection: Connection = { ...known, state: 'connected' };
  await ports.connections.saveTokenCache(known.id, ports.sealer.seal(access.cache, tokenContext(known.id)));
  ports.tokens.remember(known.id, access);
  await ports.connections.setState({ id: known.id, state: 'connected', errorCode: null, now: ports.clock.now() });
  await ports.inbox.wake(known.id, ports.clock.now());
  ports.log.info({ connectionId: known.id, userId: user.id }, 'A user signed in to Microsoft again.');
  await Promise.all([
    ensureSubscriptions(ports, connection),
    tell(ports, user, reconnectedMessage(user.locale, connection)),
  ]);
}

/** The connection stands even if its subscriptions cannot be created now: the renewal job creates them later. */
async function ensureSubscriptions(ports: SignInPorts, connection: Connection): Promise<void> {
  try {
    await ports.subscriptions.ensure(connection);
  } catch (error) {
    const failure = toAppError(error);
    ports.log.warn(
      { err: failure, connectionId: connection.id, code: failure.code },
      'The subscriptions of a new connection could not be created.',
    );
    await ports.connections.recordError(connection.id, failure.code, ports.clock.now());
  }
}

async function tell(ports: SignInPorts, user: User, reply: Reply): Promise<void> {
  try {
    await ports.bot.send(user.id, reply);
  } catch (error) {
    ports.log.warn({ err: error, userId: user.id }, 'A connected user could not be told.');
  }
}

/**
 * Reads the account from Graph's `/me`, which must be the one of the id token.
 * @throws {AppError} sign_in_failed when it is another; unauthorized, microsoft_refused, microsoft_throttled, microsoft_unavailable
 */
export async function readAccount(ports: SignInPorts, claims: AccountKey, access: RenewableToken): Promise<Account> {
  const me = await ports.me(access.token);
  if (me.oid.toLowerCase() !== claims.oid) {
    throw new AppError('sign_in_failed', 'The access token belongs to another account than the id token.');
  }
  return { ...me, oid: claims.oid, tid: claims.tid };
}
