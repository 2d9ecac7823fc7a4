import type { Caller, Reply } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';
import { accountOf } from './account.ts';
import type { CommandsDeps } from './ports.ts';
import { relativeTime } from './relative-time.ts';

/** `connect`: a fresh one-time link, or the connected account and how to switch. */
export async function connect(deps: CommandsDeps, { userId, locale }: Caller): Promise<Reply> {
  const t = translatorFor(locale);
  const connection = await deps.connections.findByUser(userId);
  if (connection?.state === 'connected') {
    return { text: t('command.connect.already', { account: accountOf(connection) }) };
  }
  const { url, expiresAt } = await deps.startLink(userId);
  const values = { url, expires: relativeTime(expiresAt, deps.clock.now(), locale) };
  const text = connection
    ? t('command.connect.again', { ...values, account: accountOf(connection) })
    : t('command.connect.link', values);
  return { text, openUrl: url };
}

/** The reply of commands that need a connection when there is none. */
export function connectFirst(locale: string): Reply {
  const t = translatorFor(locale);
  return {
    text: t('command.connect.first'),
    buttons: [{ label: t('command.button.connect'), style: 'primary', action: 'connect' }],
  };
}
