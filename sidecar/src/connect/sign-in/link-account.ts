import { AppError, toAppError } from '../../core/errors.ts';
import { sortableId } from '../../core/ids.ts';
import type { RenewableToken } from '../../core/ports/tokens.ts';
import { DEFAULT_PREFERENCES } from '../../core/preferences.ts';
import type { Account, Connection, User } from '../../core/types.ts';
import { removeConnection } from '../disconnect.ts';
import { isGone } from '../gone.ts';
import { connectedReply, reconnectedReply } from '../replies.ts';
import { tokenContext } from '../token-renewal.ts';
import type { Judgement } from './link-policy.ts';
import { addressOf, judge } from './link-policy.ts';
import type { ConnectFlowDeps } from './ports.ts';

/** A proven Microsoft account with its tokens, for this user. */
export interface Proven {
  user: User;
  account: Account;
  access: RenewableToken;
}

/** Judges the claim and keeps what was allowed. A refusal is returned, not thrown. */
export async function saveConnection(deps: ConnectFlowDeps, proven: Proven): Promise<Judgement> {
  const judgement = await judgeClaim(deps, proven);
  if (judgement.action === 'refuse') return judgement;
  if (judgement.action === 'take_over') await removeConnection(deps, judgement.from);
  if (judgement.action === 'renew') await renew(deps, judgement.connection, proven);
  else await create(deps, proven);
  return judgement;
}

async function judgeClaim(deps: ConnectFlowDeps, { user, account }: Proven): Promise<Judgement> {
  const [own, held] = await Promise.all([
    deps.connections.findByUser(user.id),
    deps.connections.findByAccount({ tid: account.tid, oid: account.oid }),
  ]);
  const holder = held && { connection: held, gone: held.userId !== user.id && (await isGone(deps.user, held.userId)) };
  return judge({ user, account, own, holder, full: await isFull(deps), match: deps.accountMatch });
}

/** Whether no further user may connect. */
export async function isFull({ connections, maxConnections }: ConnectFlowDeps): Promise<boolean> {
  return maxConnections !== null && (await connections.count()) >= maxConnections;
}

async function create(deps: ConnectFlowDeps, { user, account, access }: Proven): Promise<void> {
  const now = deps.clock.now();
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
  await deps.connections.create(connection, deps.sealer.seal(access.cache, tokenContext(connection.id)));
  deps.tokens.remember(connection.id, access);
  deps.log.info({ connectionId: connection.id, userId: user.id }, 'A user connected a Microsoft account.');
  await Promise.all([ensureFeed(deps, connection), tell(deps, user, connectedReply(user.locale, connection))]);
}

/** The tokens first: while the state still says `reconnect`, nobody renews with the old ones. */
async function renew(deps: ConnectFlowDeps, known: Connection, { user, access }: Proven): Promise<void> {
  const connection: Connection = { ...known, state: 'connected' };
  await deps.connections.saveTokenCache(known.id, deps.sealer.seal(access.cache, tokenContext(known.id)));
  deps.tokens.remember(known.id, access);
  await deps.connections.setState({ id: known.id, state: 'connected', errorCode: null, now: deps.clock.now() });
  await deps.inbox.wake(known.id, deps.clock.now());
  deps.log.info({ connectionId: known.id, userId: user.id }, 'A user signed in to Microsoft again.');
  await Promise.all([ensureFeed(deps, connection), tell(deps, user, reconnectedReply(user.locale, connection))]);
}

/** A feed that cannot start now is started by the renewal loop later; the connection stands. */
async function ensureFeed(deps: ConnectFlowDeps, connection: Connection): Promise<void> {
  try {
    await deps.feed.ensure(connection);
  } catch (error) {
    const failure = toAppError(error);
    deps.log.warn(
      { err: failure, connectionId: connection.id, code: failure.code },
      'The feed of a new connection failed.',
    );
    await deps.connections.recordError(connection.id, failure.code, deps.clock.now());
  }
}

async function tell(deps: ConnectFlowDeps, user: User, reply: Parameters<ConnectFlowDeps['bot']['send']>[1]) {
  try {
    await deps.bot.send(user.id, reply);
  } catch (error) {
    deps.log.warn({ err: error, userId: user.id }, 'A connected user could not be told.');
  }
}

/** The account as Graph's `/me` tells it, which must be the one that signed in. Errors: `sign_in_failed` and those of Graph. */
export async function readAccount(
  deps: ConnectFlowDeps,
  claims: { tid: string; oid: string },
  access: RenewableToken,
): Promise<Account> {
  const me = await deps.me(access.token);
  if (me.oid.toLowerCase() !== claims.oid) {
    throw new AppError('sign_in_failed', 'The access token belongs to another account than the id token.');
  }
  return { ...me, oid: claims.oid, tid: claims.tid };
}
