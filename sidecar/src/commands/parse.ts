import { closest, distance } from 'fastest-levenshtein';
import type { Phrase } from './table.ts';
import { PHRASES } from './table.ts';

/** The text after `/msteams`, parsed: a phrase of the table, or unknown words (cut to 40 characters) with the nearest phrase, if one is near. */
export type Parsed = { phrase: Phrase } | { unknown: string; nearest: Phrase | null };

const SHOWN_CHARACTERS = 40;

/** Parses the text after `/msteams`. Case and extra spaces do not matter; an empty text means `help`. */
export function parse(text: string): Parsed {
  const words = text.trim().toLowerCase().split(/\s+/u).join(' ');
  if (words === '') return { phrase: 'help' };
  const phrase = PHRASES.find((one) => one === words);
  if (phrase) return { phrase };
  const unknown = [...words].slice(0, SHOWN_CHARACTERS).join('');
  return { unknown, nearest: nearest(unknown) };
}

/** The phrase with the smallest Levenshtein distance, when fewer than half of the characters typed differ. */
function nearest(words: string): Phrase | null {
  const found = closest(words, PHRASES);
  return PHRASES.find((phrase) => phrase === found && distance(words, phrase) * 2 < words.length) ?? null;
}
