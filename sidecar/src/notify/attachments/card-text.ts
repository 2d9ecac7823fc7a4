import { cleanText, JOINER } from '../../core/escape-markdown.ts';
import { addBlock } from '../markdown/blocks.ts';
import { BOLD, ITALIC, type Link, STRIKE } from '../markdown/text-run.ts';
import {
  addText,
  breakBlock,
  breakLine,
  isFull,
  popPrefix,
  pushPrefix,
  setGap,
  type Writer,
} from '../markdown/writer.ts';

const MARKUP =
  /\[([^[\]\n]{1,500})\]\(([^\s()]{1,2000}(?:\([^\s()]{0,200}\)[^\s()]{0,500})?)(?:\s+"[^"\n]{0,200}")?\)|\*\*([^*\n]{1,2000})\*\*|(?<![\w*])\*([^*\s][^*\n]{0,2000})\*(?!\w)|(?<!\w)_([^_\s][^_\n]{0,2000})_(?!\w)|~~([^~\n]{1,2000})~~|<at(?:\s[^<>]{0,200})?>([^<>\n]{1,200})<\/at>/gi;
const DATE = /\{\{(?:DATE|TIME)\(([^(){}\n]{1,60})\)\}\}/gi;

/**
 * The Markdown of card texts (bold, italic, strike, links, lists), parsed and written anew, never passed through.
 * https://learn.microsoft.com/adaptive-cards/authoring-cards/text-features,
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-format.
 */
export function addCardText(writer: Writer, text: string, style = 0): void {
  if (isFull(writer)) return;
  const shown = cleanText(text.slice(0, writer.limit)).replace(DATE, (_, value: string) =>
    (value.split(',')[0] ?? '').trim(),
  );
  let list = '';
  for (const line of shown.split(/\r\n|\r|\n/)) {
    if (line.trim() === '' && list !== '') continue;
    const [, bullet, number, item = ''] = /^\s*(?:([-*+])|(\d{1,9})[.)])\s+(.*)$/.exec(line) ?? [];
    const kind = bullet ? 'bullets' : number ? 'numbers' : '';
    if (kind !== list) breakBlock(writer, 2);
    if (kind !== '' && list !== '' && kind !== list) addBlock(writer, JOINER);
    list = kind;
    if (kind !== '') addItem(writer, { marker: bullet ? '- ' : `${number}. `, text: item, style });
    else addMarkup(writer, line.trim(), { style, link: null, depth: 0 });
    if (kind === '') breakLine(writer);
  }
  if (list !== '') breakBlock(writer, 2);
}

function addItem(writer: Writer, item: { marker: string; text: string; style: number }): void {
  const pushed = pushPrefix(writer, '    ', item.marker);
  addMarkup(writer, item.text, { style: item.style, link: null, depth: 0 });
  if (pushed) popPrefix(writer);
  setGap(writer, 1);
}

function addMarkup(writer: Writer, text: string, look: { style: number; link: Link | null; depth: number }): void {
  let done = 0;
  const found = look.depth > 3 ? [] : text.matchAll(MARKUP);
  for (const match of found) {
    addText(writer, text.slice(done, match.index), look);
    done = match.index + match[0].length;
    const [, linkText, target, bold, italic, slanted, struck, mention] = match;
    const inner = linkText ?? bold ?? italic ?? slanted ?? struck ?? mention;
    if (inner === undefined) continue;
    const style =
      look.style | ((bold ?? mention) ? BOLD : 0) | ((italic ?? slanted) ? ITALIC : 0) | (struck ? STRIKE : 0);
    const link = target === undefined || look.link ? look.link : { target, title: '' };
    addMarkup(writer, inner, { style, link, depth: look.depth + 1 });
  }
  addText(writer, text.slice(done), look);
}

/** One line of card text with a bold name before it: a fact, a field. */
export function addFact(writer: Writer, name: string, value: string): void {
  if (isFull(writer)) return;
  breakBlock(writer, 1);
  const label = cleanText(name).trim().replace(/:$/, '');
  if (label !== '') {
    addMarkup(writer, label, { style: BOLD, link: null, depth: 0 });
    addText(writer, ':', { style: BOLD, link: null });
    addText(writer, ' ', { style: 0, link: null });
  }
  addCardText(writer, value.replace(/^\s*[-*+]\s+/, ''));
  breakBlock(writer, 1);
}
