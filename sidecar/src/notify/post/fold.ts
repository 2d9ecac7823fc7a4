import { plainName } from '../../core/escape-markdown.ts';
import type { ExistingPost } from '../../core/ports/bot.ts';
import type { PostDraft } from '../../core/types.ts';
import { translatorFor } from '../../i18n/translate.ts';
import { formatTime } from '../attachments/render-context.ts';
import { countRunes, cutMarkdown, MAX_RUNES } from './truncate.ts';

/** One message within a post: `delivery` is its key, `head` its header line, `body` its Markdown. Kept in `props.msteams_parts`. */
interface Part {
  delivery: string;
  chatId: string;
  messageId: string;
  head: string;
  body: string;
}

/** The data of the card, as `compose` writes it into `props.msteams`. */
interface Card {
  chatId: string;
  messageId: string;
  sender: string;
  senderNote: string;
  link: string;
  sentAt: number;
  importance: string;
  edited: boolean;
  deleted: boolean;
  late: boolean;
  body: string;
}

/** Kept free, so that the header of a part can grow (by "edited") without a part losing its text. */
const RESERVE = 1_000;

/** The messages that a post shows, by delivery key; of a post with one message only that one. */
export function partsOf(post: ExistingPost): ReadonlyArray<Pick<Part, 'delivery' | 'messageId'>> {
  return readParts(post) ?? [];
}

/** Whether a message can share a post: not with files, which belong to a post as a whole. */
export function isFoldable(draft: PostDraft): boolean {
  return readCard(draft.props) !== null && !draft.fileIds?.length;
}

/** The post with one more message at its end, or null when it does not fit or is not a post of ours. */
export function appendPart(post: ExistingPost, draft: PostDraft, locale: string): PostDraft | null {
  const parts = readParts(post);
  const card = readCard(draft.props);
  if (parts === null || card === null) return null;
  const added = [...parts, { ...toPart(draft, card), head: smallHeader(card, locale) }];
  if (countRunes(textOf(added)) > MAX_RUNES - RESERVE) return null;
  return joined({ draft, props: post.props, parts: added });
}

/**
 * The post with one message as it is now; the others stay as they are, to the letter. Null when that message is not in the post. The text
 * of the changed message is cut when it has become too long for what the others leave.
 */
export function replacePart(post: ExistingPost, draft: PostDraft, locale: string): PostDraft | null {
  const card = readCard(draft.props);
  // The post of a single message is replaced as a whole; a deleted message has no buttons.
  if (!Array.isArray(post.props.msteams_parts)) {
    const { buttons: _buttons, ...bare } = draft;
    return card?.deleted ? bare : draft;
  }
  const parts = readParts(post);
  const at = parts?.findIndex(({ delivery }) => delivery === draft.props.msteams_delivery) ?? -1;
  if (parts === null || card === null || at === -1) return null;
  const part = toPart(draft, card);
  const head = at === 0 ? part.head : smallHeader(card, locale);
  const room = MAX_RUNES - countRunes(textOf(parts.with(at, { ...part, head, body: '' })));
  const goOn = `\n\n… [${translatorFor(locale)('post.continueInTeams')}](${card.link})`;
  const fits = countRunes(part.body) <= room;
  const body = fits ? part.body : cutMarkdown(part.body, room - countRunes(goOn)).text + goOn;
  const props = at === 0 ? { ...post.props, ...draft.props } : post.props;
  return joined({ draft, props, parts: parts.with(at, { ...part, head, body }) });
}

/** The card in the web app shows the first message's header, and everything else as its text. */
function joined(given: { draft: PostDraft; props: Record<string, unknown>; parts: Part[] }): PostDraft {
  const { draft, props, parts } = given;
  const message = textOf(parts);
  const [first] = parts;
  const body = message.slice((first?.head.length ?? 0) + 2);
  const card = { ...(props.msteams as object), deleted: false, body };
  // Mattermost returns buttons without their action; written back they would do nothing.
  const { attachments: _dead, ...rest } = props;
  return {
    message,
    props: { ...rest, msteams: card, msteams_parts: parts },
    ...(draft.buttons ? { buttons: draft.buttons } : {}),
  };
}

function textOf(parts: readonly Part[]): string {
  return parts.map(({ head, body }) => `${head}\n\n${body}`).join('\n\n');
}

function toPart({ message, props }: PostDraft, { chatId, messageId, body }: Card): Part {
  const head = message.slice(0, message.length - body.length - 2);
  return { delivery: String(props.msteams_delivery), chatId, messageId, head, body };
}

/** `**Ann Lee** · [Open in Teams](…) · edited`: the header of a message that is not the first of its post. */
function smallHeader(card: Card, locale: string): string {
  const t = translatorFor(locale);
  const note = card.senderNote === '' ? '' : ` (${plainName(card.senderNote)})`;
  const parts = [`**${plainName(card.sender)}**${note}`, `[${t('post.openInTeams')}](${card.link})`];
  if (card.importance === 'high') parts.push(`❗ ${t('post.important')}`);
  if (card.importance === 'urgent') parts.push(`🔔 ${t('post.urgent')}`);
  if (card.edited && !card.deleted) parts.push(t('post.edited'));
  if (card.late) parts.push(t('post.lateSent', { time: formatTime(card.sentAt) }).trim());
  return parts.join(' · ');
}

/** Null for a post that is not ours, or that was changed so that its parts cannot be told apart. */
function readParts({ message, props }: ExistingPost): Part[] | null {
  const { msteams_parts: stored, msteams_delivery: delivery } = props;
  if (Array.isArray(stored)) {
    const parts = stored.filter(isPart);
    return parts.length === stored.length && parts.length > 0 ? parts : null;
  }
  const card = readCard(props);
  if (card === null || typeof delivery !== 'string' || !message.endsWith(`\n\n${card.body}`)) return null;
  return [toPart({ message, props }, card)];
}

function isPart(value: unknown): value is Part {
  return (
    isRecord(value) &&
    ['delivery', 'chatId', 'messageId', 'head', 'body'].every((key) => typeof value[key] === 'string')
  );
}

function readCard(props: Record<string, unknown>): Card | null {
  const card = props.msteams;
  if (!isRecord(card) || typeof card.body !== 'string' || typeof card.link !== 'string') return null;
  if (typeof card.chatId !== 'string' || typeof card.messageId !== 'string') return null;
  return {
    chatId: card.chatId,
    messageId: card.messageId,
    link: card.link,
    body: card.body,
    sender: String(card.sender ?? ''),
    senderNote: String(card.senderNote ?? ''),
    sentAt: Number(card.sentAt),
    importance: String(card.importance),
    edited: card.edited === true,
    deleted: card.deleted === true,
    late: card.late === true,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
