import { plainName } from '../../core/escape-markdown.ts';
import type { Attachment } from '../../core/types.ts';
import type { Embeds } from '../markdown/html-state.ts';
import { encodeTarget, readTarget } from '../markdown/url.ts';
import { adaptiveCard } from './adaptive-card.ts';
import { classicCard } from './classic-card.ts';
import { fieldsOf, textOf } from './json.ts';
import { fileLine, forwardBlock, meetingLine, quoteBlock, tabLine } from './references.ts';
import { labelled, type RenderContext, teamsLink } from './render-context.ts';
import { snippetBlock } from './snippet.ts';

const CARD = 'application/vnd.microsoft.card.';
const CLASSIC = new Set(['hero', 'thumbnail', 'list', 'receipt', 'signin', 'oauth', 'animation', 'audio', 'video']);

/** True for attachments that Teams shows above the text instead of below it. */
export function standsAbove(attachment: Attachment): boolean {
  return (
    attachment.contentType === 'messageReference' ||
    attachment.contentType === 'application/vnd.microsoft.card.announcement'
  );
}

/** One attachment as a block of finished Markdown; never empty, except for the Loop placeholder. https://learn.microsoft.com/graph/api/resources/chatmessageattachment */
export function renderAttachment(context: RenderContext, attachment: Attachment, embeds: Embeds): string {
  switch (attachment.contentType) {
    case 'reference':
    case 'application/vnd.microsoft.teams.file.download.info':
      return fileLine(context, attachment);
    case 'messageReference':
      return quoteBlock(context, attachment);
    case 'forwardedMessageReference':
      return forwardBlock(context, attachment, embeds);
    case 'meetingReference':
      return meetingLine(context, attachment);
    case 'tabReference':
      return tabLine(context, attachment);
    default:
      return renderCard(context, attachment, embeds);
  }
}

function renderCard(context: RenderContext, attachment: Attachment, embeds: Embeds): string {
  const { contentType, content } = attachment;
  const kind = contentType.startsWith(CARD) ? contentType.slice(CARD.length).toLowerCase() : '';
  if (kind === 'codesnippet') return snippetBlock(context, attachment);
  if (kind === 'announcement') return announcement(context, attachment);
  if (kind === 'fluidembedcard') return loopLine(context, attachment);
  let text = '';
  if (kind === 'adaptive') text = adaptiveCard(context, content ?? '');
  else if (CLASSIC.has(kind) || contentType === 'application/vnd.microsoft.teams.card.o365connector') {
    text = classicCard(context, content ?? '', embeds);
  } else if (kind !== '' || /\.card\./.test(contentType)) {
    text = classicCard(context, content ?? '', embeds) || adaptiveCard(context, content ?? '');
  }
  if (text !== '') return text;
  return labelled(
    context,
    kind === '' ? `📎 ${context.t('post.attachment')}` : `🗂️ ${context.t('post.card')}`,
    attachment.name ?? '',
  );
}

function announcement(context: RenderContext, attachment: Attachment): string {
  const content = fieldsOf(attachment.content);
  const title = plainName(textOf(content.title) || textOf(content.cardTitle) || (attachment.name ?? ''), 300);
  return title === '' ? `📢 ${context.t('post.announcement')}: ${teamsLink(context)}` : `📢 **${title}**`;
}

function loopLine(context: RenderContext, attachment: Attachment): string {
  const content = fieldsOf(attachment.content);
  const target = readTarget(textOf(content.componentUrl) || (attachment.contentUrl ?? ''));
  const name = plainName(attachment.name ?? '');
  const label = name === '' ? context.t('post.loop') : `${context.t('post.loop')}: ${name}`;
  return target.kind === 'link' ? `🔁 [${label}](${encodeTarget(target.url)})` : `🔁 ${label}: ${teamsLink(context)}`;
}
