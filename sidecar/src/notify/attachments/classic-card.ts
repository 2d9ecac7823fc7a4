import { cleanText } from '../../core/escape-markdown.ts';
import { addBlock } from '../markdown/blocks.ts';
import { htmlToMarkdown } from '../markdown/html.ts';
import type { Embeds } from '../markdown/html-state.ts';
import { BOLD } from '../markdown/text-run.ts';
import { addRun, addText, breakBlock, createWriter, finish, isFull, type Writer } from '../markdown/writer.ts';
import { addActions, tapTarget } from './actions.ts';
import { addCardText, addFact } from './card-text.ts';
import { type Fields, fieldsOf, listOf, textOf } from './json.ts';
import { pictureLine } from './picture.ts';
import type { RenderContext } from './render-context.ts';

/** The output of a classic card. */
interface CardOutput {
  context: RenderContext;
  writer: Writer;
  embeds: Embeds;
}

/**
 * Hero, thumbnail, list, receipt, sign-in, media and connector cards: their fields in the order Teams shows them.
 * https://learn.microsoft.com/microsoftteams/platform/task-modules-and-cards/cards/cards-reference,
 * https://learn.microsoft.com/outlook/actionable-messages/message-card-reference.
 */
export function classicCard(context: RenderContext, content: string, embeds: Embeds): string {
  const output = { context, writer: createWriter(), embeds };
  const card = fieldsOf(content);
  addHeading(output, card);
  addRich(output, textOf(card.text));
  for (const fact of listOf(card.facts))
    addFact(output.writer, textOf(fact.name) || textOf(fact.key), textOf(fact.value));
  addItems(output, listOf(card.items));
  for (const section of listOf(card.sections)) addSection(output, section);
  addSum(output, context.t('post.tax'), textOf(card.tax) || textOf(card.vat));
  addSum(output, context.t('post.total'), textOf(card.total));
  for (const image of [...listOf(card.images), ...listOf(card.image)]) addImage(output, image);
  for (const media of listOf(card.media)) addLink(output, { text: textOf(media.profile), target: textOf(media.url) });
  addActions(context, output.writer, [...listOf(card.buttons), ...listOf(card.potentialAction)]);
  addLink(output, { text: textOf(fieldsOf(card.tap).title), target: tapTarget(card.tap) });
  return finish(output.writer);
}

function addHeading(output: CardOutput, card: Fields): void {
  const title =
    textOf(card.title) || (textOf(card.text) === '' && !Array.isArray(card.sections) ? textOf(card.summary) : '');
  addTitle(output, title);
  addRich(output, textOf(card.subtitle));
}

function addTitle(output: CardOutput, title: string): void {
  if (title.trim() === '' || isFull(output.writer)) return;
  breakBlock(output.writer, 2);
  const plain = htmlToMarkdown(title, output.embeds).markdown;
  if (/[<&]/.test(title)) addBlock(output.writer, plain);
  else addCardText(output.writer, title, BOLD);
  breakBlock(output.writer, 2);
}

/** Card texts are HTML in some cards and Markdown in others, by the same field names. */
function addRich(output: CardOutput, text: string): void {
  if (text.trim() === '' || isFull(output.writer)) return;
  breakBlock(output.writer, 1);
  if (/<\/?[a-z][^<>]*>|&#?\w+;/i.test(text)) addBlock(output.writer, htmlToMarkdown(text, output.embeds).markdown);
  else addCardText(output.writer, text);
  breakBlock(output.writer, 1);
}

function addItems(output: CardOutput, items: readonly Fields[]): void {
  for (const item of items) {
    breakBlock(output.writer, 1);
    const target = tapTarget(item.tap);
    const look = { style: BOLD, link: target === '' ? null : { target, title: '' } };
    addText(output.writer, cleanText(textOf(item.title)), look);
    for (const part of [item.subtitle, item.text, item.quantity, item.price]
      .map(textOf)
      .filter((text) => text !== '')) {
      addText(output.writer, cleanText(` · ${part}`), { style: 0, link: null });
    }
    breakBlock(output.writer, 1);
  }
}

/** A section of a connector card. */
function addSection(output: CardOutput, section: Fields): void {
  breakBlock(output.writer, 2);
  addTitle(output, textOf(section.title));
  for (const part of [section.activityTitle, section.activitySubtitle, section.activityText, section.text])
    addRich(output, textOf(part));
  for (const fact of listOf(section.facts)) addFact(output.writer, textOf(fact.name), textOf(fact.value));
  for (const image of [...listOf(section.heroImage), ...listOf(section.images)]) addImage(output, image);
  addActions(output.context, output.writer, listOf(section.potentialAction));
}

function addSum(output: CardOutput, name: string, value: string): void {
  if (value !== '') addFact(output.writer, name, value);
}

function addImage(output: CardOutput, image: Fields): void {
  const source = textOf(image.url) || textOf(image.image);
  if (source === '') return;
  breakBlock(output.writer, 1);
  const picture = { source, alt: textOf(image.alt) || textOf(image.title), width: null, height: null };
  addRun(output.writer, { kind: 'raw', text: pictureLine(output.context, picture) });
  breakBlock(output.writer, 1);
}

function addLink(output: CardOutput, link: { text: string; target: string }): void {
  if (link.target === '') return;
  breakBlock(output.writer, 1);
  addText(output.writer, cleanText(link.text || output.context.t('post.open')), {
    style: 0,
    link: { target: link.target, title: '' },
  });
  breakBlock(output.writer, 1);
}
