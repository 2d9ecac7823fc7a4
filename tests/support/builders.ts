import { ALICE as ALICE_IN_TEAMS, CONTOSO } from '../../playground/sample.ts';
import { createSealer, type Sealer } from '../../sidecar/src/core/encryption.ts';
import type { InboxItem } from '../../sidecar/src/core/ports/queue.ts';
import { DEFAULT_PREFERENCES } from '../../sidecar/src/core/preferences.ts';
import type { Connection, Message, User } from '../../sidecar/src/core/types.ts';

/** Ids of Mattermost users. */
export const ALICE = 'alice7777777777777777777aa';
export const BOB = 'bob99999999999999999999bbb';
export const BOT = 'botbotbotbotbotbotbotbot11';
/** Object id of a Microsoft account, as in Graph's own examples. */
export const OID = '8ea0e38b-efb3-4757-924a-5f94061cf8c2';
/** When the message of `message()` was written, in milliseconds since the Unix epoch. */
export const START = 1_800_000_000_000;

/** A notification of message 1000 in chat `c1` of connection `k1`, unless said otherwise. */
export function inboxItem(over: Partial<InboxItem> = {}): InboxItem {
  return {
    source: { kind: 'subscription', id: 's1' },
    owner: { kind: 'connection', id: 'k1' },
    tid: CONTOSO,
    chatId: 'c1',
    messageId: '1000',
    change: 'created',
    payload: 'encrypted',
    receivedAt: 1_000,
    ...over,
  };
}

/** A working connection of user `u1` that wants every message. */
export function connection(over: Partial<Connection> = {}): Connection {
  return {
    id: 'k1',
    userId: 'u1',
    tid: CONTOSO,
    oid: ALICE_IN_TEAMS.oid,
    accountName: 'Alice Adams',
    accountAddress: 'alice@example.com',
    state: 'connected',
    connectedAt: 0,
    lastDeliveryAt: null,
    lastErrorCode: null,
    lastErrorAt: null,
    preferences: { ...DEFAULT_PREFERENCES, enabled: true, when: 'always' },
    ...over,
  };
}

/** The Mattermost user Alice, who reads English. */
export function user(over: Partial<User> = {}): User {
  return {
    id: ALICE,
    username: 'alice',
    name: 'Alice Adams',
    email: 'alice@example.com',
    locale: 'en',
    isBot: false,
    deactivated: false,
    ...over,
  };
}

/** A Teams message that a notification carries. */
export function message(over: Partial<Message> = {}): Message {
  return {
    chatId: 'c1',
    id: String(START),
    version: '1',
    kind: 'message',
    createdAt: START,
    lastModifiedAt: START,
    lastEditedAt: null,
    deletedAt: null,
    importance: 'normal',
    subject: null,
    sender: { kind: 'user', id: 'colleague', name: 'Bo' },
    onBehalfOf: null,
    body: { type: 'text', content: 'hello' },
    mentions: [],
    attachments: [],
    reactionCount: 0,
    blocked: false,
    ...over,
  };
}

/** A sealer whose keys are named; the same name gives the same key. The first key seals, all open. */
export function sealerOf(...names: string[]): Sealer {
  return createSealer(names.map((id) => ({ id, key: Buffer.alloc(32, id) })));
}
