import { codeText } from '../core/escape-markdown.ts';
import type { Caller, Reply } from '../core/types.ts';
import type { Parsed } from './parse.ts';
import { COMMANDS } from './table.ts';
import { say } from './texts.ts';

/** `help`: every command of the table. */
export function help({ locale }: Caller): Reply {
  return { text: `${say(locale, 'help_title')}\n\n${list(locale)}` };
}

/** For words that are no command: the nearest one, and the list. */
export function unknown({ locale }: Caller, words: Extract<Parsed, { unknown: string }>): Reply {
  const word = codeText(words.unknown);
  const sentence = words.nearest
    ? say(locale, 'unknown_nearest', { word, nearest: words.nearest })
    : say(locale, 'unknown', { word });
  return { text: `${sentence}\n\n${list(locale)}` };
}

/** For what people write to the bot and it does not understand: the words that it does. */
export function notUnderstood({ locale }: Caller): Reply {
  const words = COMMANDS.map(({ phrases: [first], help: key }) => `- \`${first}\` – ${say(locale, key)}`);
  return { text: `${say(locale, 'talk_unknown')}\n\n${words.join('\n')}` };
}

function list(locale: string): string {
  return COMMANDS.map(({ usage, help: key }) => `- \`/msteams ${usage}\` – ${say(locale, key)}`).join('\n');
}
