import type { Catalogue } from '../core/i18n.ts';
import { fill, languageOf } from '../core/i18n.ts';

type Key =
  | 'oneOnOne_all'
  | 'oneOnOne_none'
  | 'group_all'
  | 'group_mentions'
  | 'group_none'
  | 'meeting_all'
  | 'meeting_mentions'
  | 'meeting_none'
  | 'fold_on'
  | 'fold_off'
  | 'quiet_off'
  | 'quiet_on'
  | 'muted_none'
  | 'muted_some'
  | 'until'
  | 'for_good'
  | 'menu_oneOnOne'
  | 'menu_group'
  | 'menu_meeting'
  | 'menu_quiet'
  | 'menu_unmute'
  | 'choice_all'
  | 'choice_mentions'
  | 'choice_none'
  | 'choice_quiet_off'
  | 'button_fold_on'
  | 'button_fold_off'
  | 'mute_title'
  | 'mute_nothing'
  | 'mute_done'
  | 'mute_unknown_chat'
  | 'unmute_title'
  | 'unmute_nothing'
  | 'unmute_done'
  | 'span_hour'
  | 'span_tomorrow'
  | 'span_good'
  | 'button_unmute'
  | 'why_away'
  | 'why_always'
  | 'why_mentioned'
  | 'why_change';

/** A text about settings with its values filled in, in the language of a Mattermost locale. */
export function tell(locale: string, key: Key, values: Record<string, string | number> = {}): string {
  return fill(SETTINGS_TEXTS[languageOf(locale)][key], values);
}

/** The texts about settings and muted chats. Values from outside must be made plain first (see `plain`). */
export const SETTINGS_TEXTS: Catalogue<Key> = {
  en: {
    oneOnOne_all: 'One-to-one chats: all messages',
    oneOnOne_none: 'One-to-one chats: nothing',
    group_all: 'Group chats: all messages',
    group_mentions: 'Group chats: only when you are mentioned',
    group_none: 'Group chats: nothing',
    meeting_all: 'Meeting chats: all messages',
    meeting_mentions: 'Meeting chats: only when you are mentioned',
    meeting_none: 'Meeting chats: nothing',
    fold_on: 'Several messages in a row from one chat: together in one post',
    fold_off: 'Several messages in a row from one chat: a post for each',
    quiet_off: 'Quiet hours: none',
    quiet_on: 'Quiet hours: {from} to {to} ({zone}), summary at {digest}',
    muted_none: 'Muted chats: none',
    muted_some: 'Muted chats: {chats}',
    until: 'until {time}',
    for_good: 'for good',
    menu_oneOnOne: 'One-to-one chats',
    menu_group: 'Group chats',
    menu_meeting: 'Meeting chats',
    menu_quiet: 'Quiet hours',
    menu_unmute: 'Unmute a chat',
    choice_all: 'All messages',
    choice_mentions: 'Only when I am mentioned',
    choice_none: 'Nothing',
    choice_quiet_off: 'No quiet hours',
    button_fold_on: 'Put several messages together',
    button_fold_off: 'A post for each message',
    mute_title: 'Which chat do you want to mute? Messages that mention you still arrive.',
    mute_nothing: 'No chat message has arrived here yet, so there is no chat to mute.',
    mute_done: '**{chat}** is muted {until}. Messages that mention you still arrive. `/msteams unmute` ends it.',
    mute_unknown_chat: 'a Teams chat',
    unmute_title: 'These chats are muted:',
    unmute_nothing: 'No chat is muted. `/msteams mute` shows the chats that can be.',
    unmute_done: '**{chat}** is no longer muted.',
    span_hour: 'For 1 hour',
    span_tomorrow: 'Until tomorrow',
    span_good: 'For good',
    button_unmute: 'Unmute {chat}',
    why_away: 'You got this because notifications are on and you were not active in Teams when the message arrived.',
    why_always: 'You got this because you chose to always get Teams messages here.',
    why_mentioned: 'It also mentions you, so it comes through even when the chat is muted.',
    why_change: 'Change what arrives with `/msteams notifications`, or mute this chat with `/msteams mute`.',
  },
  de: {
    oneOnOne_all: 'Direktchats: alle Nachrichten',
    oneOnOne_none: 'Direktchats: nichts',
    group_all: 'Gruppenchats: alle Nachrichten',
    group_mentions: 'Gruppenchats: nur, wenn Sie erwähnt werden',
    group_none: 'Gruppenchats: nichts',
    meeting_all: 'Besprechungschats: alle Nachrichten',
    meeting_mentions: 'Besprechungschats: nur, wenn Sie erwähnt werden',
    meeting_none: 'Besprechungschats: nichts',
    fold_on: 'Mehrere Nachrichten eines Chats kurz nacheinander: zusammen in einem Beitrag',
    fold_off: 'Mehrere Nachrichten eines Chats kurz nacheinander: je ein Beitrag',
    quiet_off: 'Ruhezeit: keine',
    quiet_on: 'Ruhezeit: {from} bis {to} Uhr ({zone}), Zusammenfassung um {digest} Uhr',
    muted_none: 'Stummgeschaltete Chats: keine',
    muted_some: 'Stummgeschaltete Chats: {chats}',
    until: 'bis {time}',
    for_good: 'dauerhaft',
    menu_oneOnOne: 'Direktchats',
    menu_group: 'Gruppenchats',
    menu_meeting: 'Besprechungschats',
    menu_quiet: 'Ruhezeit',
    menu_unmute: 'Stummschaltung aufheben',
    choice_all: 'Alle Nachrichten',
    choice_mentions: 'Nur, wenn ich erwähnt werde',
    choice_none: 'Nichts',
    choice_quiet_off: 'Keine Ruhezeit',
    button_fold_on: 'Mehrere Nachrichten zusammenfassen',
    button_fold_off: 'Jede Nachricht einzeln',
    mute_title: 'Welchen Chat möchten Sie stummschalten? Nachrichten, die Sie erwähnen, kommen weiter an.',
    mute_nothing: 'Hier ist noch keine Chat-Nachricht angekommen, es gibt also keinen Chat zum Stummschalten.',
    mute_done:
      '**{chat}** ist {until} stummgeschaltet. Nachrichten, die Sie erwähnen, kommen weiter an. `/msteams unmute` hebt das auf.',
    mute_unknown_chat: 'ein Chat in Teams',
    unmute_title: 'Diese Chats sind stummgeschaltet:',
    unmute_nothing: 'Kein Chat ist stummgeschaltet. `/msteams mute` zeigt, welche es sein können.',
    unmute_done: '**{chat}** ist nicht mehr stummgeschaltet.',
    span_hour: 'Für 1 Stunde',
    span_tomorrow: 'Bis morgen',
    span_good: 'Dauerhaft',
    button_unmute: 'Stummschaltung aufheben: {chat}',
    why_away:
      'Sie haben das erhalten, weil Benachrichtigungen eingeschaltet sind und Sie in Teams nicht aktiv waren, als die Nachricht ankam.',
    why_always: 'Sie haben das erhalten, weil Sie gewählt haben, dass Nachrichten aus Teams immer hier ankommen.',
    why_mentioned: 'Außerdem werden Sie darin erwähnt; solche Nachrichten kommen auch aus stummgeschalteten Chats an.',
    why_change:
      'Was ankommt, ändern Sie mit `/msteams notifications`; diesen Chat schalten Sie mit `/msteams mute` stumm.',
  },
};
