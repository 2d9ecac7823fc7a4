import * as blocks from './block-tags.ts';
import type { Open } from './html-state.ts';
import * as inlines from './inline-tags.ts';
import * as lists from './list-tags.ts';

const line = blocks.block(1);
const paragraph = blocks.block(2);
const hidden = inlines.counted('hidden');
const bold = inlines.counted('bold');
const italic = inlines.counted('italic');
const strike = inlines.counted('strike');

/** The handler of each element. Elements that are not listed show their text. */
export const TAGS: ReadonlyMap<string, Open> = new Map<string, Open>([
  ...['div', 'section', 'article', 'header', 'footer', 'main', 'aside', 'nav', 'address', 'figure', 'figcaption'].map(
    (name): [string, Open] => [name, line],
  ),
  ...['details', 'summary', 'dl', 'dt', 'dd', 'form', 'fieldset', 'center', 'legend'].map((name): [string, Open] => [
    name,
    line,
  ]),
  ...['script', 'style', 'head', 'template', 'title', 'noscript'].map((name): [string, Open] => [name, hidden]),
  ['p', paragraph],
  ['br', blocks.lineBreak],
  ['hr', blocks.rule],
  ['b', bold],
  ['strong', bold],
  ['i', italic],
  ['em', italic],
  ['cite', italic],
  ['var', italic],
  ['s', strike],
  ['strike', strike],
  ['del', strike],
  ['sub', inlines.script('sub')],
  ['sup', inlines.script('sup')],
  ['h1', blocks.heading(1)],
  ['h2', blocks.heading(2)],
  ['h3', blocks.heading(3)],
  ['h4', blocks.heading(4)],
  ['h5', blocks.heading(5)],
  ['h6', blocks.heading(6)],
  ['a', inlines.anchor],
  ['blockquote', blocks.quote],
  ['pre', blocks.codeBlock],
  ['codeblock', blocks.codeBlock],
  ['code', inlines.inlineCode],
  ['kbd', inlines.inlineCode],
  ['samp', inlines.inlineCode],
  ['tt', inlines.inlineCode],
  ['ul', lists.list(false)],
  ['ol', lists.list(true)],
  ['li', lists.item],
  ['input', lists.checkbox],
  ['table', blocks.table],
  ['caption', blocks.row],
  ['tr', blocks.row],
  ['td', blocks.cell(false)],
  ['th', blocks.cell(true)],
  ['img', inlines.image],
  ['video', inlines.media('video')],
  ['audio', inlines.media('audio')],
  ['at', inlines.mention],
  ['attachment', inlines.attachment],
  ['emoji', inlines.emoji],
  ['customemoji', inlines.customEmoji],
]);
