import { createHash } from 'node:crypto';
import { sortableId } from '../../core/ids.ts';
import type { InboxItem, QueueItem } from '../../core/ports/queue.ts';
import type { ChangeType } from '../../core/types.ts';
import { ownerColumn, sourceColumn, toOwner, toSource } from '../columns.ts';
import { chunks, type Query, type SqlValue, valuesClause } from '../database/sql.ts';
import { chatQueueId } from './chat-queues.ts';

const COLUMNS = `id, lane_id, subscription_id, connection_id, tid, chat_id, message_id, message_order, change, change_order,
  arrival, payload, received_at, attempts, last_code`;
const CHANGE_ORDER: Record<ChangeType, number> = { created: 0, updated: 1, deleted: 2 };

/** Inserts the items that do not wait already; returns those that were new. */
export async function insertItems(tx: Query, items: readonly InboxItem[], now: number): Promise<Set<InboxItem>> {
  const byId = new Map<string, InboxItem>();
  for (const item of items) {
    const id = itemId(item);
    if (!byId.has(id)) byId.set(id, item);
  }
  const fresh = new Set<InboxItem>();
  for (const group of chunks([...byId])) {
    const rows = await tx.query<{ id: string }>(
      `insert into inbox (${COLUMNS}) values ${valuesClause(group.length, 15)} on conflict (id) do nothing returning id`,
      group.flatMap(([id, item]) => toRow(id, item, now)),
    );
    for (const row of rows) {
      const item = byId.get(row.id);
      if (item) fresh.add(item);
    }
  }
  return fresh;
}

/** The number that orders a message within its chat. Teams ids are Unix milliseconds; other ids are ordered by arrival. */
function messageOrder(item: Pick<InboxItem, 'messageId' | 'receivedAt'>): number {
  return /^\d{1,15}$/.test(item.messageId) ? Number(item.messageId) : item.receivedAt;
}

function toRow(id: string, item: InboxItem, now: number): SqlValue[] {
  return [
    ...[id, chatQueueId(item.owner, item.chatId), sourceColumn(item.source), ownerColumn(item.owner), item.tid],
    ...[item.chatId, item.messageId, messageOrder(item), item.change, CHANGE_ORDER[item.change]],
    ...[sortableId(now), item.payload, item.receivedAt, 0, null],
  ];
}

function itemId(item: InboxItem): string {
  const payload = createHash('sha256')
    .update(item.payload ?? '')
    .digest('base64url');
  const parts = [ownerColumn(item.owner), item.chatId, item.messageId, item.change, payload];
  return createHash('sha256').update(parts.join('\n')).digest('base64url');
}

/** The columns that are read. */
export interface ItemRow {
  id: string;
  subscription_id: string;
  connection_id: string;
  tid: string;
  chat_id: string;
  message_id: string;
  message_order: number;
  change: ChangeType;
  payload: string | null;
  received_at: number;
  attempts: number;
}

/** Maps an inbox row to a queue item. */
export function toItem(row: ItemRow): QueueItem {
  return {
    id: row.id,
    source: toSource(row.subscription_id),
    owner: toOwner(row.connection_id),
    tid: row.tid,
    chatId: row.chat_id,
    messageId: row.message_id,
    messageOrder: row.message_order,
    change: row.change,
    payload: row.payload,
    receivedAt: row.received_at,
    attempts: row.attempts,
  };
}
