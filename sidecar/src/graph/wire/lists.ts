import Type from 'typebox';
import Compile from 'typebox/compile';
import { AppError } from '../../core/errors.ts';
import type { Member, Presence } from '../../core/types.ts';
import { readPresence } from './entities.ts';
import { readChat } from './message.ts';

/** A chat in a user's list. Times in milliseconds, null without a message and for a chat never read. */
export interface ListedChat {
  id: string;
  lastMessageAt: number | null;
  readAt: number | null;
}

const ListShape = Compile(Type.Object({ value: Type.Array(Type.Unknown()) }));
const NextLinkShape = Compile(Type.Object({ '@odata.nextLink': Type.String({ minLength: 1, maxLength: 8_192 }) }));
const Time = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const ListedChatShape = Compile(
  Type.Object({
    id: Type.String({ minLength: 1, maxLength: 512 }),
    lastMessagePreview: Type.Optional(Type.Union([Type.Object({ createdDateTime: Time }), Type.Null()])),
    viewpoint: Type.Optional(Type.Union([Type.Object({ lastMessageReadDateTime: Time }), Type.Null()])),
  }),
);
const PresenceIdShape = Compile(Type.Object({ id: Type.String({ minLength: 1, maxLength: 128 }) }));

/** Reads the address of the next page; null on the last one. https://learn.microsoft.com/graph/paging */
export function readNextLink(json: unknown): string | null {
  return NextLinkShape.Check(json) ? json['@odata.nextLink'] : null;
}

/** Reads one page of any list. @throws {AppError} microsoft_refused for any other value */
export function readList(json: unknown): unknown[] {
  if (!ListShape.Check(json)) {
    throw new AppError('microsoft_refused', 'Microsoft Graph answered with an unknown shape.', {
      fields: { what: 'list' },
    });
  }
  return json.value;
}

/**
 * Reads one page of a user's chats with `lastMessagePreview`, without those that are unreadable.
 * https://learn.microsoft.com/graph/api/chat-list
 *
 * @throws {AppError} microsoft_refused for any other value
 */
export function readListedChats(json: unknown): ListedChat[] {
  return readList(json).flatMap((chat) => {
    if (!ListedChatShape.Check(chat)) return [];
    const { id, lastMessagePreview, viewpoint } = chat;
    return {
      id,
      lastMessageAt: timeOf(lastMessagePreview?.createdDateTime),
      readAt: timeOf(viewpoint?.lastMessageReadDateTime),
    };
  });
}

/** Reads one page of a chat's members. @throws {AppError} microsoft_refused for any other value */
export function readMembers(json: unknown): Member[] {
  return readChat({ id: 'members', members: readList(json) }).members;
}

/**
 * Reads the answer of `getPresencesByUserId`: presences by lower-case object id.
 *
 * @throws {AppError} microsoft_refused for any other value
 */
export function readPresences(json: unknown): Map<string, Presence> {
  const known = readList(json).flatMap(
    (one): Array<[string, Presence]> => (PresenceIdShape.Check(one) ? [[one.id.toLowerCase(), readPresence(one)]] : []),
  );
  return new Map(known);
}

/** Null for any other text, and for Graph's "never", a date in year 1. */
function timeOf(text: string | null | undefined): number | null {
  const time = Date.parse(text ?? '');
  return time > 0 ? time : null;
}
