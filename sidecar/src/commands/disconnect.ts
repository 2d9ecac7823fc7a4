import type { Caller, Reply } from '../core/types.ts';
import { accountOf } from './account.ts';
import type { CommandsDeps } from './ports.ts';
import { say } from './texts.ts';

/** `disconnect`: asks first, naming what stops. */
export async function askToDisconnect(deps: CommandsDeps, { userId, locale }: Caller): Promise<Reply> {
  const connection = await deps.connections.findByUser(userId);
  if (!connection) return { text: say(locale, 'disconnect_none') };
  return {
    text: say(locale, 'disconnect_question', { account: accountOf(connection) }),
    buttons: [
      { label: say(locale, 'button_disconnect'), style: 'danger', action: 'disconnect_confirm' },
      { label: say(locale, 'button_keep'), style: 'default', action: 'disconnect_cancel' },
    ],
  };
}

/** The confirmed disconnect; pressed twice, it says that there is nothing left to disconnect. */
export async function disconnect(deps: CommandsDeps, { userId, locale }: Caller): Promise<Reply> {
  const wasConnected = await deps.disconnect(userId);
  return {
    text: wasConnected ? say(locale, 'disconnect_done', { url: deps.accountUrl }) : say(locale, 'disconnect_none'),
  };
}

/** The declined disconnect. */
export async function keepConnected(deps: CommandsDeps, { userId, locale }: Caller): Promise<Reply> {
  const connection = await deps.connections.findByUser(userId);
  return { text: say(locale, connection ? 'disconnect_kept' : 'disconnect_none') };
}
