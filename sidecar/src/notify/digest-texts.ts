import type { Catalogue } from '../core/i18n.ts';
import { fill, languageOf } from '../core/i18n.ts';

type Key = 'title_one' | 'title' | 'chat_one' | 'chat' | 'more' | 'mentioned' | 'direct' | 'others' | 'settings';

const TEXTS: Catalogue<Key> = {
  en: {
    title_one: '**During your quiet hours, one message arrived in Teams.**',
    title: '**During your quiet hours, {count} messages arrived in Teams.**',
    chat_one: '1 message',
    chat: '{count} messages',
    more: 'and {count} more chats. Open Teams to see them all.',
    mentioned: 'mentions you',
    direct: 'direct chat',
    others: 'and others',
    settings: 'The texts stay in Teams. Change your quiet hours with `/msteams notifications`.',
  },
  de: {
    title_one: '**Während Ihrer Ruhezeit ist in Teams eine Nachricht angekommen.**',
    title: '**Während Ihrer Ruhezeit sind in Teams {count} Nachrichten angekommen.**',
    chat_one: '1 Nachricht',
    chat: '{count} Nachrichten',
    more: 'und {count} weitere Chats. In Teams sehen Sie alle.',
    mentioned: 'erwähnt Sie',
    direct: 'Direktchat',
    others: 'und andere',
    settings: 'Die Texte bleiben in Teams. Ihre Ruhezeit finden Sie in den Einstellungen: `/msteams notifications`.',
  },
};

/** A text of the digest with its values filled in. */
export function digestText(locale: string, key: Key, values: Record<string, string | number> = {}): string {
  return fill(TEXTS[languageOf(locale)][key], values);
}
