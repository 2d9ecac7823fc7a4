import { plainName } from '../../core/escape-markdown.ts';
import type { Attachment } from '../../core/types.ts';
import { htmlToMarkdown } from '../markdown/html.ts';
import type { Embeds } from '../markdown/html-state.ts';
import { textToMarkdown } from '../markdown/text.ts';
import { encodeTarget, readTarget } from '../markdown/url.ts';
import { fieldsOf, textOf } from './json.ts';
import {
  type FileRequest,
  formatTime,
  isFullOfFiles,
  labelled,
  linkTo,
  nameOf,
  quoted,
  type RenderContext,
  teamsLink,
} from './render-context.ts';

const ICONS: readonly [pattern: RegExp, icon: string][] = [
  [/^pdf$/, '📕'],
  [/^(?:docx?|odt|rtf|txt|md)$/, '📝'],
  [/^(?:xlsx?|xlsm|ods|csv)$/, '📊'],
  [/^(?:pptx?|odp)$/, '📽️'],
  [/^(?:png|jpe?g|gif|webp|bmp|svg|heic|tiff?)$/, '🖼️'],
  [/^(?:mp4|mov|avi|mkv|webm)$/, '🎬'],
  [/^(?:mp3|wav|m4a|ogg|flac)$/, '🎵'],
  [/^(?:zip|7z|rar|gz|tar)$/, '🗜️'],
  [/^(?:url|loop|fluid)$/, '🔗'],
];

/** A file as one line: icon by type, name, link. */
export function fileLine(context: RenderContext, attachment: Attachment): string {
  const url = attachment.contentUrl ?? '';
  const target = readTarget(url);
  const given = attachment.name?.trim() || lastPart(url) || context.t('post.attachment');
  const type = /\.([a-z0-9]{1,8})$/i.exec(given)?.[1]?.toLowerCase() ?? '';
  const icon = ICONS.find(([pattern]) => pattern.test(type))?.[1] ?? '📄';
  const name = plainName(given);
  const asked = target.kind !== 'link' || request(context, { key: url, url: target.url, name: given });
  const outcome = context.notes.get(url) ?? (asked ? undefined : { failed: 'too_many' as const });
  if (outcome === 'attached') return `${icon} ${name} (${context.t('post.attached')})`;
  const line =
    target.kind === 'link'
      ? `${icon} [${name}](${encodeTarget(target.url)})`
      : `${icon} ${name}: ${teamsLink(context)}`;
  return typeof outcome === 'object' && 'failed' in outcome
    ? `${line} (${context.t(`post.file.${outcome.failed}`)})`
    : line;
}

/** False when the post is full. */
function request(context: RenderContext, file: FileRequest): boolean {
  const { files } = context;
  if (files === null || !file.url.startsWith('https:') || files.some(({ key }) => key === file.key)) return true;
  if (isFullOfFiles(context)) return false;
  files.push(file);
  return true;
}

function lastPart(url: string): string {
  const path = URL.parse(url)?.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The sender of a quoted or forwarded message. */
function authorOf(context: RenderContext, sender: unknown): string {
  const { user, application } = fieldsOf(sender);
  const identity = fieldsOf(user ?? application);
  return `**${plainName(nameOf(context, textOf(identity.id) || null, textOf(identity.displayName) || null))}**`;
}

/** The message that a reply quotes: sender, time and text, as a quote. */
export function quoteBlock(context: RenderContext, attachment: Attachment): string {
  const content = fieldsOf(attachment.content);
  const id = textOf(content.messageId) || attachment.id;
  const author = authorOf(context, content.messageSender);
  const time = formatTime(/^\d{12,14}$/.test(id) ? Number(id) : Number.NaN);
  const head = time === '' ? author : `${author} · [${time}](${linkTo(context, context.message.chatId, id)})`;
  const text = textToMarkdown(textOf(content.messagePreview), 4_000).markdown;
  return quoted(text === '' ? head : `${head}\n${text}`);
}

/** A forwarded message: sender, time and the whole text, as a quote. */
export function forwardBlock(context: RenderContext, attachment: Attachment, embeds: Embeds): string {
  const content = fieldsOf(attachment.content);
  const sent = formatTime(Date.parse(textOf(content.originalSentDateTime)));
  const link = linkTo(context, textOf(content.originalConversationId), textOf(content.originalMessageId));
  const when = sent === '' || link === '' ? sent : `[${sent}](${link})`;
  const parts = [`${context.t('post.forwarded')}: ${authorOf(context, content.originalMessageSender)}`, when];
  const head = parts.filter((part) => part !== '').join(' · ');
  const text = htmlToMarkdown(textOf(content.originalMessageContent), embeds).markdown;
  return quoted(`${head}\n\n${text === '' ? labelled(context, context.t('post.forwarded')) : text}`);
}

/** A meeting as one line, with the link to join it. */
export function meetingLine(context: RenderContext, attachment: Attachment): string {
  const join = readTarget(textOf(fieldsOf(attachment.content).meetingJoinUrl));
  const name = plainName(attachment.name ?? '');
  const label = name === '' ? `📅 ${context.t('post.meeting')}` : `📅 ${context.t('post.meeting')}: ${name}`;
  return `${label} · ${join.kind === 'link' ? `[${context.t('post.joinMeeting')}](${encodeTarget(join.url)})` : teamsLink(context)}`;
}

/** A tab as one line. */
export function tabLine(context: RenderContext, attachment: Attachment): string {
  const target = readTarget(attachment.contentUrl ?? '');
  const name = plainName(attachment.name ?? '');
  const label = name === '' ? context.t('post.tab') : `${context.t('post.tab')}: ${name}`;
  return `📑 ${label} · ${target.kind === 'link' ? `[${context.t('post.open')}](${encodeTarget(target.url)})` : teamsLink(context)}`;
}
