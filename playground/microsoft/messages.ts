import { randomUUID } from 'node:crypto';
import { Problem } from './problem.ts';
import type { MicrosoftState } from './state.ts';
import type { Chat, ChatMessage, HostedContent, Json, Person, StoredMessage } from './types.ts';

/** A message to be written. `{{hosted:0}}` in the content becomes the address of the first hosted content. */
export interface MessageDraft {
  chatId: string;
  from: string | null;
  body: { contentType: 'text' | 'html'; content: string };
  mentions?: Json[];
  attachments?: Json[];
  importance?: 'normal' | 'high' | 'urgent';
  subject?: string | null;
  hostedContents?: { contentType: string; base64: string }[];
  id?: string;
  /** Members laid over the finished chatMessage: another sender kind, a policy violation … */
  extra?: Json;
}

/** Writes, edits and deletes messages as their senders do in Teams. Errors: `Problem`. */
export interface Messages {
  write(draft: MessageDraft): ChatMessage;
  edit(chatId: string, id: string, change: Json): ChatMessage;
  remove(chatId: string, id: string): ChatMessage;
  react(target: { chatId: string; id: string }, reaction: { from: string; reactionType: string }): ChatMessage;
  /** Writes a system message; `membersAdded`, `membersDeleted` and `chatRenamed` also do what they say. */
  event(chatId: string, event: { type: string; members?: string[]; topic?: string; initiator?: string }): ChatMessage;
  find(chatId: string, id: string): { chat: Chat; message: StoredMessage };
}

/** `root` is the address of this Microsoft, the beginning of hosted content's addresses. */
export function createMessages(state: MicrosoftState, root: () => string): Messages {
  return {
    find: (chatId, id) => find(state, chatId, id),
    write: (draft) => write(state, root(), draft),
    edit: (chatId, id, change) =>
      modify(state, find(state, chatId, id), (wire, now) => Object.assign(wire, change, { lastEditedDateTime: now })),
    remove: (chatId, id) =>
      modify(state, find(state, chatId, id), (wire, now) => {
        Object.assign(wire, { deletedDateTime: now, attachments: [], mentions: [], reactions: [] });
        wire.body = { contentType: wire.body.contentType, content: '' };
      }),
    react: ({ chatId, id }, { from, reactionType }) =>
      modify(state, find(state, chatId, id), (wire, now) => {
        const user = { id: state.person(from).oid, displayName: null, userIdentityType: 'aadUser' };
        const reaction = { reactionType, createdDateTime: now, user: { application: null, device: null, user } };
        wire.reactions = [...wire.reactions, { ...reaction, displayName: reactionType }];
      }),
    event: (chatId, event) => {
      const chat = state.chat(chatId);
      const eventDetail = applyEvent(state, chat, event);
      const wire = blank({ chat, id: nextId(chat, state), now: state.stamp() });
      const body = { contentType: 'html', content: '<systemEventMessage/>' };
      const message = { ...wire, messageType: 'systemEventMessage', body, eventDetail };
      return store(state, chat, { hosted: new Map(), wire: message });
    },
  };
}

function find(state: MicrosoftState, chatId: string, id: string): { chat: Chat; message: StoredMessage } {
  const chat = state.chat(chatId);
  const message = chat.messages.get(id);
  if (!message) throw new Problem(404, `There is no message with the id ${id} in this chat.`);
  return { chat, message };
}

function write(state: MicrosoftState, root: string, draft: MessageDraft): ChatMessage {
  const chat = state.chat(draft.chatId);
  const sender = draft.from === null ? null : state.person(draft.from);
  if (sender && !chat.members.includes(sender.oid)) throw new Problem(403, 'Only members can write in this chat.');
  const id = draft.id ?? nextId(chat, state);
  const hosted = toHosted(draft, id);
  const base = `${root}/v1.0/chats/${chat.id}/messages/${id}/hostedContents/`;
  const body = { ...draft.body, content: placeHosted(draft.body.content, [...hosted.keys()], base) };
  const from = sender && userIdentity(sender);
  const wire = { ...blank({ chat, id, now: state.stamp() }), ...fieldsOf(draft), from, body, ...draft.extra };
  return store(state, chat, { hosted, wire });
}

function store(state: MicrosoftState, chat: Chat, message: StoredMessage): ChatMessage {
  const { id } = message.wire;
  if (chat.messages.has(id)) throw new Problem(409, 'There is already a message with this id.');
  chat.messages.set(id, message);
  chat.lastMessageId = Math.max(chat.lastMessageId, Number(id) || 0);
  state.announce(chat, message, 'created');
  return message.wire;
}

function modify(
  state: MicrosoftState,
  { chat, message }: { chat: Chat; message: StoredMessage },
  apply: (wire: ChatMessage, now: string) => void,
): ChatMessage {
  const now = state.stamp();
  apply(message.wire, now);
  message.wire.lastModifiedDateTime = now;
  message.wire.etag = String(Math.max(Date.parse(now), Number(message.wire.etag) + 1));
  state.announce(chat, message, message.wire.deletedDateTime === null ? 'updated' : 'deleted');
  return message.wire;
}

function fieldsOf(draft: MessageDraft): Partial<ChatMessage> {
  return {
    importance: draft.importance ?? 'normal',
    subject: draft.subject ?? null,
    mentions: draft.mentions ?? [],
    attachments: draft.attachments ?? [],
  };
}

/** Ids are Unix milliseconds as text, unique and growing within a chat only. */
function nextId(chat: Chat, state: MicrosoftState): string {
  return String(Math.max(Date.parse(state.stamp()), chat.lastMessageId + 1));
}

function blank({ chat, id, now }: { chat: Chat; id: string; now: string }): ChatMessage {
  return {
    id,
    replyToId: null,
    etag: id,
    messageType: 'message',
    createdDateTime: now,
    lastModifiedDateTime: now,
    lastEditedDateTime: null,
    deletedDateTime: null,
    subject: null,
    summary: null,
    chatId: chat.id,
    importance: 'normal',
    locale: 'en-us',
    webUrl: null,
    channelIdentity: null,
    policyViolation: null,
    eventDetail: null,
    from: null,
    body: { contentType: 'text', content: '' },
    attachments: [],
    mentions: [],
    reactions: [],
    messageHistory: [],
  };
}

function userIdentity(person: Person): Json {
  const user = {
    '@odata.type': '#microsoft.graph.teamworkUserIdentity',
    id: person.oid,
    displayName: person.name,
    userIdentityType: 'aadUser',
    tenantId: person.tid,
  };
  return { application: null, device: null, conversation: null, user };
}

function toHosted(draft: MessageDraft, messageId: string): Map<string, HostedContent> {
  const contents = draft.hostedContents ?? [];
  return new Map(
    contents.map(({ contentType, base64 }, index) => [
      Buffer.from(`id=x_${messageId}_${index},type=1`).toString('base64url'),
      { contentType, bytes: Buffer.from(base64, 'base64') },
    ]),
  );
}

function placeHosted(content: string, ids: string[], base: string): string {
  return content.replace(/\{\{hosted:(\d+)\}\}/g, (whole, index) => {
    const id = ids[Number(index)];
    return id === undefined ? whole : `${base}${id}/$value`;
  });
}

function applyEvent(state: MicrosoftState, chat: Chat, event: Parameters<Messages['event']>[1]): Json {
  const members = event.members ?? [];
  if (event.type === 'membersAdded') for (const oid of members) state.addMember(chat, oid);
  if (event.type === 'membersDeleted') for (const oid of members) state.removeMember(chat, oid);
  if (event.type === 'chatRenamed') chat.topic = event.topic ?? null;
  if (members.length > 0 || event.type === 'chatRenamed') chat.lastUpdatedDateTime = state.stamp();
  const toUser = (id: string) => ({ id, displayName: null, userIdentityType: 'aadUser' });
  const initiator = {
    application: null,
    device: null,
    user: toUser(event.initiator ?? chat.members[0] ?? randomUUID()),
  };
  return {
    '@odata.type': `#microsoft.graph.${event.type}EventMessageDetail`,
    ...(event.type.startsWith('call') ? { callEventType: chat.kind === 'meeting' ? 'meeting' : 'call' } : {}),
    ...(event.type.startsWith('members') ? { members: members.map(toUser) } : {}),
    ...(event.type === 'chatRenamed' ? { chatDisplayName: chat.topic, chatId: chat.id } : {}),
    initiator,
  };
}
