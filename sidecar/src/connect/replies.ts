import type { Connection, Reply, ReplyButton } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';

/** The bot's direct message after a first sign-in, with the question whether to deliver. */
export function connectedReply(locale: string, connection: Connection): Reply {
  const t = translatorFor(locale);
  const buttons: ReplyButton[] = [
    { label: t('connect.enable'), style: 'primary', action: 'notifications_on' },
    { label: t('connect.notNow'), style: 'default', action: 'not_now' },
  ];
  const account = code(connection.accountAddress);
  return { text: `${t('connect.connected', { account })}\n${t('connect.offer')}`, buttons };
}

/** The bot's direct message after signing in again with the same account: settings stay as they were. */
export function reconnectedReply(locale: string, connection: Connection): Reply {
  const t = translatorFor(locale);
  const key = connection.preferences.enabled ? 'connect.reconnectedOn' : 'connect.reconnectedOff';
  return { text: t(key, { account: code(connection.accountAddress) }) };
}

/** The bot's direct message that confirms a disconnect. */
export function disconnectedReply(locale: string): Reply {
  return { text: translatorFor(locale)('connect.disconnected') };
}

/** The bot's direct message about a sign-in that ended, with a button that makes a fresh link. */
export function endedSignInReply(locale: string, accountAddress: string): Reply {
  const t = translatorFor(locale);
  return {
    text: t('connect.dead', { account: code(accountAddress) }),
    buttons: [{ label: t('connect.connect'), style: 'primary', action: 'connect' }],
  };
}

/** Markdown code span, in which nothing of the text can mention, link or format. */
export function code(text: string): string {
  return `\`${text.replace(/[`\r\n]/g, '')}\``;
}
