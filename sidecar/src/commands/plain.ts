import type { Connection } from '../core/types.ts';

/** What formats or links in the middle of a line; a backslash works for each in Mattermost's Markdown. */
const FORMATTING = /[\\`*_[\]#|~]/g;
/** A word joiner after these keeps mentions, channels, hashtags, emoji and autolinks from forming; an e-mail address forms none. */
const MARKS = /(?<![A-Za-z0-9])@|[~#:<]/g;
const WORD_JOINER = '\u2060';

/** Text from outside as it is: no formatting, no link, no mention. */
export function plain(text: string): string {
  return text
    .replace(/\s+/gu, ' ')
    .replace(FORMATTING, (character) => `\\${character}`)
    .replace(MARKS, (character) => `${character}${WORD_JOINER}`);
}

/** Words for a code span: without what would end it. */
export function code(text: string): string {
  return text.replace(/[`\s]+/gu, ' ').trim();
}

/** A Microsoft account for its owner: name in bold, and address. */
export function accountOf({ accountName, accountAddress }: Connection): string {
  return `**${plain(accountName)}** (${plain(accountAddress)})`;
}
