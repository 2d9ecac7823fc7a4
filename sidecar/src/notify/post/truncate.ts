/** The longest text of a post, in Unicode code points (Mattermost `POST_MESSAGE_MAX_RUNES_V2`). */
export const MAX_RUNES = 16_383;

/** Characters read of a text, several times the 100 KB that a message in Teams can have: bounds the work. */
export const MAX_READ = 512 * 1_024;

/** Room for the closing of a cut text: a line break, quotes and indents, a fence of at most 41 backticks. */
const CLOSING = 128;

/** Code points of a text, counted no further than just past `enough`. */
export function countRunes(text: string, enough = Number.POSITIVE_INFINITY): number {
  let count = 0;
  for (let at = 0; at < text.length && count <= enough; count += 1) at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
  return count;
}

/** The first `max` code points of a text. */
export function headOf(text: string, max: number): string {
  if (text.length <= max) return text;
  let end = 0;
  for (let count = 0; count < max && end < text.length; count += 1)
    end += (text.codePointAt(end) ?? 0) > 0xffff ? 2 : 1;
  return text.slice(0, end);
}

/**
 * The first `max` code points of a Markdown text or a little less: cut at a line or word, with no half link, escape or entity at the end, and an
 * open code fence closed. `text` as it is when it fits.
 */
export function cutMarkdown(text: string, max: number): { text: string; cut: boolean } {
  if (text.length <= max || countRunes(text, max) <= max) return { text, cut: false };
  const whole = headOf(text, Math.max(0, max - CLOSING));
  const head = whole.slice(0, goodPlace(whole));
  const fence = openFence(head);
  return { text: fence === null ? closeMarks(head) : `${head.trimEnd()}\n${fence}`, cut: true };
}

/** Prefers a blank line, then a line, then a word, unless too much would be lost. */
function goodPlace(head: string): number {
  const least = Math.floor(head.length * 0.8);
  const blank = head.lastIndexOf('\n\n');
  if (blank >= least) return blank;
  const line = head.lastIndexOf('\n');
  if (line >= least) return line;
  const whole = wholeEnd(head);
  const word = head.lastIndexOf(' ', whole);
  return word >= least ? Math.min(word, wholeEnd(head.slice(0, word))) : whole;
}

/** Where the text ends without its unfinished link, escape or entity. */
function wholeEnd(head: string): number {
  const start = Math.max(head.lastIndexOf('\n') + 1, head.length - 8_192);
  const unescaped = head.slice(start).replace(/\\./g, '  ');
  const opened = /\[[^[\]]*(?:\](?:\([^)\s]*(?: "[^"]*)?)?)?$/.exec(unescaped);
  const link = opened && start + opened.index > 0 ? start + opened.index : head.length;
  const escaped = /(?:^|[^\\])((?:\\\\)*\\)$/.exec(head.slice(0, link).slice(-64));
  const tail = /&#?\w{0,31}$/.exec(head.slice(0, link).slice(-32));
  if (tail) return link - tail[0].length;
  return escaped ? link - 1 : link;
}

/** The closing line of the code fence that is open at the end, with its quote or list prefix; null when none is open. */
function openFence(head: string): string | null {
  let open: { prefix: string; fence: string } | null = null;
  for (const line of head.split('\n')) {
    const found = /^([> ]*)(`{3,})(.*)$/.exec(line);
    if (!found) continue;
    const [, prefix = '', fence = '', rest = ''] = found;
    if (open === null) open = { prefix, fence };
    else if (fence.length >= open.fence.length && rest === '') open = null;
  }
  return open === null ? null : open.prefix + open.fence;
}

/** Closes the code span or emphasis that the cut left open on the last line. */
function closeMarks(head: string): string {
  const text = head.trimEnd();
  const last = text.slice(text.lastIndexOf('\n') + 1);
  if (/^[> ]*`{3,}/.test(last)) return text;
  const span = openSpan(last);
  if (span !== '') {
    // Backticks at the end may be the beginning of the delimiter, or the one that opened the span with nothing behind it.
    const inside = text.replace(/[`\s]+$/, '');
    return openSpan(inside.slice(inside.lastIndexOf('\n') + 1)) === span ? inside + span : closeMarks(inside);
  }
  const plain = last.replace(/\\./g, '').replace(/`[^`]*`/g, '');
  const odd = (mark: RegExp) => (plain.match(mark)?.length ?? 0) % 2 === 1;
  return text + (odd(/(?<!\*)\*(?!\*)/g) ? '*' : '') + (odd(/~~/g) ? '~~' : '') + (odd(/\*\*/g) ? '**' : '');
}

/** The delimiter of the code span that is open at the end of a line, '' when none is. */
function openSpan(line: string): string {
  let open = '';
  for (const [, slashes = '', ticks = ''] of line.matchAll(/(\\*)(`+)/g)) {
    // Outside of code a backslash takes the first backtick away; inside it is only a character.
    if (open === '') open = slashes.length % 2 === 1 ? ticks.slice(1) : ticks;
    else if (open === ticks) open = '';
  }
  return open;
}
