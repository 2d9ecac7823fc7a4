import type { Phrase } from './table.ts';
import { PHRASES } from './table.ts';

/** What was typed after `/msteams`: a phrase of the table, or unknown words with the nearest phrase, if one is near. */
export type Parsed = { phrase: Phrase } | { unknown: string; nearest: Phrase | null };

const SHOWN_CHARACTERS = 40;

/** Reads a command. Case and extra spaces do not matter; nothing at all means `help`. */
export function parse(text: string): Parsed {
  const words = text.trim().toLowerCase().split(/\s+/u).join(' ');
  if (words === '') return { phrase: 'help' };
  const phrase = PHRASES.find((one) => one === words);
  if (phrase) return { phrase };
  const unknown = [...words].slice(0, SHOWN_CHARACTERS).join('');
  return { unknown, nearest: nearest(unknown) };
}

/** The phrase with the fewest changes, when those are less than half of what was typed. */
function nearest(words: string): Phrase | null {
  let best: { phrase: Phrase; changes: number } | null = null;
  for (const phrase of PHRASES) {
    const changes = distance(words, phrase);
    if (!best || changes < best.changes) best = { phrase, changes };
  }
  return best && best.changes * 2 < words.length ? best.phrase : null;
}

/** Levenshtein distance: single-character insertions, deletions and replacements, one row of the matrix at a time. */
function distance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (const [index, character] of [...from].entries()) {
    const next = [index + 1];
    for (let column = 1; column <= to.length; column += 1) {
      const replaced = (row[column - 1] ?? 0) + (to[column - 1] === character ? 0 : 1);
      next.push(Math.min(replaced, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
