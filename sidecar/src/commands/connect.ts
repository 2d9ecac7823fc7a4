import type { Caller, Reply } from '../core/types.ts';
import { accountOf } from './account.ts';
import type { CommandsDeps } from './ports.ts';
import { relativeTime } from './relative-time.ts';
import { say } from './texts.ts';

/** `connect`: a one-time link made now, or which account is connected and how to switch. */
export async function connect(deps: CommandsDeps, { userId, locale }: Caller): Promise<Reply> {
  const connection = await deps.connections.findByUser(userId);
  if (connection?.state === 'connected') {
    return { text: say(locale, 'connect_already', { account: accountOf(connection) }) };
  }
  const { url, expiresAt } = await deps.startLink(userId);
  const values = { url, expires: relativeTime(expiresAt, deps.clock.now(), locale) };
  const text = connection
    ? say(locale, 'connect_again', { ...values, account: accountOf(connection) })
    : say(locale, 'connect_link', values);
  return { text, openUrl: url };
}

/** What every command that needs a connection says without one. */
export function connectFirst(locale: string): Reply {
  return {
    text: say(locale, 'connect_first'),
    buttons: [{ label: say(locale, 'button_connect'), style: 'primary', action: 'connect' }],
  };
}
