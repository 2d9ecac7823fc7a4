import { oneLine, plainName } from '../../core/escape-markdown.ts';
import type { Sender } from '../../core/types.ts';
import { formatTime, nameOf, type RenderContext } from '../attachments/render-context.ts';

/** The sender's name as plain text. */
export function senderName(context: RenderContext): string {
  const { sender, kind } = context.message;
  if (kind === 'system') return 'Teams';
  return nameOf(context, sender?.id ?? null, sender?.name ?? null);
}

/** `**Flow** (app) on behalf of **Ann Lee**`. `tid` is the reader's tenant, '' when it is not known. */
function senderLine(context: RenderContext, tid: string): string {
  const { sender, onBehalfOf } = context.message;
  const note = sender === null ? '' : noteOf(context, sender, tid);
  const behalf = onBehalfOf?.trim() ? ` ${context.t('post.onBehalfOf', { name: `**${plainName(onBehalfOf)}**` })}` : '';
  return `**${plainName(senderName(context))}**${note === '' ? '' : ` (${note})`}${behalf}`;
}

/** The note beside the sender's name, as plain text: `app, on behalf of Ann Lee`; '' for members of the reader's tenant. */
export function senderNote(context: RenderContext, tid: string): string {
  const { sender, onBehalfOf, kind } = context.message;
  if (kind === 'system' || sender === null) return '';
  const behalf = onBehalfOf?.trim() ? context.t('post.onBehalfOf', { name: oneLine(onBehalfOf) }) : '';
  return [noteOf(context, sender, tid), behalf].filter((part) => part !== '').join(', ');
}

/** What the name alone does not show: that the sender is of another tenant, or not a person. */
function noteOf(context: RenderContext, sender: Sender, tid: string): string {
  const { t } = context;
  const member = context.chat.members.find(({ oid }) => oid !== null && oid === sender.id);
  const foreign = tid !== '' && member?.tid != null && member.tid.toLowerCase() !== tid.toLowerCase();
  const notes: Record<Sender['kind'], string> = {
    user: foreign ? t('post.external') : member?.guest ? t('post.guest') : '',
    federated: t('post.external'),
    anonymous: t('post.unverified'),
    phone: t('post.phone'),
    email: t('post.email'),
    app: t('post.app'),
    unknown: '',
  };
  return notes[sender.kind];
}

const MAX_TITLE = 200;

/** The chat's name as plain text: its topic, else its other members, else "Teams". */
export function chatName({ chat }: RenderContext, readerOid: string): string {
  if (chat.kind === 'oneOnOne') return 'Teams';
  const topic = oneLine(chat.topic ?? '', MAX_TITLE);
  if (topic !== '') return topic;
  const others = chat.members.filter((member) => member.oid !== readerOid && member.name?.trim());
  const shown = others.slice(0, 3).map((member) => oneLine(member.name ?? '', 60));
  if (shown.length === 0) return 'Teams';
  const more = chat.members.length - 1 - shown.length;
  return more > 0 ? `${shown.join(', ')} +${more}` : shown.join(', ');
}

/** Graph sends at most this many members with a chat. */
const MEMBERS_SENT = 25;

/** `**Ann Lee** in [Budget 2027](…) · group chat of 5 · important`: the first line of every post. */
export function headerLine(context: RenderContext, given: { tid: string; title: string; late: boolean }): string {
  const { t, message } = context;
  const title = plainName(given.title, MAX_TITLE);
  const sender = senderLine(context, given.tid);
  const parts = [t('post.from', { sender, chat: `[${title}](${context.link})` }), kindOf(context)];
  if (message.importance === 'high') parts.push(`❗ ${t('post.important')}`);
  if (message.importance === 'urgent') parts.push(`🔔 ${t('post.urgent')}`);
  if (message.lastEditedAt !== null && message.deletedAt === null) parts.push(t('post.edited'));
  if (given.late) parts.push(t('post.lateSent', { time: formatTime(message.createdAt) }).trim());
  return parts.join(' · ');
}

function kindOf(context: RenderContext): string {
  const { t, chat } = context;
  if (chat.kind === 'oneOnOne') return t('post.directChat');
  const kind = chat.kind === 'meeting' ? 'meetingChat' : 'groupChat';
  const count = chat.members.length;
  if (count < 2) return t(`post.${kind}`);
  return t(`post.${kind}Of`, { members: `${count}${count >= MEMBERS_SENT ? '+' : ''}` });
}
