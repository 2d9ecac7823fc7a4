import type { Catalogue } from '../core/i18n.ts';
import { fill, languageOf } from '../core/i18n.ts';
import type { Reply } from '../core/types.ts';

const TEXTS: Catalogue<'one' | 'many' | 'at_least'> = {
  en: {
    one: 'While messages could not be fetched from Teams, **one more** arrived than is delivered here. You find it in Teams.',
    many: 'While messages could not be fetched from Teams, **{count} more** arrived than are delivered here. You find them in Teams.',
    at_least:
      'While messages could not be fetched from Teams, **more than {count} further messages** arrived than are delivered here. You find them in Teams.',
  },
  de: {
    one: 'Während aus Teams keine Nachrichten abgeholt werden konnten, kam **eine mehr** an, als hier zugestellt wird. Sie finden sie in Teams.',
    many: 'Während aus Teams keine Nachrichten abgeholt werden konnten, kamen **{count} mehr** an, als hier zugestellt werden. Sie finden sie in Teams.',
    at_least:
      'Während aus Teams keine Nachrichten abgeholt werden konnten, kamen **über {count} weitere** an, die hier nicht zugestellt werden. Sie finden sie in Teams.',
  },
};

/** Tells how many messages of a gap were left in Teams; `atLeast` when not all were counted. */
export function leftInTeamsReply(locale: string, { count, atLeast }: { count: number; atLeast: boolean }): Reply {
  const texts = TEXTS[languageOf(locale)];
  const text = atLeast ? texts.at_least : count === 1 ? texts.one : texts.many;
  return { text: fill(text, { count }) };
}
