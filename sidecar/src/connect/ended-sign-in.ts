import type { Log } from '../core/log.ts';
import type { Bot } from '../core/ports/bot.ts';
import type { Connection, User } from '../core/types.ts';
import { deadSignInReply } from './replies.ts';

export interface DeadSignInDeps {
  feed: { stop(connection: Connection): Promise<void> };
  user(userId: string): Promise<User>;
  bot: Pick<Bot, 'send'>;
  log: Log;
}

/** What follows when a sign-in ended for good: the feed is stopped, and its user gets one direct message with a connect button. */
export function createDeadSignIn(deps: DeadSignInDeps): (connection: Connection) => Promise<void> {
  return async (connection) => {
    await deps.feed.stop(connection).catch((error: unknown) => {
      deps.log.warn({ err: error, connectionId: connection.id }, 'The feed of a dead sign-in could not be stopped.');
    });
    const { locale } = await deps.user(connection.userId);
    await deps.bot.send(connection.userId, deadSignInReply(locale, connection.accountAddress));
  };
}
