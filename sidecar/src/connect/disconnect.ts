import type { Log } from '../core/log.ts';
import type { Bot } from '../core/ports/bot.ts';
import type { Connections } from '../core/ports/connections.ts';
import type { Connection, User } from '../core/types.ts';
import { disconnectedReply } from './replies.ts';

/** What it takes to remove a connection. */
export interface RemovalDeps {
  connections: Pick<Connections, 'remove'>;
  tokens: { forget(connectionId: string): void };
  feed: { stop(connection: Connection): Promise<void> };
  log: Log;
}

export interface DisconnectDeps extends RemovalDeps {
  connections: Pick<Connections, 'findByUser' | 'remove'>;
  user(userId: string): Promise<User>;
  bot: Pick<Bot, 'send'>;
}

/** Ends a connection; true when there was one. Idempotent. */
export type Disconnect = (userId: string) => Promise<boolean>;

/** Disconnects a user: feed stopped, tokens and queued work deleted, confirmed by one direct message. */
export function createDisconnect(deps: DisconnectDeps): Disconnect {
  const underWay = new Map<string, Promise<boolean>>();
  return (userId) => {
    const run = underWay.get(userId) ?? disconnect(deps, userId).finally(() => underWay.delete(userId));
    underWay.set(userId, run);
    return run;
  };
}

async function disconnect(deps: DisconnectDeps, userId: string): Promise<boolean> {
  const connection = await deps.connections.findByUser(userId);
  if (!connection) return false;
  await removeConnection(deps, connection);
  try {
    const { locale } = await deps.user(userId);
    await deps.bot.send(userId, disconnectedReply(locale));
  } catch (error) {
    deps.log.warn({ err: error, userId }, 'A disconnected user could not be told.');
  }
  return true;
}

/**
 * Removes a connection with everything kept for it. Microsoft being away does not keep anybody connected: a subscription left behind
 * ends by itself when its token does, and what it still sends is discarded as unknown.
 */
export async function removeConnection(deps: RemovalDeps, connection: Connection): Promise<void> {
  await deps.feed.stop(connection).catch((error: unknown) => {
    deps.log.warn(
      { err: error, connectionId: connection.id },
      'The feed of a connection could not be stopped at Microsoft.',
    );
  });
  await deps.connections.remove(connection.id);
  deps.tokens.forget(connection.id);
  deps.log.info({ connectionId: connection.id, userId: connection.userId }, 'A connection was removed.');
}
