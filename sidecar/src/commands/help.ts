import { codeText } from '../core/escape-markdown.ts';
import type { Caller, Reply } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';
import type { Parsed } from './parse.ts';
import { COMMANDS } from './table.ts';

/** `help`: lists the commands. */
export function help({ locale }: Caller): Reply {
  return { text: `${translatorFor(locale)('command.help.title')}\n\n${list(locale)}` };
}

/** Replies to an unknown command with the nearest one and the list. */
export function unknown({ locale }: Caller, words: Extract<Parsed, { unknown: string }>): Reply {
  const t = translatorFor(locale);
  const word = codeText(words.unknown);
  const sentence = words.nearest
    ? t('command.unknown.nearest', { word, nearest: words.nearest })
    : t('command.unknown', { word });
  return { text: `${sentence}\n\n${list(locale)}` };
}

/** Replies to a direct message that is no command with the words that are. */
export function notUnderstood({ locale }: Caller): Reply {
  const t = translatorFor(locale);
  const words = COMMANDS.map(({ phrases: [first], help: key }) => `- \`${first}\` – ${t(key)}`);
  return { text: `${t('command.talk.unknown')}\n\n${words.join('\n')}` };
}

function list(locale: string): string {
  return COMMANDS.map(({ usage, help: key }) => `- \`/msteams ${usage}\` – ${translatorFor(locale)(key)}`).join('\n');
}

/** *Why did I get this?*: the preference that a message was delivered by, and where to change it. */
export function why({ locale }: Caller, { when, mentioned }: { when: 'away' | 'always'; mentioned: boolean }): Reply {
  const t = translatorFor(locale);
  const sentences = [
    t(when === 'away' ? 'settings.why.away' : 'settings.why.always'),
    ...(mentioned ? [t('settings.why.mentioned')] : []),
    t('settings.why.change'),
  ];
  return { text: sentences.join(' ') };
}
