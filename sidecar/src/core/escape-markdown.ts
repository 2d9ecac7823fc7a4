/** U+2060 WORD JOINER: invisible, never breaks a line, and no Mattermost pattern for mentions, channels, hashtags or addresses matches across it. */
export const JOINER = '\u2060';

/**
 * Control characters, bidirectional overrides and isolates, and zero-width characters. U+200C and U+200D stay: Persian and emoji need them.
 * U+2424 goes because Mattermost's web parser turns it into a line break.
 */
const UNSEEN = String.raw`[[\p{Cc}--[\t\n\r]]\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\u2424\ufeff]`;
const ANY_UNSEEN = new RegExp(UNSEEN, 'v');
const ALL_UNSEEN = new RegExp(`${UNSEEN}+`, 'gv');

/** Text without characters that are invisible or that reorder their surroundings. */
export function cleanText(text: string): string {
  return ANY_UNSEEN.test(text) ? text.replace(ALL_UNSEEN, '') : text;
}

/** Where a piece of text stands: the visible characters beside it ('' at the edge of a line), and what it is inside of. */
export interface Place {
  before: string;
  after: string;
  /** Inside a table cell, where `|` ends the cell. */
  table: boolean;
  /** Inside the text of a link, where `[` and `]` must not count. */
  link: boolean;
}

const SPECIAL = /[\\`[\]|<&]|\*+|_+|~+|@|#|:(?=(?:[0-9_+-]*[a-z][a-z0-9_+-]*|100|1234|[+-]1):|\/\/)|\bwww\./gi;
const ASCII_WORD = /[a-z0-9]/i;
const ASCII_PUNCTUATION = /[!-/:-@[-`{-~]/;

/**
 * Escapes what Mattermost would read as Markdown, and puts a joiner where it would make a mention, channel link, hashtag, emoji or bare link.
 * Bare links are broken on purpose: Mattermost's server fetches a preview for the first bare link of a post, never for `[text](target)`.
 * Source: Mattermost `post_metadata.go` `getFirstLinkAndImages`, `utils/constants.tsx` `MENTIONS_REGEX`.
 */
export function escapeText(text: string, place: Place): string {
  return text.replace(SPECIAL, (found: string, offset: number) => {
    const end = offset + found.length;
    return escapeOne(found, {
      before: offset > 0 ? text.charAt(offset - 1) : place.before,
      after: end < text.length ? text.charAt(end) : place.after,
      table: place.table,
      link: place.link,
      text,
      end,
    });
  });
}

/** A special character in its text; `end` is where it ends there. */
interface Found extends Place {
  text: string;
  end: number;
}

const ENTITY_REST = /#?\w{1,31};/y;

function isEntity({ text, end }: Found): boolean {
  ENTITY_REST.lastIndex = end;
  return ENTITY_REST.test(text);
}

function escapeOne(found: string, at: Found): string {
  switch (found.charAt(0)) {
    case '*':
      return '\\*'.repeat(found.length);
    case '_':
      return escapeUnderscores(found, at);
    case '~':
      return escapeTildes(found, at);
    case '`':
      return '\\`';
    case '\\':
      // At the end of a run a delimiter may follow.
      return at.end === at.text.length || ASCII_PUNCTUATION.test(at.after) ? '\\\\' : '\\';
    case '[':
      return '\\[';
    case ']':
      return at.link || /[([:]/.test(at.after) ? '\\]' : ']';
    case '|':
      return at.table ? '\\|' : '|';
    case '<':
      return /[a-z/!?[]/i.test(at.after) ? '&lt;' : '<';
    case '&':
      return isEntity(at) ? '&amp;' : '&';
    case '@':
      return !ASCII_WORD.test(at.before) && /[\w.-]/.test(at.after) ? `@${JOINER}` : '@';
    case '#':
      return !ASCII_WORD.test(at.before) && /\p{L}/u.test(at.after) ? `#${JOINER}` : '#';
    default:
      return found + JOINER;
  }
}

/** Two strike text out; the last one before a word links a channel, unless it stands inside a word. */
function escapeTildes(found: string, at: Found): string {
  const alone = found.length === 1;
  const links = /[\w-]/.test(at.after) && !(alone && ASCII_WORD.test(at.before));
  // At the edge of a run a delimiter may stand beside it.
  const edge = at.end === at.text.length || at.before === '';
  return (alone && !edge ? '~' : '\\~'.repeat(found.length)) + (links ? JOINER : '');
}

/** Underscores inside a word never open emphasis, so `snake_case` stays as it is. */
function escapeUnderscores(found: string, at: Place): string {
  const inside = found.length === 1 && ASCII_WORD.test(at.before) && ASCII_WORD.test(at.after);
  return inside ? found : '\\_'.repeat(found.length);
}

const LINE_START = /^(?:#{1,6}(?=\s|$)|>|[-+](?=\s|$)|(?=[-|: ]*-)[-|: ]+$|=+\s*$|`{3}|\d{1,9}(?=[.)](?:\s|$)))/;

/** Escapes what only means something at the start of a line: headings, quotes, list markers, rules, table rulers, code spans of three backticks. */
export function escapeLineStart(line: string): string {
  const found = LINE_START.exec(line)?.[0];
  if (found === undefined) return line;
  if (/^\d/.test(found)) return `${found}\\${line.slice(found.length)}`;
  if (/^[=`]/.test(found)) return JOINER + line;
  if (/^[|: ]/.test(found)) return line.replace('-', '\\-');
  return `\\${line}`;
}

/** Text from outside as one line of Markdown that shows exactly it: no formatting, no link, no mention. E-mail addresses stay as they are. */
export function escapeInline(text: string): string {
  return escapeText(text.replace(/\s+/gu, ' '), { before: '', after: '', table: false, link: true });
}

/** Text for the inside of a code span: on one line, without backticks, which would end the span. */
export function codeText(text: string): string {
  return text.replace(/[`\s]+/gu, ' ').trim();
}

/** A name or topic as plain text on one line, of at most `max` characters. */
export function oneLine(text: string, max = 120): string {
  return cutCharacters(cleanText(text).replace(/\s+/g, ' ').trim(), max);
}

/** A name, topic or file name as one harmless line of Markdown: no emphasis, no link, no mention, at most `max` characters. */
export function plainName(name: string, max = 120): string {
  const short = roundBrackets(oneLine(name, max));
  const escaped = escapeText(short, { before: '', after: '', table: false, link: true });
  return escaped.replace(/@(?!\u2060)/g, `@${JOINER}`);
}

/** Square brackets that are unpaired or nested would end a link's text early in Mattermost's web parser, escaped or not; they become round. */
export function roundBrackets(text: string): string {
  return /^(?:[^[\]]|\[[^[\]]*\])*$/.test(text) ? text : text.replaceAll('[', '(').replaceAll(']', ')');
}

function cutCharacters(text: string, max: number): string {
  if (text.length <= max) return text;
  const characters = Array.from(text.slice(0, max * 2));
  return characters.length <= max ? characters.join('') : `${characters.slice(0, max - 1).join('')}…`;
}
