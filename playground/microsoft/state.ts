import { randomBytes, randomUUID } from 'node:crypto';
import type { MovableClock } from './clock.ts';
import { Problem } from './problem.ts';
import type { ChangeType, Chat, ChatKind, Person, StoredMessage } from './types.ts';

/** A change of a message. `wire` is the Graph chatMessage right after it, as JSON text. */
export interface MessageChange {
  chat: Chat;
  messageId: string;
  changeType: ChangeType;
  wire: string;
}

/** A new person; missing fields get defaults. */
export interface PersonDraft {
  name: string;
  mail?: string | null;
  upn?: string;
  tid?: string;
  oid?: string;
  presence?: { availability: string; activity: string };
}

/** A new chat; missing fields get defaults. */
export interface ChatDraft {
  kind: ChatKind;
  topic?: string | null;
  members: string[];
  id?: string;
}

/** People and chats, and the listeners to their changes. */
export interface MicrosoftState {
  people: Map<string, Person>;
  chats: Map<string, Chat>;
  addPerson(draft: PersonDraft): Person;
  addChat(draft: ChatDraft): Chat;
  /** @throws {Problem} 404 */
  person(oid: string): Person;
  /** @throws {Problem} 404 */
  chat(id: string): Chat;
  chatsOf(oid: string): Chat[];
  addMember(chat: Chat, oid: string): void;
  removeMember(chat: Chat, oid: string): void;
  setPresence(oid: string, presence: { availability: string; activity: string; outOfOffice?: boolean }): Person;
  /** Tells the listeners that a message was written, changed or deleted. */
  announce(chat: Chat, message: StoredMessage, changeType: ChangeType): void;
  onMessage(listener: (change: MessageChange) => void): void;
  /** Called for every change that a page may show. Returns a function that removes the listener. */
  onChange(listener: (topic: string) => void): () => void;
  touch(topic: string): void;
  /** Now as ISO text, in real time. */
  stamp(): string;
}

/** Empty; new people belong to `tid` unless their draft names another tenant. */
export function createMicrosoftState(clock: MovableClock, tid: string): MicrosoftState {
  const people = new Map<string, Person>();
  const chats = new Map<string, Chat>();
  const chatIdsByMember = new Map<string, Set<string>>();
  const messageListeners: ((change: MessageChange) => void)[] = [];
  const changeListeners = new Set<(topic: string) => void>();

  const state: MicrosoftState = {
    people,
    chats,
    stamp: () => new Date(clock.toOutside(clock.now())).toISOString(),
    person: (oid) => found(people.get(oid), 'person', oid),
    chat: (id) => found(chats.get(id), 'chat', id),
    chatsOf: (oid) => [...(chatIdsByMember.get(oid) ?? [])].map((id) => found(chats.get(id), 'chat', id)),
    addPerson: (draft) => {
      const person = toPerson(draft, tid);
      if (people.has(person.oid)) throw new Problem(409, `There is already a person with the id ${person.oid}.`);
      people.set(person.oid, person);
      state.touch('people');
      return person;
    },
    addChat: (draft) => {
      const chat = toChat(draft, state);
      if (chats.has(chat.id)) throw new Problem(409, `There is already a chat with the id ${chat.id}.`);
      chats.set(chat.id, chat);
      for (const oid of draft.members) state.addMember(chat, oid);
      state.touch('chats');
      return chat;
    },
    addMember: (chat, oid) => {
      state.person(oid);
      if (!chat.members.includes(oid)) chat.members.push(oid);
      chat.joined.set(oid, state.stamp());
      chatIdsByMember.set(oid, (chatIdsByMember.get(oid) ?? new Set()).add(chat.id));
    },
    removeMember: (chat, oid) => {
      chat.members = chat.members.filter((member) => member !== oid);
      chatIdsByMember.get(oid)?.delete(chat.id);
    },
    setPresence: (oid, { availability, activity, outOfOffice = false }) => {
      const person = state.person(oid);
      person.presence = { availability, activity, outOfOffice, sequenceNumber: person.presence.sequenceNumber + 1 };
      state.touch('people');
      return person;
    },
    announce: (chat, { wire }, changeType) => {
      const change = { chat, messageId: wire.id, changeType, wire: JSON.stringify(wire) };
      for (const listener of messageListeners) listener(change);
      state.touch(chat.id);
    },
    onMessage: (listener) => messageListeners.push(listener),
    onChange: (listener) => {
      changeListeners.add(listener);
      return () => changeListeners.delete(listener);
    },
    touch: (topic) => {
      for (const listener of changeListeners) listener(topic);
    },
  };
  return state;
}

function found<T>(value: T | undefined, what: string, id: string): T {
  if (value === undefined) throw new Problem(404, `There is no ${what} with the id ${id}.`);
  return value;
}

function toPerson(draft: PersonDraft, tid: string): Person {
  const mail = draft.mail ?? null;
  const oid = draft.oid ?? randomUUID();
  return {
    oid,
    tid: draft.tid ?? tid,
    name: draft.name,
    mail,
    upn: draft.upn ?? mail ?? `${oid}@example.com`,
    presence: {
      availability: 'Offline',
      activity: 'Offline',
      ...draft.presence,
      sequenceNumber: 1,
      outOfOffice: false,
    },
  };
}

function toChat(draft: ChatDraft, state: MicrosoftState): Chat {
  const creator = state.person(draft.members[0] ?? '');
  if (draft.kind === 'oneOnOne' && draft.members.length !== 2) {
    throw new Problem(400, 'A one-to-one chat has two members.');
  }
  const now = state.stamp();
  return {
    id: draft.id ?? newChatId(draft),
    tid: creator.tid,
    kind: draft.kind,
    topic: draft.topic ?? null,
    members: [],
    createdDateTime: now,
    lastUpdatedDateTime: now,
    messages: new Map(),
    lastMessageId: 0,
    reads: new Map(),
    joined: new Map(),
  };
}

function newChatId(draft: ChatDraft): string {
  if (draft.kind === 'oneOnOne') return `19:${draft.members.join('_')}@unq.gbl.spaces`;
  if (draft.kind === 'meeting') return `19:meeting_${randomBytes(24).toString('base64url')}@thread.v2`;
  return `19:${randomBytes(16).toString('hex')}@thread.v2`;
}
