import { connectionOwner } from '../../core/owner.ts';
import type { Connections } from '../../core/ports/connections.ts';
import type { InboxItem, PutResult, QueueItem } from '../../core/ports/queue.ts';
import type { Message } from '../../core/types.ts';

/** What the fan-out uses of the rest of the sidecar. */
export interface FanOutPorts {
  open(item: QueueItem): Promise<Message>;
  /** Object ids of the members of the chat. */
  members(chatId: string): Promise<string[]>;
  /** The connections of these accounts whose sign-in works. */
  connectionsAmong: Connections['among'];
  /** Stores the items in the inbox. */
  put(items: readonly InboxItem[]): Promise<unknown>;
}

/** Queues an item of the tenant subscription once for every connected member of its chat, except the sender. */
export function createFanOut(ports: FanOutPorts): (item: QueueItem) => Promise<void> {
  return async (item) => {
    const message = item.payload === null ? null : await ports.open(item);
    if (message?.kind === 'system') return;
    const sender = message?.sender?.kind === 'user' ? message.sender.id : null;
    const oids = (await ports.members(item.chatId)).filter((oid) => oid !== sender);
    const { source, tid, chatId, messageId, change, payload, receivedAt } = item;
    const connections = await ports.connectionsAmong({ tid, oids });
    if (connections.length === 0) return;
    const common = { source, tid, chatId, messageId, change, payload, receivedAt };
    await ports.put(connections.map(({ id }) => ({ ...common, owner: connectionOwner(id) })));
  };
}

/** What the intake of the tenant subscription uses of the rest of the sidecar. */
export interface TenantIntakePorts {
  /** Object ids of the members of a chat whose id tells them; null for other chats. */
  membersOfId(chatId: string): string[] | null;
  connectionsAmong: Connections['among'];
  put(items: readonly InboxItem[]): Promise<PutResult>;
}

/**
 * Stores what the webhook received, but for notifications of the tenant subscription that concern no connected user: most messages of a tenant
 * are in one-to-one chats of users who are not connected, and the id of such a chat names its members. The members of other chats are looked
 * up later, because that may take a request.
 */
export function createTenantIntake(ports: TenantIntakePorts): (items: readonly InboxItem[]) => Promise<PutResult> {
  return async (items) => {
    const kept = await withoutUnconnected(ports, items);
    return kept.length === 0 ? { stored: 0, duplicate: 0 } : ports.put(kept);
  };
}

async function withoutUnconnected(
  { membersOfId, connectionsAmong }: TenantIntakePorts,
  items: readonly InboxItem[],
): Promise<readonly InboxItem[]> {
  const asked = items.filter(({ owner }) => owner.kind === 'tenant');
  const oids = new Set(asked.flatMap(({ chatId }) => membersOfId(chatId) ?? []));
  const tid = asked[0]?.tid;
  if (tid === undefined || oids.size === 0) return items;
  const connected = new Set((await connectionsAmong({ tid, oids: [...oids] })).map(({ oid }) => oid));
  return items.filter((item) => {
    const members = item.owner.kind === 'tenant' ? membersOfId(item.chatId) : null;
    return members === null || members.some((oid) => connected.has(oid));
  });
}
