import { Parser } from 'htmlparser2';
import { cleanText } from '../../core/escape-markdown.ts';
import { MAX_READ } from '../post/truncate.ts';
import { type Attributes, addWords, type Close, createHtmlState, type Embeds, type HtmlState } from './html-state.ts';
import { TAGS } from './tags.ts';
import { createWriter, finish, isFull } from './writer.ts';

/** Elements open at once beyond which reading stops: htmlparser2 moves its whole stack for each element. */
const MAX_DEPTH = 1_200;
/** Elements beyond which reading stops. The largest message Teams takes, 100 KB, holds no more, be they all `<br>`. */
const MAX_ELEMENTS = 25_600;
const CHUNK = 16_384;

/** Converted text. `complete` is false when the end was left out because nothing of it could be shown. */
export interface Converted {
  markdown: string;
  complete: boolean;
}

/**
 * Teams HTML as Mattermost Markdown. Takes any text, never throws, costs time linear in what it reads, and reads no more than can be shown.
 * https://learn.microsoft.com/graph/api/resources/chatmessage, `body`.
 */
export function htmlToMarkdown(html: string, embeds: Embeds, limit?: number): Converted {
  const writer = createWriter(limit);
  const state = createHtmlState(writer, embeds);
  const open: { name: string; close: Close | undefined; styled: Close | undefined }[] = [];
  let elements = 0;
  let deepest = 0;
  const parser = new Parser(
    {
      onopentag(name, attributes) {
        elements += 1;
        deepest = Math.max(deepest, open.length);
        open.push({ name, close: openTag(state, name, attributes), styled: openStyle(state, attributes) });
      },
      onclosetag(name) {
        if (open.at(-1)?.name !== name) return;
        const ending = open.pop();
        ending?.styled?.(state);
        ending?.close?.(state);
      },
      ontext: (text) => addWords(state, cleanText(text)),
    },
    { recognizeSelfClosing: true },
  );
  const end = Math.min(html.length, MAX_READ);
  let at = 0;
  while (at < end && !isFull(writer) && elements < MAX_ELEMENTS && deepest < MAX_DEPTH) {
    parser.write(html.slice(at, at + CHUNK));
    at += CHUNK;
  }
  parser.end();
  return { markdown: finish(writer), complete: at >= html.length && !isFull(writer) };
}

function openTag(state: HtmlState, name: string, attributes: Attributes): Close | undefined {
  return state.hidden > 0 ? undefined : TAGS.get(name)?.(state, attributes);
}

const STYLES: readonly [pattern: RegExp, key: 'bold' | 'italic' | 'strike' | 'hidden'][] = [
  [/font-weight\s*:\s*(?:bold|[6-9]00)/i, 'bold'],
  [/font-style\s*:\s*italic/i, 'italic'],
  [/text-decoration[\w-]*\s*:[^;]*line-through/i, 'strike'],
  [/display\s*:\s*none/i, 'hidden'],
];

/** Emphasis that pasted text carries as a style instead of an element. */
function openStyle(state: HtmlState, attributes: Attributes): Close | undefined {
  const { style } = attributes;
  if (style === undefined && attributes.hidden === undefined) return undefined;
  const keys = STYLES.filter(([pattern]) => style !== undefined && pattern.test(style)).map(([, key]) => key);
  if (attributes.hidden !== undefined) keys.push('hidden');
  if (keys.length === 0) return undefined;
  for (const key of keys) state[key] += 1;
  return (ending) => {
    for (const key of keys) ending[key] -= 1;
  };
}
