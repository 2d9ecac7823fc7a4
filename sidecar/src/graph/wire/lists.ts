import Type from 'typebox';
import Compile from 'typebox/compile';
import { AppError } from '../../core/errors.ts';
import type { Member, Presence } from '../../core/types.ts';
import { readPresence } from './entities.ts';
import { readChat } from './message.ts';

/** A chat in a person's list. Times in milliseconds; null for no message, and for a chat never read. */
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

/** Reads where a list goes on; null at its end. */
export function readNextLink(json: unknown): string | null {
  return NextLinkShape.Check(json) ? json['@odata.nextLink'] : null;
}

/** Reads one page of any list. Error: `microsoft_refused`. */
export function readList(json: unknown): unknown[] {
  if (!ListShape.Check(json)) {
    throw new AppError('microsoft_refused', 'Microsoft Graph answered with an unknown shape.', {
      fields: { what: 'list' },
    });
  }
  return json.value;
}

/** Reads one page of a person's chats with `lastMessagePreview`; what cannot be read is left out. Error: `microsoft_refused`. */
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

/** Reads one page of a chat's members. Error: `microsoft_refused`. */
export function readMembers(json: unknown): Member[] {
  return readChat({ id: 'members', members: readList(json) }).members;
}

/** Reads the answer of `getPresencesByUserId`: presence by lower-case object id. Error: `microsoft_refused`. */
export function readPresences(json: unknown): Map<string, Presence> {
  const known = readList(json).flatMap(
    (one): Array<[string, Presence]> => (PresenceIdShape.Check(one) ? [[one.id.toLowerCase(), readPresence(one)]] : []),
  );
  return new Map(known);
}

/** Null for what is no time and for Graph's "never", year 1. */
function timeOf(text: string | null | undefined): number | null {
  const time = Date.parse(text ?? '');
  return time > 0 ? time : null;
}
