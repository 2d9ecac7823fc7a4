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
  type Scene,
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
export function fileLine(scene: Scene, attachment: Attachment): string {
  const url = attachment.contentUrl ?? '';
  const target = readTarget(url);
  const given = attachment.name?.trim() || lastPart(url) || scene.words.attachment;
  const type = /\.([a-z0-9]{1,8})$/i.exec(given)?.[1]?.toLowerCase() ?? '';
  const icon = ICONS.find(([pattern]) => pattern.test(type))?.[1] ?? '📄';
  const name = plainName(given);
  const asked = target.kind !== 'link' || request(scene, { key: url, url: target.url, name: given });
  const outcome = scene.notes.get(url) ?? (asked ? undefined : { failed: 'too_many' as const });
  if (outcome === 'attached') return `${icon} ${name} (${scene.words.attached})`;
  const line =
    target.kind === 'link' ? `${icon} [${name}](${encodeTarget(target.url)})` : `${icon} ${name}: ${teamsLink(scene)}`;
  return typeof outcome === 'object' && 'failed' in outcome
    ? `${line} (${scene.words.failures[outcome.failed]})`
    : line;
}

/** False when the post is full. */
function request(scene: Scene, file: FileRequest): boolean {
  const { files } = scene;
  if (files === null || !file.url.startsWith('https:') || files.some(({ key }) => key === file.key)) return true;
  if (isFullOfFiles(scene)) return false;
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

/** Who wrote a quoted or forwarded message. */
function authorOf(scene: Scene, sender: unknown): string {
  const { user, application } = fieldsOf(sender);
  const identity = fieldsOf(user ?? application);
  return `**${plainName(nameOf(scene, textOf(identity.id) || null, textOf(identity.displayName) || null))}**`;
}

/** The message an answer refers to: who, when, and its text, as a quote. */
export function quoteBlock(scene: Scene, attachment: Attachment): string {
  const content = fieldsOf(attachment.content);
  const id = textOf(content.messageId) || attachment.id;
  const author = authorOf(scene, content.messageSender);
  const time = formatTime(/^\d{12,14}$/.test(id) ? Number(id) : Number.NaN);
  const head = time === '' ? author : `${author} · [${time}](${linkTo(scene, scene.message.chatId, id)})`;
  const text = textToMarkdown(textOf(content.messagePreview), 4_000).markdown;
  return quoted(text === '' ? head : `${head}\n${text}`);
}

/** A forwarded message: who, when, and all of it, as a quote. */
export function forwardBlock(scene: Scene, attachment: Attachment, embeds: Embeds): string {
  const content = fieldsOf(attachment.content);
  const sent = formatTime(Date.parse(textOf(content.originalSentDateTime)));
  const link = linkTo(scene, textOf(content.originalConversationId), textOf(content.originalMessageId));
  const when = sent === '' || link === '' ? sent : `[${sent}](${link})`;
  const parts = [`${scene.words.forwarded}: ${authorOf(scene, content.originalMessageSender)}`, when];
  const head = parts.filter((part) => part !== '').join(' · ');
  const text = htmlToMarkdown(textOf(content.originalMessageContent), embeds).markdown;
  return quoted(`${head}\n\n${text === '' ? labelled(scene, scene.words.forwarded) : text}`);
}

/** A meeting as one line, with the link to join it. */
export function meetingLine(scene: Scene, attachment: Attachment): string {
  const join = readTarget(textOf(fieldsOf(attachment.content).meetingJoinUrl));
  const name = plainName(attachment.name ?? '');
  const label = name === '' ? `📅 ${scene.words.meeting}` : `📅 ${scene.words.meeting}: ${name}`;
  return `${label} · ${join.kind === 'link' ? `[${scene.words.joinMeeting}](${encodeTarget(join.url)})` : teamsLink(scene)}`;
}

/** A tab as one line. */
export function tabLine(scene: Scene, attachment: Attachment): string {
  const target = readTarget(attachment.contentUrl ?? '');
  const name = plainName(attachment.name ?? '');
  const label = name === '' ? scene.words.tab : `${scene.words.tab}: ${name}`;
  return `📑 ${label} · ${target.kind === 'link' ? `[${scene.words.open}](${encodeTarget(target.url)})` : teamsLink(scene)}`;
}
