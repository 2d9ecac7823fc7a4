import { JOINER, plainName } from '../../core/escape-markdown.ts';
import type { Attachment, Chat, Message, PostDraft } from '../../core/types.ts';
import { pictureLine } from '../attachments/picture.ts';
import { renderAttachment, standsAbove } from '../attachments/render.ts';
import {
  createRenderContext,
  type FileNote,
  type FileRequest,
  labelled,
  type PictureRequest,
  type RenderContext,
  type SnippetRequest,
  teamsLink,
} from '../attachments/render-context.ts';
import { type Converted, htmlToMarkdown } from '../markdown/html.ts';
import type { Embeds } from '../markdown/html-state.ts';
import { textToMarkdown } from '../markdown/text.ts';
import { mentionOf } from '../pipeline/decide.ts';
import { chatName, headerLine, senderName, senderNote } from './header.ts';
import { countRunes, cutMarkdown, MAX_RUNES } from './truncate.ts';

/** The input of a post. `teamsUrl` has no trailing slash. `files` holds the outcome of each file that an earlier `compose` asked for. */
export interface ComposeInput {
  message: Message;
  chat: Chat;
  reader: { oid: string; username: string };
  teamsUrl: string;
  /** The reader's tenant: senders of another one are marked as external. */
  tid: string;
  /** The reader's, such as `en` or `de-AT`. */
  locale: string;
  /** The message arrived after an outage. */
  late?: boolean;
  /** The reader's preference that let the message through. */
  when?: 'away' | 'always';
  files?: readonly FileNote[];
  /** Shared files are attached, not only linked. */
  attachFiles?: boolean;
}

/** A post, and the files to fetch for it: compose again with the outcomes. At most 10 pictures and files, in the order they appear. */
export interface Composed {
  post: PostDraft;
  pictures: PictureRequest[];
  snippets: SnippetRequest[];
  files: FileRequest[];
}

/** The post type of the notification card. */
export const POST_TYPE = 'custom_msteams_connect';

/**
 * One Teams message as one Mattermost post. Pure: the same input gives the same post, so an edit that changes nothing visible changes nothing.
 * Limit of 16,383 runes: Mattermost `POST_MESSAGE_MAX_RUNES_V2` (server/public/model/post.go). Message:
 * https://learn.microsoft.com/graph/api/resources/chatmessage.
 */
export function compose(input: ComposeInput): Composed {
  if (input.message.deletedAt !== null) return { post: composeRemoved(input), pictures: [], snippets: [], files: [] };
  const context = createRenderContext(input);
  const body = bodyOf(context, input);
  const { pictures, snippets, files } = context;
  return { post: draft(context, input, body), pictures, snippets, files: files ?? [] };
}

/** The post of a message that was deleted in Teams: the header stays, the text is removed. */
export function composeRemoved(input: ComposeInput): PostDraft {
  const context = createRenderContext(input);
  return draft(context, input, { markdown: `*${context.t('post.deleted')}*`, complete: true });
}

function bodyOf(context: RenderContext, input: ComposeInput): Converted {
  const { message, t } = context;
  if (message.blocked) return { markdown: `*${t('post.blocked')}* ${teamsLink(context)}`, complete: true };
  if (message.kind === 'system') return { markdown: labelled(context, t('post.systemEvent')), complete: true };
  const placed = new Set<Attachment>();
  const embeds = embedsOf(context, input, placed);
  const above = message.attachments.filter((attachment) => standsAbove(attachment) && !isPlaced(message, attachment));
  const top = above.map((attachment) => place(context, attachment, { placed, embeds }));
  const { type, content } = message.body;
  const text = type === 'html' ? htmlToMarkdown(content, embeds) : textToMarkdown(content);
  const rest = message.attachments.filter((attachment) => !placed.has(attachment));
  const bottom = rest.map((attachment) => place(context, attachment, { placed, embeds }));
  const subject = plainName(message.subject ?? '', 300);
  const parts = [subject === '' ? '' : `**${subject}**`, ...top, text.markdown, joinBlocks(bottom)].filter(
    (part) => part !== '',
  );
  const markdown = parts.length === 0 ? '' : parts.reduce((above, part) => above + between(above, part) + part);
  return {
    markdown: markdown === '' ? `*${t('post.noText')}.* ${teamsLink(context)}` : markdown,
    complete: text.complete,
  };
}

/** Whether the text says where an attachment belongs. */
function isPlaced(message: Message, attachment: Attachment): boolean {
  return message.body.type === 'html' && message.body.content.includes(`"${attachment.id}"`);
}

/** Lines of files stand close together, blocks apart. */
function joinBlocks(blocks: readonly string[]): string {
  const shown = blocks.filter((block) => block !== '');
  const isLine = (block = '\n') => !block.includes('\n') && !block.startsWith('>');
  return shown
    .map((block, index) => {
      const above = shown[index - 1] ?? '';
      return `${index === 0 ? '' : isLine(block) && isLine(above) ? '\n' : between(above, block)}${block}`;
    })
    .join('');
}

/** The separator of two blocks. Mattermost's web app would read two adjacent quotes as one. */
function between(above: string, below: string): string {
  const quotes = below.startsWith('>') && above.slice(above.lastIndexOf('\n') + 1).startsWith('>');
  return quotes ? `\n\n${JOINER}\n\n` : '\n\n';
}

function place(
  context: RenderContext,
  attachment: Attachment,
  output: { placed: Set<Attachment>; embeds: Embeds },
): string {
  output.placed.add(attachment);
  return renderAttachment(context, attachment, output.embeds);
}

function embedsOf(context: RenderContext, { reader }: ComposeInput, placed: Set<Attachment>): Embeds {
  const { message } = context;
  const mentions = new Map(message.mentions.map((mention) => [String(mention.id), mention]));
  const embeds: Embeds = {
    mention(id) {
      const found = mentions.get(id);
      const me = found?.oid != null && found.oid.toLowerCase() === reader.oid.toLowerCase();
      return { key: found?.oid ?? `${id} ${found?.kind}`, label: me ? `@${JOINER}${reader.username}` : null };
    },
    attachment(id) {
      const found = message.attachments.find((attachment) => attachment.id === id && !placed.has(attachment));
      if (found) return place(context, found, { placed, embeds });
      const again = message.attachments.some((attachment) => attachment.id === id);
      return again ? '' : labelled(context, `📎 ${context.t('post.attachment')}`);
    },
    picture: (picture) => pictureLine(context, picture),
    media: (kind) => `${kind === 'video' ? '🎬' : '🎤'} ${context.t(`post.${kind}`)}: ${teamsLink(context)}`,
  };
  return embeds;
}

function draft(context: RenderContext, input: ComposeInput, body: Converted): PostDraft {
  const late = input.late === true;
  const title = chatName(context, input.reader.oid);
  const header = headerLine(context, { tid: input.tid, title, late });
  const goOn = `\n\n… [${context.t('post.continueInTeams')}](${context.link})`;
  const room = MAX_RUNES - countRunes(header) - countRunes(goOn) - 2;
  const short = cutMarkdown(body.markdown, room);
  const markdown = (short.text + (short.cut || !body.complete ? goOn : '')).toWellFormed();
  return {
    message: `${header}\n\n${markdown}`.toWellFormed(),
    type: POST_TYPE,
    props: {
      // No `unsafe_links`: it would take the links away. Previews are never fetched because no link of ours is bare (see `escapeText`).
      mentionHighlightDisabled: true,
      disable_group_highlight: true,
      msteams: cardProps(context, input, markdown),
    },
  };
}

/** The data of the notification card in the web app: names as plain text, `body` as Markdown without the first line. */
function cardProps(
  context: RenderContext,
  { reader, tid, late, when = 'away' }: ComposeInput,
  body: string,
): Record<string, unknown> {
  const { message, chat } = context;
  return {
    v: 1,
    chatId: message.chatId,
    messageId: message.id,
    chatKind: chat.kind,
    chatTitle: chatName(context, reader.oid),
    members: chat.members.length,
    sender: senderName(context),
    senderNote: senderNote(context, tid),
    link: context.link,
    sentAt: message.createdAt,
    importance: message.importance,
    edited: message.lastEditedAt !== null,
    deleted: message.deletedAt !== null,
    late: late === true,
    mentioned: mentionOf(message, reader.oid) === 'direct',
    why: when,
    body,
  };
}
