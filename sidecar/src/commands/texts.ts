import type { Catalogue } from '../core/i18n.ts';
import { fill, languageOf } from '../core/i18n.ts';

type Key =
  | 'help_title'
  | 'help_connect'
  | 'help_disconnect'
  | 'help_status'
  | 'help_notifications'
  | 'help_notifications_change'
  | 'help_mute'
  | 'help_unmute'
  | 'help_help'
  | 'unknown'
  | 'unknown_nearest'
  | 'talk_unknown'
  | 'connect_link'
  | 'connect_again'
  | 'connect_already'
  | 'connect_first'
  | 'button_connect'
  | 'disconnect_none'
  | 'disconnect_question'
  | 'disconnect_done'
  | 'disconnect_kept'
  | 'button_disconnect'
  | 'button_keep'
  | 'status_title'
  | 'status_connected'
  | 'status_reconnect'
  | 'status_account'
  | 'status_notifications'
  | 'status_feed_healthy'
  | 'status_feed_expired'
  | 'status_feed_missing'
  | 'status_feed_stopped'
  | 'status_delivery'
  | 'status_delivery_none'
  | 'status_renewal'
  | 'status_error'
  | 'status_error_none'
  | 'notifications_off'
  | 'notifications_away'
  | 'notifications_always'
  | 'notifications_later'
  | 'button_on'
  | 'button_off'
  | 'button_away'
  | 'button_always'
  | 'mode_off'
  | 'mode_away'
  | 'mode_always';

/** A text of the commands with its values filled in, in the language of a Mattermost locale. */
export function say(locale: string, key: Key, values: Record<string, string | number> = {}): string {
  return fill(TEXTS[languageOf(locale)][key], values);
}

/** Every text of the commands. Values from outside must be made plain first (see `plain`). */
export const TEXTS: Catalogue<Key> = {
  en: {
    help_title: '**Microsoft Teams for Mattermost** brings your Teams chat messages here as direct messages.',
    help_connect: 'Connect your Microsoft account',
    help_disconnect: 'Disconnect your Microsoft account',
    help_status: 'Show whether everything works',
    help_notifications: 'Show your notification settings',
    help_notifications_change: 'Change or show your notification settings',
    help_mute: 'Mute a chat for a while or for good',
    help_unmute: 'Show the muted chats and unmute them',
    help_help: 'Show this list',
    talk_unknown: 'I understand a few words only. Nothing that is written here goes to Teams.',
    unknown: 'There is no command `/msteams {word}`.',
    unknown_nearest: 'There is no command `/msteams {word}`. Did you mean `/msteams {nearest}`?',
    connect_link:
      '**[Connect your Microsoft account]({url})** to receive Teams chat messages here. The link is for you only, works once and expires {expires}.',
    connect_again:
      'Your sign-in as {account} no longer works. **[Sign in to Microsoft again]({url})** to receive Teams chat messages here. The link is for you only, works once and expires {expires}.',
    connect_already:
      'You are connected to Microsoft Teams as {account}. To use another Microsoft account, run `/msteams disconnect` and then `/msteams connect`.',
    connect_first: 'You are not connected to Microsoft Teams. Run `/msteams connect` to start.',
    button_connect: 'Connect',
    disconnect_none: 'You are not connected to Microsoft Teams, so there is nothing to disconnect.',
    disconnect_question:
      'Disconnect {account}? You will no longer receive Teams chat messages here, messages that are still on their way are dropped, and your Microsoft sign-in is deleted. What has already arrived stays.',
    disconnect_done:
      'You are disconnected from Microsoft Teams, and your sign-in is deleted here. To withdraw your consent at Microsoft as well, open [your Microsoft apps]({url}).',
    disconnect_kept: 'Nothing was changed: you are still connected to Microsoft Teams.',
    button_disconnect: 'Disconnect',
    button_keep: 'Stay connected',
    status_title: '**Microsoft Teams**',
    status_connected: 'Connection: connected {since}',
    status_reconnect: 'Connection: sign-in needed, run `/msteams connect`',
    status_account: 'Microsoft account: {account}',
    status_notifications: 'Notifications: {mode}',
    status_feed_healthy: 'Feed: healthy',
    status_feed_expired: 'Feed: interrupted, it is being restored automatically',
    status_feed_missing: 'Feed: not set up yet, it is tried again automatically',
    status_feed_stopped: 'Feed: stopped until you sign in again',
    status_delivery: 'Last notification: {when}',
    status_delivery_none: 'Last notification: none yet',
    status_renewal: 'Next renewal: {when}',
    status_error: 'Last error, {when}: {problem}',
    status_error_none: 'Last error: none',
    notifications_off: 'Notifications are **off**: no Teams chat messages are delivered here.',
    notifications_away:
      'Notifications are **on**: Teams chat messages are delivered here **while you are not active in Teams**.',
    notifications_always: 'Notifications are **on**: Teams chat messages are **always** delivered here.',
    notifications_later:
      'All right, nothing is delivered for now. Run `/msteams notifications on` whenever you change your mind.',
    button_on: 'Turn on',
    button_off: 'Turn off',
    button_away: 'Only when away',
    button_always: 'Always deliver',
    mode_off: 'off',
    mode_away: 'on, while you are not active in Teams',
    mode_always: 'on, always',
  },
  de: {
    help_title:
      '**Microsoft Teams für Mattermost** bringt Ihre Chat-Nachrichten aus Teams als Direktnachrichten hierher.',
    help_connect: 'Ihr Microsoft-Konto verbinden',
    help_disconnect: 'Ihr Microsoft-Konto trennen',
    help_status: 'Zeigen, ob alles funktioniert',
    help_notifications: 'Ihre Einstellungen für Benachrichtigungen zeigen',
    help_notifications_change: 'Ihre Einstellungen für Benachrichtigungen ändern oder zeigen',
    help_mute: 'Einen Chat eine Zeit lang oder dauerhaft stummschalten',
    help_unmute: 'Stummgeschaltete Chats zeigen und die Stummschaltung aufheben',
    help_help: 'Diese Liste zeigen',
    talk_unknown: 'Ich verstehe nur ein paar Wörter. Nichts, was hier geschrieben wird, geht nach Teams.',
    unknown: 'Den Befehl `/msteams {word}` gibt es nicht.',
    unknown_nearest: 'Den Befehl `/msteams {word}` gibt es nicht. Meinten Sie `/msteams {nearest}`?',
    connect_link:
      '**[Verbinden Sie Ihr Microsoft-Konto]({url})**, um Chat-Nachrichten aus Teams hier zu erhalten. Der Link gilt nur für Sie und nur einmal, und er läuft {expires} ab.',
    connect_again:
      'Ihre Anmeldung als {account} gilt nicht mehr. **[Melden Sie sich neu bei Microsoft an]({url})**, um Chat-Nachrichten aus Teams hier zu erhalten. Der Link gilt nur für Sie und nur einmal, und er läuft {expires} ab.',
    connect_already:
      'Sie sind mit Microsoft Teams verbunden als {account}. Für ein anderes Microsoft-Konto führen Sie `/msteams disconnect` und danach `/msteams connect` aus.',
    connect_first: 'Sie sind nicht mit Microsoft Teams verbunden. Mit `/msteams connect` beginnen Sie.',
    button_connect: 'Verbinden',
    disconnect_none: 'Sie sind nicht mit Microsoft Teams verbunden, es gibt also nichts zu trennen.',
    disconnect_question:
      '{account} trennen? Sie erhalten hier dann keine Chat-Nachrichten aus Teams mehr, noch nicht zugestellte Nachrichten entfallen, und Ihre Anmeldung bei Microsoft wird gelöscht. Was schon angekommen ist, bleibt.',
    disconnect_done:
      'Sie sind von Microsoft Teams getrennt, und Ihre Anmeldung ist hier gelöscht. Um auch Ihre Zustimmung bei Microsoft zurückzuziehen, öffnen Sie [Ihre Microsoft-Apps]({url}).',
    disconnect_kept: 'Es wurde nichts geändert: Sie sind weiter mit Microsoft Teams verbunden.',
    button_disconnect: 'Trennen',
    button_keep: 'Verbunden bleiben',
    status_title: '**Microsoft Teams**',
    status_connected: 'Verbindung: verbunden, {since}',
    status_reconnect: 'Verbindung: Anmeldung nötig, führen Sie `/msteams connect` aus',
    status_account: 'Microsoft-Konto: {account}',
    status_notifications: 'Benachrichtigungen: {mode}',
    status_feed_healthy: 'Empfang: in Ordnung',
    status_feed_expired: 'Empfang: unterbrochen, wird von selbst wiederhergestellt',
    status_feed_missing: 'Empfang: noch nicht eingerichtet, wird von selbst wieder versucht',
    status_feed_stopped: 'Empfang: angehalten, bis Sie sich neu anmelden',
    status_delivery: 'Letzte Benachrichtigung: {when}',
    status_delivery_none: 'Letzte Benachrichtigung: noch keine',
    status_renewal: 'Nächste Erneuerung: {when}',
    status_error: 'Letzter Fehler, {when}: {problem}',
    status_error_none: 'Letzter Fehler: keiner',
    notifications_off: 'Benachrichtigungen sind **aus**: Es werden keine Chat-Nachrichten aus Teams zugestellt.',
    notifications_away:
      'Benachrichtigungen sind **an**: Chat-Nachrichten aus Teams werden zugestellt, **solange Sie nicht in Teams aktiv sind**.',
    notifications_always: 'Benachrichtigungen sind **an**: Chat-Nachrichten aus Teams werden **immer** zugestellt.',
    notifications_later:
      'In Ordnung, vorerst wird nichts zugestellt. Mit `/msteams notifications on` schalten Sie die Benachrichtigungen jederzeit ein.',
    button_on: 'Einschalten',
    button_off: 'Ausschalten',
    button_away: 'Nur bei Abwesenheit',
    button_always: 'Immer zustellen',
    mode_off: 'aus',
    mode_away: 'an, solange Sie nicht in Teams aktiv sind',
    mode_always: 'an, immer',
  },
};
