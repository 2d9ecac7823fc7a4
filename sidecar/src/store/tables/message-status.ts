import { connectionOwner } from '../../core/owner.ts';
import type { KnownMessage, MessageStatus } from '../../core/ports/catch-up.ts';
import type { DeliveryState } from '../../core/ports/deliveries.ts';
import type { Database } from '../database/sql.ts';
import { chunks, placeholders, valuesClause } from '../database/sql.ts';
import { chatQueueId } from '../queue/chat-queues.ts';

/** The status of messages, from the inbox and the deliveries. */
export function createMessageStatus(db: Database): MessageStatus {
  return {
    find: async ({ connectionId, userId, tid, chatId, messageIds }) => {
      const known = new Map<string, KnownMessage>();
      for (const group of chunks(messageIds)) {
        const ids = placeholders(group.length, 4);
        const rows = await db.query<{ message_id: string; state: DeliveryState; edited_at: number | null }>(
          `select message_id, state, edited_at from deliveries
           where user_id = $1 and tid = $2 and chat_id = $3 and message_id in (${ids})`,
          [userId, tid, chatId, ...group],
        );
        for (const { message_id: messageId, state, edited_at: editedAt } of rows)
          known.set(messageId, { messageId, state, editedAt });
      }
      const asked = new Set(messageIds);
      const waiting = await db.query<{ message_id: string }>('select message_id from inbox where lane_id = $1', [
        chatQueueId(connectionOwner(connectionId), chatId),
      ]);
      for (const { message_id: messageId } of waiting)
        if (asked.has(messageId)) known.set(messageId, { messageId, state: 'waiting', editedAt: null });
      return [...known.values()];
    },
    markSkipped: (keys, now) =>
      db.transaction(async (tx) => {
        let marked = 0;
        for (const group of chunks(keys)) {
          const rows = await tx.query(
            `insert into deliveries (user_id, tid, chat_id, message_id, state, pending_post_id, intent_at)
             values ${valuesClause(group.length, 7)} on conflict do nothing returning message_id`,
            group.flatMap((key) => [key.userId, key.tid, key.chatId, key.messageId, 'skipped', '', now]),
          );
          marked += rows.length;
        }
        return marked;
      }),
  };
}
