import type { Log } from '../core/log.ts';
import type { Bot, Users } from '../core/ports/bot.ts';
import type { Connections } from '../core/ports/connections.ts';
import type { Connection } from '../core/types.ts';
import { disconnectedMessage } from './messages.ts';

/** What removing a connection needs. */
export interface RemovalDeps {
  connections: Pick<Connections, 'remove'>;
  tokens: { forget(connectionId: string): void };
  subscriptions: { stop(connection: Connection): Promise<void> };
  log: Log;
}

export interface DisconnectDeps extends RemovalDeps {
  connections: Pick<Connections, 'findByUser' | 'remove'>;
  user: Users['user'];
  bot: Pick<Bot, 'send'>;
}

/** Ends a user's connection; false when there was none. Idempotent. */
export type Disconnect = (userId: string) => Promise<boolean>;

/**
 * Disconnects users: stops the subscriptions, deletes tokens and queued work, and confirms with one direct message, also when it is called
 * several times at once.
 */
export function createDisconnect(deps: DisconnectDeps): Disconnect {
  const running = new Map<string, Promise<boolean>>();
  return (userId) => {
    const run = running.get(userId) ?? disconnect(deps, userId).finally(() => running.delete(userId));
    running.set(userId, run);
    return run;
  };
}

async function disconnect(deps: DisconnectDeps, userId: string): Promise<boolean> {
  const connection = await deps.connections.findByUser(userId);
  if (!connection) return false;
  await removeConnection(deps, connection);
  try {
    const { locale } = await deps.user(userId);
    await deps.bot.send(userId, disconnectedMessage(locale));
  } catch (error) {
    deps.log.warn({ err: error, userId }, 'A disconnected user could not be told.');
  }
  return true;
}

/**
 * Removes a connection with its tokens and queued work, also while Microsoft does not answer: a subscription that could not be deleted
 * expires with its token, and notifications of an unknown subscription are discarded.
 */
export async function removeConnection(deps: RemovalDeps, connection: Connection): Promise<void> {
  await deps.subscriptions.stop(connection).catch((error: unknown) => {
    deps.log.warn(
      { err: error, connectionId: connection.id },
      'The subscriptions of a connection could not be deleted at Microsoft.',
    );
  });
  await deps.connections.remove(connection.id);
  deps.tokens.forget(connection.id);
  deps.log.info({ connectionId: connection.id, userId: connection.userId }, 'A connection was removed.');
}
