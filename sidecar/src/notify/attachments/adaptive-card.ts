import { cleanText } from '../../core/escape-markdown.ts';
import { addCode, endTable } from '../markdown/blocks.ts';
import { languageName } from '../markdown/code.ts';
import { addCell, addRow, createTable, renderTable } from '../markdown/table.ts';
import { BOLD, ITALIC, STRIKE } from '../markdown/text-run.ts';
import {
  addRun,
  addText,
  breakBlock,
  createWriter,
  finish,
  flushLine,
  isFull,
  type Writer,
} from '../markdown/writer.ts';
import { addActions, tapTarget } from './actions.ts';
import { addCardText, addFact } from './card-text.ts';
import { type Fields, fieldsOf, listOf, textOf } from './json.ts';
import { pictureLine } from './picture.ts';
import type { RenderContext } from './render-context.ts';

const MAX_DEPTH = 32;

/** Every text, fact, table, link, picture and input of an adaptive card, top to bottom. Schema 1.6: https://adaptivecards.io/explorer/. */
export function adaptiveCard(context: RenderContext, content: string): string {
  const writer = createWriter();
  const card = fieldsOf(content);
  addElement(context, writer, { element: card, depth: 0 });
  const text = finish(writer);
  if (text !== '') return text;
  const spoken = createWriter();
  addCardText(spoken, textOf(card.fallbackText) || textOf(card.speak));
  return finish(spoken);
}

interface Spot {
  element: Fields;
  depth: number;
}

function addElement(context: RenderContext, writer: Writer, { element, depth }: Spot): void {
  if (depth > MAX_DEPTH || isFull(writer)) return;
  const type = textOf(element.type);
  if (type.startsWith('Input.')) addInput(context, writer, element);
  else if (type === 'TextBlock' || type === 'Badge') addTextBlock(writer, element);
  else if (type === 'RichTextBlock') addRichText(writer, element);
  else if (type === 'FactSet')
    for (const fact of listOf(element.facts)) addFact(writer, textOf(fact.title), textOf(fact.value));
  else if (type === 'Image') addPicture(context, writer, element);
  else if (type === 'ImageSet') for (const image of listOf(element.images)) addPicture(context, writer, image);
  else if (type === 'Media') addMedia(writer, element);
  else if (type === 'CodeBlock') addCode(writer, textOf(element.codeSnippet), languageName(textOf(element.language)));
  else if (type === 'Table' && !writer.table) addTable(context, writer, { element, depth });
  else addChildren(context, writer, { element, depth });
}

const CHILDREN = ['body', 'items', 'columns', 'rows', 'cells', 'pages'] as const;

/** Containers of every kind, known or not: their contents are shown. */
function addChildren(context: RenderContext, writer: Writer, { element, depth }: Spot): void {
  const title = textOf(element.title);
  if (title !== '' && textOf(element.type) !== 'AdaptiveCard') addCardText(writer, title, BOLD);
  const text = textOf(element.text);
  if (text !== '') addCardText(writer, text);
  for (const key of CHILDREN) {
    for (const child of listOf(element[key])) {
      breakBlock(writer, 1);
      addElement(context, writer, { element: child, depth: depth + 1 });
    }
  }
  const actions = listOf(element.actions);
  addActions(
    context,
    writer,
    actions.filter((action) => textOf(action.type) !== 'Action.ShowCard'),
  );
  for (const action of actions.filter(({ type }) => textOf(type) === 'Action.ShowCard')) {
    breakBlock(writer, 2);
    addCardText(writer, textOf(action.title), BOLD);
    addElement(context, writer, { element: fieldsOf(action.card), depth: depth + 1 });
  }
  addTap(context, writer, element);
}

/** A press on an element that opens an address. */
function addTap(context: RenderContext, writer: Writer, element: Fields): void {
  const target = tapTarget(element.selectAction);
  if (target !== '')
    addActions(context, writer, [
      { ...fieldsOf(element.selectAction), title: textOf(fieldsOf(element.selectAction).title) },
    ]);
}

function addTextBlock(writer: Writer, element: Fields): void {
  const strong = /bolder/i.test(textOf(element.weight)) || /heading/i.test(textOf(element.style));
  breakBlock(writer, 1);
  addCardText(writer, textOf(element.text), strong ? BOLD : 0);
  breakBlock(writer, 1);
}

function addRichText(writer: Writer, element: Fields): void {
  breakBlock(writer, 1);
  const inlines = Array.isArray(element.inlines) ? element.inlines : [];
  for (const inline of inlines) {
    if (typeof inline === 'string') addText(writer, cleanText(inline), { style: 0, link: null });
    const run = fieldsOf(typeof inline === 'string' ? null : inline);
    const bold = /bolder/i.test(textOf(run.weight)) ? BOLD : 0;
    const style = bold | (run.italic === true ? ITALIC : 0) | (run.strikethrough === true ? STRIKE : 0);
    const target = tapTarget(run.selectAction);
    addText(writer, cleanText(textOf(run.text)), { style, link: target === '' ? null : { target, title: '' } });
  }
  breakBlock(writer, 1);
}

function addPicture(context: RenderContext, writer: Writer, element: Fields): void {
  breakBlock(writer, 1);
  const source = textOf(element.url);
  if (source !== '') {
    addRun(writer, {
      kind: 'raw',
      text: pictureLine(context, {
        source,
        alt: textOf(element.altText) || textOf(element.alt),
        width: null,
        height: null,
      }),
    });
  }
  breakBlock(writer, 1);
  addTap(context, writer, element);
}

function addMedia(writer: Writer, element: Fields): void {
  for (const source of listOf(element.sources)) {
    breakBlock(writer, 1);
    addText(writer, '🎬 ', { style: 0, link: null });
    const target = textOf(source.url);
    addText(writer, textOf(element.altText) || target, { style: 0, link: { target, title: '' } });
    breakBlock(writer, 1);
  }
}

function addInput(context: RenderContext, writer: Writer, element: Fields): void {
  const label = textOf(element.label) || textOf(element.title) || textOf(element.placeholder) || textOf(element.id);
  const choices = listOf(element.choices)
    .map((choice) => textOf(choice.title))
    .filter((title) => title !== '');
  const value = textOf(element.value);
  breakBlock(writer, 1);
  addText(writer, cleanText(`${context.t('post.input')}: ${label}`), { style: 0, link: null });
  if (choices.length > 0)
    addText(writer, cleanText(` (${context.t('post.choices')}: ${choices.join(', ')})`), { style: 0, link: null });
  if (value !== '' && choices.length === 0) addText(writer, cleanText(` = ${value}`), { style: 0, link: null });
  breakBlock(writer, 1);
}

function addTable(context: RenderContext, writer: Writer, { element, depth }: Spot): void {
  breakBlock(writer, 2);
  const table = createTable();
  writer.table = table;
  listOf(element.rows).forEach((row, index) => {
    addRow(table);
    for (const cell of listOf(row.cells)) {
      addCell(table, index === 0 && element.firstRowAsHeaders !== false, 1);
      addChildren(context, writer, { element: cell, depth: depth + 2 });
      flushLine(writer);
    }
  });
  endTable(writer, renderTable);
}
