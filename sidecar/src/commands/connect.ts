import type { Caller, Reply } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';
import { accountOf } from './account.ts';
import type { CommandsDeps } from './ports.ts';
import { relativeTime } from './relative-time.ts';

/** `connect`: a one-time link made now, or which account is connected and how to switch. */
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

/** What every command that needs a connection says without one. */
export function connectFirst(locale: string): Reply {
  const t = translatorFor(locale);
  return {
    text: t('command.connect.first'),
    buttons: [{ label: t('command.button.connect'), style: 'primary', action: 'connect' }],
  };
}
