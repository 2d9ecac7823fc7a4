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
import type { Scene } from './render-context.ts';

/** What a classic card is written with. */
interface Desk {
  scene: Scene;
  writer: Writer;
  embeds: Embeds;
}

/**
 * Hero, thumbnail, list, receipt, sign-in, media and connector cards: whatever of their fields is there, in the order Teams shows them.
 * Source: Microsoft Teams "Types of cards", Bot Framework "Attachment object", "Actionable message card reference".
 */
export function classicCard(scene: Scene, content: string, embeds: Embeds): string {
  const desk = { scene, writer: createWriter(), embeds };
  const card = fieldsOf(content);
  addHeading(desk, card);
  addRich(desk, textOf(card.text));
  for (const fact of listOf(card.facts))
    addFact(desk.writer, textOf(fact.name) || textOf(fact.key), textOf(fact.value));
  addItems(desk, listOf(card.items));
  for (const section of listOf(card.sections)) addSection(desk, section);
  addSum(desk, scene.words.tax, textOf(card.tax) || textOf(card.vat));
  addSum(desk, scene.words.total, textOf(card.total));
  for (const image of [...listOf(card.images), ...listOf(card.image)]) addImage(desk, image);
  for (const media of listOf(card.media)) addLink(desk, { text: textOf(media.profile), target: textOf(media.url) });
  addActions(scene, desk.writer, [...listOf(card.buttons), ...listOf(card.potentialAction)]);
  addLink(desk, { text: textOf(fieldsOf(card.tap).title), target: tapTarget(card.tap) });
  return finish(desk.writer);
}

function addHeading(desk: Desk, card: Fields): void {
  const title =
    textOf(card.title) || (textOf(card.text) === '' && !Array.isArray(card.sections) ? textOf(card.summary) : '');
  addTitle(desk, title);
  addRich(desk, textOf(card.subtitle));
}

function addTitle(desk: Desk, title: string): void {
  if (title.trim() === '' || isFull(desk.writer)) return;
  breakBlock(desk.writer, 2);
  const plain = htmlToMarkdown(title, desk.embeds).markdown;
  if (/[<&]/.test(title)) addBlock(desk.writer, plain);
  else addCardText(desk.writer, title, BOLD);
  breakBlock(desk.writer, 2);
}

/** Card texts are HTML in some cards and Markdown in others, by the same field names. */
function addRich(desk: Desk, text: string): void {
  if (text.trim() === '' || isFull(desk.writer)) return;
  breakBlock(desk.writer, 1);
  if (/<\/?[a-z][^<>]*>|&#?\w+;/i.test(text)) addBlock(desk.writer, htmlToMarkdown(text, desk.embeds).markdown);
  else addCardText(desk.writer, text);
  breakBlock(desk.writer, 1);
}

function addItems(desk: Desk, items: readonly Fields[]): void {
  for (const item of items) {
    breakBlock(desk.writer, 1);
    const target = tapTarget(item.tap);
    const look = { style: BOLD, link: target === '' ? null : { target, title: '' } };
    addText(desk.writer, cleanText(textOf(item.title)), look);
    for (const part of [item.subtitle, item.text, item.quantity, item.price]
      .map(textOf)
      .filter((text) => text !== '')) {
      addText(desk.writer, cleanText(` · ${part}`), { style: 0, link: null });
    }
    breakBlock(desk.writer, 1);
  }
}

/** A section of a connector card. */
function addSection(desk: Desk, section: Fields): void {
  breakBlock(desk.writer, 2);
  addTitle(desk, textOf(section.title));
  for (const part of [section.activityTitle, section.activitySubtitle, section.activityText, section.text])
    addRich(desk, textOf(part));
  for (const fact of listOf(section.facts)) addFact(desk.writer, textOf(fact.name), textOf(fact.value));
  for (const image of [...listOf(section.heroImage), ...listOf(section.images)]) addImage(desk, image);
  addActions(desk.scene, desk.writer, listOf(section.potentialAction));
}

function addSum(desk: Desk, name: string, value: string): void {
  if (value !== '') addFact(desk.writer, name, value);
}

function addImage(desk: Desk, image: Fields): void {
  const source = textOf(image.url) || textOf(image.image);
  if (source === '') return;
  breakBlock(desk.writer, 1);
  const picture = { source, alt: textOf(image.alt) || textOf(image.title), width: null, height: null };
  addRun(desk.writer, { kind: 'raw', text: pictureLine(desk.scene, picture) });
  breakBlock(desk.writer, 1);
}

function addLink(desk: Desk, link: { text: string; target: string }): void {
  if (link.target === '') return;
  breakBlock(desk.writer, 1);
  addText(desk.writer, cleanText(link.text || desk.scene.words.open), {
    style: 0,
    link: { target: link.target, title: '' },
  });
  breakBlock(desk.writer, 1);
}
