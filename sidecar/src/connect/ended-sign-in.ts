import type { Log } from '../core/log.ts';
import type { Bot, Users } from '../core/ports/bot.ts';
import type { Connection } from '../core/types.ts';
import { endedSignInMessage } from './messages.ts';

export interface EndedSignInDeps {
  subscriptions: { stop(connection: Connection): Promise<void> };
  user: Users['user'];
  bot: Pick<Bot, 'send'>;
  log: Log;
}

/**
 * For `Tokens.onSignInEnded`: stops the connection's subscriptions and sends its user one direct message with a connect button.
 * The returned function
 * @throws {AppError} `mattermost_*` when the user cannot be told
 */
export function createEndedSignIn(deps: EndedSignInDeps): (connection: Connection) => Promise<void> {
  return async (connection) => {
    await deps.subscriptions.stop(connection).catch((error: unknown) => {
      deps.log.warn({ err: error, connectionId: connection.id }, 'Subscriptions of an ended sign-in were not stopped.');
    });
    const { locale } = await deps.user(connection.userId);
    await deps.bot.send(connection.userId, endedSignInMessage(locale, connection.accountAddress));
  };
}
