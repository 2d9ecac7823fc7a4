import { connectionOwner } from '../../core/owner.ts';
import type { InboxItem, QueueItem } from '../../core/ports/queue.ts';
import type { Message } from '../../core/types.ts';

export interface FanOutDeps {
  open(item: QueueItem): Promise<Message>;
  /** Object ids of those in the chat. */
  members(chatId: string): Promise<string[]>;
  /** The connections of these accounts whose sign-in works. */
  connectionsAmong(accounts: { tid: string; oids: readonly string[] }): Promise<{ id: string }[]>;
  /** Into the inbox. */
  put(items: readonly InboxItem[]): Promise<unknown>;
}

/** Hands what the organisation's feed brought to every connected member of its chat but its sender: one item for each. */
export function createFanOut(deps: FanOutDeps): (item: QueueItem) => Promise<void> {
  return async (item) => {
    const message = item.payload === null ? null : await deps.open(item);
    if (message?.kind === 'system') return;
    const sender = message?.sender?.kind === 'user' ? message.sender.id : null;
    const oids = (await deps.members(item.chatId)).filter((oid) => oid !== sender);
    const { source, tid, chatId, messageId, change, payload, receivedAt } = item;
    const connections = await deps.connectionsAmong({ tid, oids });
    if (connections.length === 0) return;
    const common = { source, tid, chatId, messageId, change, payload, receivedAt };
    await deps.put(connections.map(({ id }) => ({ ...common, owner: connectionOwner(id) })));
  };
}

export interface SieveDeps {
  /** Object ids of those in a chat whose id tells them; null for other chats. */
  membersOfId(chatId: string): string[] | null;
  connectionsAmong(accounts: { tid: string; oids: readonly string[] }): Promise<{ oid: string }[]>;
}

/**
 * Keeps out of the inbox what concerns nobody: of all that an organisation writes, one-to-one chats of people who are not connected are the
 * most, and their ids tell who they are. Other chats are looked into later, because looking may take a request.
 */
export function createSieve(deps: SieveDeps): (items: readonly InboxItem[]) => Promise<InboxItem[]> {
  return async (items) => {
    const asked = items.filter(({ owner }) => owner.kind === 'tenant');
    const oids = new Set(asked.flatMap(({ chatId }) => deps.membersOfId(chatId) ?? []));
    const tid = asked[0]?.tid;
    if (tid === undefined || oids.size === 0) return [...items];
    const connected = new Set((await deps.connectionsAmong({ tid, oids: [...oids] })).map(({ oid }) => oid));
    return items.filter((item) => {
      const members = item.owner.kind === 'tenant' ? deps.membersOfId(item.chatId) : null;
      return members === null || members.some((oid) => connected.has(oid));
    });
  };
}
