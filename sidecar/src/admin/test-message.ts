import type { Catalogue } from '../core/i18n.ts';
import { languageOf } from '../core/i18n.ts';
import type { Reply } from '../core/types.ts';

const TEXTS: Catalogue<'text'> = {
  en: { text: '**This is a test.** The bot can write to you; Teams messages will arrive in this conversation.' },
  de: {
    text: '**Dies ist ein Test.** Der Bot kann Ihnen schreiben; Nachrichten aus Teams kommen in dieser Unterhaltung an.',
  },
};

/** What an administrator sends to oneself from the System Console. */
export function testReply(locale: string): Reply {
  return { text: TEXTS[languageOf(locale)].text };
}
