import type { Recipients } from '../../core/ports/deliveries.ts';
import type { Database } from '../database/sql.ts';
import { CONNECTION_COLUMNS, type ConnectionRow, toConnection } from './connections.ts';
import { type DeliveryRow, toDelivery } from './deliveries.ts';

type Row = ConnectionRow &
  Omit<DeliveryRow, 'user_id' | 'tid' | 'state'> & { delivery_state: DeliveryRow['state'] | null };

// One statement, because it runs for every notification. The inner query for the user gives the planner the whole key of a delivery, so that
// a plan made while the table was small still uses the index when it has grown.
const SQL = `select ${CONNECTION_COLUMNS}, delivered.*
  from connections left join (
    select state as delivery_state, chat_id, message_id, pending_post_id, channel_id, post_id, folded_into, version, modified_at,
      edited_at, intent_at
    from deliveries
    where user_id = (select user_id from connections where id = $1) and tid = $2 and chat_id = $3 and message_id = $4
  ) as delivered on true
  where id = $1`;

/** Connections together with deliveries. */
export function createRecipients(db: Database): Recipients {
  return {
    of: async ({ connectionId, tid, chatId, messageId }) => {
      const [row] = await db.query<Row>(SQL, [connectionId, tid, chatId, messageId]);
      if (!row) return null;
      const { delivery_state: state } = row;
      return { connection: toConnection(row), delivered: state === null ? null : toDelivery({ ...row, tid, state }) };
    },
  };
}
