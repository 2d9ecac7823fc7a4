import { oneLine, plainName } from '../../core/escape-markdown.ts';
import type { Chat, Message } from '../../core/types.ts';
import { type Translate, translatorFor } from '../../i18n/translate.ts';
import { messageLink } from '../post/deep-link.ts';

/** Why a picture or file is not attached to the post. */
export type FileFailure = 'too_large' | 'too_many' | 'not_a_picture' | 'forbidden' | 'not_found' | 'unavailable';

/** A picture hosted by Teams, to be fetched with the reader's token and attached. */
export interface PictureRequest {
  /** Identifies the picture in `FileNote`. */
  key: string;
  url: string;
  alt: string;
  /** Pixels as Teams shows it, null when unknown. */
  width: number | null;
  height: number | null;
}

/** A code snippet whose text Teams keeps apart. It needs the reader's token. */
export interface SnippetRequest {
  key: string;
  url: string;
}

/** A shared file, to be fetched with the reader's token and attached. */
export interface FileRequest {
  /** Its `contentUrl`. */
  key: string;
  url: string;
  name: string;
}

/** Files one post can hold (`file_ids` is limited to 300 characters). */
const MAX_FILES = 10;

/** The outcome of fetching a picture, file (key: its `contentUrl`) or snippet. */
export interface FileNote {
  key: string;
  outcome: 'attached' | { failed: FileFailure } | { text: string };
}

/** What rendering one message needs, and the files it asks to fetch. */
export interface RenderContext {
  t: Translate;
  message: Message;
  chat: Chat;
  teamsUrl: string;
  /** The address of the message itself. */
  link: string;
  notes: ReadonlyMap<string, FileNote['outcome']>;
  pictures: PictureRequest[];
  snippets: SnippetRequest[];
  /** Null where files are not attached. */
  files: FileRequest[] | null;
  /** Pictures met so far by key: their number. */
  numbers: Map<string, number>;
}

/** The context of a message before rendering. `files` holds the outcomes of an earlier rendering's requests. */
export function createRenderContext(given: {
  message: Message;
  chat: Chat;
  locale: string;
  teamsUrl: string;
  files?: readonly FileNote[];
  attachFiles?: boolean;
}): RenderContext {
  const { message, chat, locale, teamsUrl, files = [], attachFiles = false } = given;
  return {
    t: translatorFor(locale),
    message,
    chat,
    teamsUrl,
    link: messageLink(teamsUrl, message.chatId, message.id),
    notes: new Map(files.map((note) => [note.key, note.outcome])),
    pictures: [],
    snippets: [],
    files: attachFiles ? [] : null,
    numbers: new Map(),
  };
}

/** True when the post holds all the pictures and files it can. */
export function isFullOfFiles({ pictures, files }: RenderContext): boolean {
  return pictures.length + (files?.length ?? 0) >= MAX_FILES;
}

/** `[Open in Teams](…)`, for contents that cannot be shown. */
export function teamsLink(context: RenderContext): string {
  return `[${context.t('post.openInTeams')}](${context.link})`;
}

/** One labelled line for contents that cannot be shown. */
export function labelled(context: RenderContext, label: string, name = ''): string {
  const named = name.trim() === '' ? label : `${label} “${plainName(name)}”`;
  return `${named}: ${context.t('post.cannotBeShown')}. ${teamsLink(context)}`;
}

/** A name as Teams gave it, else as the chat's members know it, else "Unknown sender"; plain text on one line. */
export function nameOf(context: RenderContext, id: string | null, name: string | null): string {
  const known = name?.trim()
    ? name
    : context.chat.members.find((member) => member.oid !== null && member.oid === id)?.name;
  return oneLine(known ?? '') || context.t('post.unknownSender');
}

/** A time in UTC, as `2026-11-24 16:00 UTC`; '' for an invalid time. */
export function formatTime(time: number): string {
  if (!Number.isFinite(time) || time <= 0 || time > 8.64e15) return '';
  return `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** The address of a message of any chat, '' without ids. */
export function linkTo(context: RenderContext, chatId: string, messageId: string): string {
  return chatId === '' || messageId === '' ? '' : messageLink(context.teamsUrl, chatId, messageId);
}

/** Each line behind `> `. */
export function quoted(markdown: string): string {
  return markdown
    .split('\n')
    .map((line) => `> ${line}`.trimEnd())
    .join('\n');
}
