import { plainName } from '../../core/escape-markdown.ts';
import type { Attachment } from '../../core/types.ts';
import type { Embeds } from '../markdown/html-state.ts';
import { encodeTarget, readTarget } from '../markdown/url.ts';
import { adaptiveCard } from './adaptive-card.ts';
import { classicCard } from './classic-card.ts';
import { fieldsOf, textOf } from './json.ts';
import { fileLine, forwardBlock, meetingLine, quoteBlock, tabLine } from './references.ts';
import { labelled, type Scene, teamsLink } from './render-context.ts';
import { snippetBlock } from './snippet.ts';

const CARD = 'application/vnd.microsoft.card.';
const CLASSIC = new Set(['hero', 'thumbnail', 'list', 'receipt', 'signin', 'oauth', 'animation', 'audio', 'video']);

/** True for what Teams shows above the text instead of below it. */
export function standsAbove(attachment: Attachment): boolean {
  return (
    attachment.contentType === 'messageReference' ||
    attachment.contentType === 'application/vnd.microsoft.card.announcement'
  );
}

/** One attachment as a block of finished Markdown; never nothing, but for the Loop placeholder. Source: Graph chatMessageAttachment. */
export function renderAttachment(scene: Scene, attachment: Attachment, embeds: Embeds): string {
  switch (attachment.contentType) {
    case 'reference':
    case 'application/vnd.microsoft.teams.file.download.info':
      return fileLine(scene, attachment);
    case 'messageReference':
      return quoteBlock(scene, attachment);
    case 'forwardedMessageReference':
      return forwardBlock(scene, attachment, embeds);
    case 'meetingReference':
      return meetingLine(scene, attachment);
    case 'tabReference':
      return tabLine(scene, attachment);
    default:
      return renderCard(scene, attachment, embeds);
  }
}

function renderCard(scene: Scene, attachment: Attachment, embeds: Embeds): string {
  const { contentType, content } = attachment;
  const kind = contentType.startsWith(CARD) ? contentType.slice(CARD.length).toLowerCase() : '';
  if (kind === 'codesnippet') return snippetBlock(scene, attachment);
  if (kind === 'announcement') return announcement(scene, attachment);
  if (kind === 'fluidembedcard') return loopLine(scene, attachment);
  let text = '';
  if (kind === 'adaptive') text = adaptiveCard(scene, content ?? '');
  else if (CLASSIC.has(kind) || contentType === 'application/vnd.microsoft.teams.card.o365connector') {
    text = classicCard(scene, content ?? '', embeds);
  } else if (kind !== '' || /\.card\./.test(contentType)) {
    text = classicCard(scene, content ?? '', embeds) || adaptiveCard(scene, content ?? '');
  }
  if (text !== '') return text;
  return labelled(scene, kind === '' ? `📎 ${scene.words.attachment}` : `🗂️ ${scene.words.card}`, attachment.name ?? '');
}

function announcement(scene: Scene, attachment: Attachment): string {
  const content = fieldsOf(attachment.content);
  const title = plainName(textOf(content.title) || textOf(content.cardTitle) || (attachment.name ?? ''), 300);
  return title === '' ? `📢 ${scene.words.announcement}: ${teamsLink(scene)}` : `📢 **${title}**`;
}

function loopLine(scene: Scene, attachment: Attachment): string {
  const content = fieldsOf(attachment.content);
  const target = readTarget(textOf(content.componentUrl) || (attachment.contentUrl ?? ''));
  const name = plainName(attachment.name ?? '');
  const label = name === '' ? scene.words.loop : `${scene.words.loop}: ${name}`;
  return target.kind === 'link' ? `🔁 [${label}](${encodeTarget(target.url)})` : `🔁 ${label}: ${teamsLink(scene)}`;
}
