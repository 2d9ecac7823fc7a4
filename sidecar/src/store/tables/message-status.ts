import type { DeliveryKey, DeliveryState } from '../../core/ports/deliveries.ts';
import type { Database } from '../database/sql.ts';
import { chunks, placeholders, valuesClause } from '../database/sql.ts';
import { laneId } from '../queue/chat-queues.ts';

/** A message that is in the inbox (`waiting`) or was decided on. `editedAt` is that of the message as it was posted. */
export interface KnownMessage {
  messageId: string;
  state: DeliveryState | 'waiting';
  editedAt: number | null;
}

/** What is known of messages that were read from Microsoft instead of notified. */
export interface KnownMessages {
  /** Those of the given messages of one chat that are waiting or decided on; a waiting one is named as waiting only. */
  find(chat: KnownMessagesQuery): Promise<KnownMessage[]>;
  /** Records that these messages get no post. What was decided on before stays. Returns how many were new. */
  hold(keys: readonly DeliveryKey[], now: number): Promise<number>;
}

export interface KnownMessagesQuery {
  connectionId: string;
  userId: string;
  tid: string;
  chatId: string;
  messageIds: readonly string[];
}

/** Looks into inbox and deliveries. */
export function createKnownMessages(db: Database): KnownMessages {
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
        laneId(connectionId, chatId),
      ]);
      for (const { message_id: messageId } of waiting)
        if (asked.has(messageId)) known.set(messageId, { messageId, state: 'waiting', editedAt: null });
      return [...known.values()];
    },
    hold: (keys, now) =>
      db.transaction(async (tx) => {
        let held = 0;
        for (const group of chunks(keys)) {
          const rows = await tx.query(
            `insert into deliveries (user_id, tid, chat_id, message_id, state, pending_post_id, intent_at)
             values ${valuesClause(group.length, 7)} on conflict do nothing returning message_id`,
            group.flatMap((key) => [key.userId, key.tid, key.chatId, key.messageId, 'skipped', '', now]),
          );
          held += rows.length;
        }
        return held;
      }),
  };
}
