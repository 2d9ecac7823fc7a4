import assert from 'node:assert/strict';
import { compose } from '../../../sidecar/src/notify/post/compose.ts';
import { countRunes, MAX_RUNES } from '../../../sidecar/src/notify/post/truncate.ts';
import { inputOf } from './corpus.ts';

/** Composes a message and checks what must hold for every post. */
export function checkPost(message: Record<string, unknown>, chat: Record<string, unknown>): void {
  const { post, pictures } = compose(inputOf({ message, chat }));
  assert.ok(countRunes(post.message) <= MAX_RUNES, 'longer than a post may be');
  assert.ok(pictures.length <= 10, 'more pictures than a post holds');
  assert.ok(post.message.isWellFormed(), 'half a character');
  const prose = outsideCode(post.message);
  const seen = prose.replace(/\]\([^()\s]*(?: "[^"\n]*")?\)/g, ']');
  assert.doesNotMatch(seen, /(?<![a-z0-9])@[a-z0-9._-]/i, 'a mention');
  assert.doesNotMatch(seen, /(?<![a-z0-9])#\p{L}/iu, 'a hashtag');
  assert.doesNotMatch(seen, /(?<![a-z0-9])~[a-z0-9_-]/i, 'a channel link');
  assert.doesNotMatch(seen, /[a-z]:\/\/|\bwww\.[^\s\u2060]/i, 'a bare link');
  assert.doesNotMatch(prose, /!\[[^\]]*\]\(/, 'a picture that loads by itself');
  assert.doesNotMatch(prose, /\]\((?!https?:|mailto:|tel:|ftps?:|sips?:|msteams:)[^)]/i, 'a link with another scheme');
  assert.doesNotMatch(seen, /[\u202a-\u202e\u2066-\u2069\u200b]/, 'an invisible character');
  assert.equal(fences(post.message), 0, 'an open fence');
}

/** Stands for a tilde that was escaped while the others are read as strike-through. */
const ESCAPED_TILDE = '\ue000';

/** The text without code and escapes, where nothing is read as a mention. */
function outsideCode(markdown: string): string {
  let fence = '';
  const lines = markdown.split('\n').filter((line) => {
    const found = /^[> \d.-]*(`{3,})[^`]*$/.exec(line.replaceAll('\u2060', ''))?.[1];
    if (fence === '' && found !== undefined) fence = found;
    else if (fence !== '' && found !== undefined && found.length >= fence.length) fence = '';
    else return fence === '';
    return false;
  });
  const read = /\\([^\w\s])|(`+)(?!`)[\s\S]*?(?<!`)\2(?!`)/g;
  const text = lines.join('\n').replace(read, (_, escaped?: string) => {
    if (escaped === undefined) return '·';
    return escaped === '~' ? ESCAPED_TILDE : '·';
  });
  return text.replaceAll('~~', '').replaceAll(ESCAPED_TILDE, '~');
}

/** Fences that are open at the end. */
function fences(markdown: string): number {
  let open = '';
  for (const line of markdown.split('\n')) {
    const found = /^[> ]*(`{3,})(.*)$/.exec(line);
    if (!found) continue;
    if (open === '') open = found[1] ?? '';
    else if ((found[1] ?? '').length >= open.length && found[2] === '') open = '';
  }
  return open === '' ? 0 : 1;
}
