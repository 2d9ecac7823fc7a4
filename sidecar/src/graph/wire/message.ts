import { AppError } from '../../core/errors.ts';
import type { Attachment, Chat, ChatKind, Member, Mention, Message, Sender } from '../../core/types.ts';

/** The unchecked fields of a JSON object. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads a chatMessage, from a notification or a GET. Fields that are missing or have another type count as absent.
 * https://learn.microsoft.com/graph/api/resources/chatmessage
 *
 * @throws {AppError} notification_unreadable without its id or its chat's id
 */
export function readMessage(json: unknown): Message {
  const wire = fieldsOf(json);
  const id = textOf(wire.id);
  const chatId = textOf(wire.chatId);
  if (id === null || chatId === null) {
    throw new AppError('notification_unreadable', 'A chat message came without its id or its chat id.', {
      fields: { hasId: id !== null, hasChatId: chatId !== null },
    });
  }
  const body = fieldsOf(wire.body);
  const content = textOf(body.content) ?? '';
  const createdAt = timeOf(wire.createdDateTime) ?? timeOfId(id);
  const lastModifiedAt = timeOf(wire.lastModifiedDateTime) ?? createdAt;
  const violation = fieldsOf(wire.policyViolation);
  return {
    chatId,
    id,
    version: textOf(wire.etag) ?? textOf(wire.lastModifiedDateTime) ?? id,
    kind: isSystem(wire, content) ? 'system' : 'message',
    ...eventOf(wire),
    createdAt,
    lastModifiedAt,
    lastEditedAt: timeOf(wire.lastEditedDateTime),
    deletedAt: timeOf(wire.deletedDateTime),
    importance: oneOf(wire.importance, ['high', 'urgent']) ?? 'normal',
    subject: textOf(wire.subject),
    sender: readSender(wire.from),
    onBehalfOf: textOf(fieldsOf(fieldsOf(wire.onBehalfOf).user).displayName),
    body: { type: textOf(body.contentType)?.toLowerCase() === 'html' ? 'html' : 'text', content },
    mentions: listOf(wire.mentions).map(readMention),
    attachments: listOf(wire.attachments).map(readAttachment),
    reactionCount: listOf(wire.reactions).length,
    blocked: /blockaccess/i.test(textOf(violation.dlpAction) ?? ''),
  };
}

/**
 * Reads a chat with its expanded members. https://learn.microsoft.com/graph/api/resources/chat
 *
 * @throws {AppError} notification_unreadable without an id
 */
export function readChat(json: unknown): Chat {
  const wire = fieldsOf(json);
  const id = textOf(wire.id);
  if (id === null) throw new AppError('notification_unreadable', 'A chat came without its id.');
  return {
    id,
    kind: readChatKind(wire.chatType, id),
    topic: textOf(wire.topic),
    members: listOf(wire.members).map(readMember),
  };
}

/** For an unknown `chatType` the id tells: meetings start with `19:meeting_`, one-to-one chats end with `@unq.gbl.spaces`. */
function readChatKind(chatType: unknown, id: string): ChatKind {
  const named = oneOf(chatType, ['oneOnOne', 'group', 'meeting']);
  if (named !== null) return named;
  if (id.startsWith('19:meeting_')) return 'meeting';
  return id.endsWith('@unq.gbl.spaces') ? 'oneOnOne' : 'group';
}

/**
 * Guests of the tenant have the role `guest`; members of other tenants are owners.
 * https://learn.microsoft.com/graph/api/resources/conversationmember
 */
function readMember(wire: Fields): Member {
  const isGuest = Array.isArray(wire.roles) && wire.roles.includes('guest');
  return {
    oid: textOf(wire.userId)?.toLowerCase() ?? null,
    tid: textOf(wire.tenantId)?.toLowerCase() ?? null,
    name: textOf(wire.displayName),
    email: textOf(wire.email),
    ...(isGuest ? { guest: true } : {}),
  };
}

/** `messageType` is `unknownFutureValue` for system events without the header `Prefer: include-unknown-enum-members`. */
function isSystem(wire: Fields, content: string): boolean {
  if (wire.messageType === 'systemEventMessage') return true;
  return Object.keys(fieldsOf(wire.eventDetail)).length > 0 || /^\s*<systemEventMessage\s*\/?>/i.test(content);
}

/** The event's name: `membersAdded` for `#microsoft.graph.membersAddedEventMessageDetail`. */
function eventOf(wire: Fields): { event?: string } {
  const [, event] =
    /^#microsoft\.graph\.(\w+)EventMessageDetail$/i.exec(String(fieldsOf(wire.eventDetail)['@odata.type'])) ?? [];
  return event === undefined ? {} : { event };
}

const PERSON_KINDS: Readonly<Record<string, Sender['kind']>> = {
  aadUser: 'user',
  onPremiseAadUser: 'user',
  anonymousGuest: 'anonymous',
  federatedUser: 'federated',
  personalMicrosoftAccountUser: 'federated',
  skypeUser: 'federated',
  azureCommunicationServicesUser: 'federated',
  phoneUser: 'phone',
  emailUser: 'email',
};

function readSender(from: unknown): Sender | null {
  const wire = fieldsOf(from);
  const user = fieldsOf(wire.user);
  if (Object.keys(user).length > 0) {
    const type = textOf(user.userIdentityType);
    return { kind: type === null ? 'user' : (PERSON_KINDS[type] ?? 'unknown'), ...identityOf(user) };
  }
  const application = fieldsOf(wire.application);
  if (Object.keys(application).length > 0) return { kind: 'app', ...identityOf(application) };
  const other = [wire.conversation, wire.device].map(fieldsOf).find((identity) => Object.keys(identity).length > 0);
  return other ? { kind: 'unknown', ...identityOf(other) } : null;
}

/** Object ids become lower-case because they are compared; other ids stay as they are. */
function identityOf(wire: Fields): { id: string | null; name: string | null } {
  const id = textOf(wire.id);
  return { id: id !== null && /^[0-9a-f-]{36}$/i.test(id) ? id.toLowerCase() : id, name: textOf(wire.displayName) };
}

function readMention(wire: Fields): Mention {
  const mentioned = fieldsOf(wire.mentioned);
  const kinds: [key: string, kind: Mention['kind']][] = [
    ['user', 'user'],
    ['tag', 'tag'],
    ['conversation', 'chat'],
    ['application', 'app'],
  ];
  const kind = kinds.find(([key]) => Object.keys(fieldsOf(mentioned[key])).length > 0)?.[1] ?? 'unknown';
  return {
    id: Number(wire.id ?? -1),
    text: textOf(wire.mentionText) ?? '',
    kind,
    oid: kind === 'user' ? identityOf(fieldsOf(mentioned.user)).id : null,
  };
}

function readAttachment(wire: Fields): Attachment {
  const { content } = wire;
  return {
    id: textOf(wire.id) ?? '',
    contentType: textOf(wire.contentType) ?? '',
    contentUrl: textOf(wire.contentUrl),
    // Documented as text, but also seen as an object, for cards that other tools passed on.
    content: typeof content === 'object' && content !== null ? JSON.stringify(content) : textOf(content),
    name: textOf(wire.name),
    thumbnailUrl: textOf(wire.thumbnailUrl),
    teamsAppId: textOf(wire.teamsAppId),
  };
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.filter(isFields) : [];
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function oneOf<T extends string>(value: unknown, known: readonly T[]): T | null {
  return known.find((name) => name.toLowerCase() === textOf(value)?.toLowerCase()) ?? null;
}

/** Milliseconds; null for any other value, and for Graph's "never", a date in year 1. */
function timeOf(value: unknown): number | null {
  const time = Date.parse(textOf(value) ?? '');
  return Number.isFinite(time) && time > 0 ? time : null;
}

/** A message's id is its time of creation in milliseconds. */
function timeOfId(id: string): number {
  return /^\d{12,14}$/.test(id) ? Number(id) : 0;
}
