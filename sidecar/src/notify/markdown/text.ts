import { cleanText } from '../../core/escape-markdown.ts';
import { MAX_READ } from '../post/truncate.ts';
import type { Converted } from './html.ts';
import { addText, breakLine, createWriter, finish, isFull } from './writer.ts';

/** Plain text as Markdown that shows exactly this text: line breaks kept, special characters escaped. */
export function textToMarkdown(text: string, limit?: number): Converted {
  const writer = createWriter(limit);
  const shown = cleanText(text.slice(0, MAX_READ)).replace(/\r\n?/g, '\n');
  let at = 0;
  while (at <= shown.length && !isFull(writer)) {
    const end = shown.indexOf('\n', at);
    const next = end < 0 ? shown.length : end;
    addText(writer, shown.slice(at, next), { style: 0, link: null });
    breakLine(writer);
    at = next + 1;
  }
  return { markdown: finish(writer), complete: text.length <= MAX_READ && !isFull(writer) };
}
