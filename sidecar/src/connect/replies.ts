import type { Catalogue } from '../core/i18n.ts';
import { fill, languageOf } from '../core/i18n.ts';
import type { Connection, Reply, ReplyButton } from '../core/types.ts';

type Key =
  | 'connected'
  | 'offer'
  | 'reconnected_on'
  | 'reconnected_off'
  | 'enable'
  | 'not_now'
  | 'disconnected'
  | 'dead'
  | 'connect';

const TEXTS: Catalogue<Key> = {
  en: {
    connected: '**You are connected** with the Microsoft account {account}.',
    offer:
      'Would you like to get Teams chat messages here while you are away from Teams? Nothing is delivered until you say so. You can change this at any time with `/msteams notifications`.',
    reconnected_on: '**You are connected again** with the Microsoft account {account}. Notifications go on as before.',
    reconnected_off:
      '**You are connected again** with the Microsoft account {account}. Notifications are off; `/msteams notifications on` enables them.',
    enable: 'Enable notifications',
    not_now: 'Not now',
    disconnected:
      '**You are disconnected from Microsoft Teams.** Teams messages no longer arrive here, and the sign-in and everything that waited for you were deleted. `/msteams connect` connects you again.',
    dead: '**Your Microsoft sign-in ended** (account {account}), so Teams messages no longer arrive here. This happens after a password reset, when sign-ins were revoked, or when your organisation asks for a new sign-in. Connect again and everything goes on with the same settings.',
    connect: 'Connect again',
  },
  de: {
    connected: '**Sie sind verbunden** mit dem Microsoft-Konto {account}.',
    offer:
      'Möchten Sie Chatnachrichten aus Teams hier erhalten, wenn Sie in Teams gerade nicht aktiv sind? Vorher wird nichts zugestellt. Sie können das jederzeit mit `/msteams notifications` ändern.',
    reconnected_on:
      '**Sie sind wieder verbunden** mit dem Microsoft-Konto {account}. Benachrichtigungen kommen weiter wie bisher.',
    reconnected_off:
      '**Sie sind wieder verbunden** mit dem Microsoft-Konto {account}. Benachrichtigungen sind aus; `/msteams notifications on` schaltet sie ein.',
    enable: 'Benachrichtigungen einschalten',
    not_now: 'Jetzt nicht',
    disconnected:
      '**Sie sind von Microsoft Teams getrennt.** Nachrichten aus Teams kommen hier nicht mehr an; die Anmeldung und alles, was auf Sie wartete, wurde gelöscht. `/msteams connect` verbindet Sie wieder.',
    dead: '**Ihre Microsoft-Anmeldung ist beendet** (Konto {account}), daher kommen Nachrichten aus Teams hier nicht mehr an. Das geschieht nach dem Zurücksetzen des Kennworts, nach dem Widerruf von Anmeldungen oder wenn Ihre Organisation eine neue Anmeldung verlangt. Verbinden Sie sich erneut, und alles geht mit denselben Einstellungen weiter.',
    connect: 'Erneut verbinden',
  },
};

/** The bot's direct message after a first sign-in, with the question whether to deliver. */
export function connectedReply(locale: string, connection: Connection): Reply {
  const texts = TEXTS[languageOf(locale)];
  const buttons: ReplyButton[] = [
    { label: texts.enable, style: 'primary', action: 'notifications_on' },
    { label: texts.not_now, style: 'default', action: 'not_now' },
  ];
  const account = code(connection.accountAddress);
  return { text: `${fill(texts.connected, { account })}\n${texts.offer}`, buttons };
}

/** The bot's direct message after signing in again with the same account: settings stay as they were. */
export function reconnectedReply(locale: string, connection: Connection): Reply {
  const texts = TEXTS[languageOf(locale)];
  const text = connection.preferences.enabled ? texts.reconnected_on : texts.reconnected_off;
  return { text: fill(text, { account: code(connection.accountAddress) }) };
}

/** The bot's direct message that confirms a disconnect. */
export function disconnectedReply(locale: string): Reply {
  return { text: TEXTS[languageOf(locale)].disconnected };
}

/** The bot's direct message about a sign-in that ended, with a button that makes a fresh link. */
export function endedSignInReply(locale: string, accountAddress: string): Reply {
  const texts = TEXTS[languageOf(locale)];
  return {
    text: fill(texts.dead, { account: code(accountAddress) }),
    buttons: [{ label: texts.connect, style: 'primary', action: 'connect' }],
  };
}

/** Markdown code span, in which nothing of the text can mention, link or format. */
export function code(text: string): string {
  return `\`${text.replace(/[`\r\n]/g, '')}\``;
}
