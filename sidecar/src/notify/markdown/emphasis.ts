import { JOINER } from '../../core/escape-markdown.ts';
import { BOLD, ITALIC, STRIKE } from './text-run.ts';

/** A finished piece of a line, waiting for its emphasis. */
export interface Piece {
  markdown: string;
  style: number;
}

/** Delimiters; of those that last equally long, the first stands outside. `*` also for italics: it works inside words, where `_` does not. */
type Mark = readonly [bit: number, mark: string];
// Mobile takes `~~` only beside a space or text, not between other delimiters.
const MARKS: readonly Mark[] = [
  [STRIKE, '~~'],
  [BOLD, '**'],
  [ITALIC, '*'],
];

const WORD = /[\p{L}\p{N}]/u;

/** A line of pieces with the least delimiters around them; those that stay open keep their order. */
export function emphasise(pieces: readonly Piece[]): string {
  const out: string[] = [];
  let open: readonly Mark[] = [];
  for (const [at, piece] of pieces.entries()) {
    open = turn(out, { open, pieces, at });
    // Two code spans side by side would share their delimiters.
    if (piece.markdown.startsWith('`') && out.at(-1)?.endsWith('`')) out.push(JOINER);
    if (piece.markdown !== '') out.push(piece.markdown);
  }
  turn(out, { open, pieces, at: pieces.length });
  return out.join('');
}

interface Change {
  open: readonly Mark[];
  pieces: readonly Piece[];
  /** The next piece; past the last one at the end. */
  at: number;
}

const NOTHING: Piece = { markdown: '', style: 0 };

/** Below 0 when the first style lasts longer from a piece on, 0 when both last equally long. */
function compareLasting({ pieces, at }: Change, [first]: Mark, [second]: Mark): number {
  for (let next = at + 1; ; next += 1) {
    const { style } = pieces[next] ?? NOTHING;
    if (!(style & first && style & second)) return Number(!(style & first)) - Number(!(style & second));
  }
}

/**
 * Closes and opens emphasis between two pieces, with a joiner where a delimiter would not count as one: beside words (CommonMark 0.31 §6.2),
 * on mobile around struck punctuation, in the web app before a quotation mark and where italics begin before bold or end after it.
 */
function turn(out: string[], change: Change): readonly Mark[] {
  const { markdown, style } = change.pieces[change.at] ?? NOTHING;
  const ending = change.open.findIndex(([bit]) => !(style & bit));
  const kept = ending < 0 ? change.open : change.open.slice(0, ending);
  const closed = change.open.slice(kept.length);
  const opened = MARKS.filter((mark) => style & mark[0] && !kept.includes(mark)).sort((first, second) =>
    compareLasting(change, first, second),
  );
  if (closed.length === 0 && opened.length === 0) return change.open;
  const inside = out.at(-1)?.at(-1) ?? '';
  const first = markdown.charAt(0);
  const turns = closed.length > 0 && opened.length > 0;
  if (closed.length > 0 && !WORD.test(inside) && (turns || closed.length > 1 || WORD.test(first))) out.push(JOINER);
  for (const [, mark] of closed.toReversed()) {
    if (mark === '*' && out.at(-1) === '**') out.push(JOINER);
    out.push(mark);
  }
  if (turns) out.push(JOINER);
  for (const [, mark] of opened) {
    if (mark === '**' && out.at(-1) === '*') out.push(JOINER);
    out.push(mark);
  }
  const quotes = /["<]/.test(first) && opened.some(([bit]) => bit === ITALIC);
  const strikes = /\S/.test(inside) && opened.some(([bit]) => bit === STRIKE);
  const crowded = turns || quotes || strikes || opened.length > 1 || WORD.test(inside);
  if (opened.length > 0 && !WORD.test(first) && crowded) out.push(JOINER);
  return [...kept, ...opened];
}
