import type { DeadLetter, DeadLetters } from '../../core/ports/queue.ts';
import type { ChangeType } from '../../core/types.ts';
import { toOwner, toSource } from '../columns.ts';
import type { Database } from '../database/sql.ts';
import { makeReady } from './chat-queues.ts';
import { INBOX_CHANNEL } from './inbox.ts';
import { insertItems } from './items.ts';

interface Row {
  id: string;
  subscription_id: string;
  connection_id: string;
  tid: string;
  chat_id: string;
  message_id: string;
  change: ChangeType;
  payload: string | null;
  received_at: number;
  attempts: number;
  reason: string;
  died_at: number;
}

const COLUMNS = `id, subscription_id, connection_id, tid, chat_id, message_id, change, payload, received_at, attempts,
  reason, died_at`;

/** The dead_letters table. */
export function createDeadLetters(db: Database): DeadLetters {
  return {
    list: async (limit) => {
      const sql = `select ${COLUMNS} from dead_letters order by died_at desc, id limit $1`;
      return (await db.query<Row>(sql, [limit])).map(toDeadLetter);
    },
    count: async () => (await db.query<{ n: number }>('select count(*) as n from dead_letters'))[0]?.n ?? 0,
    replay: (id, now) =>
      db.transaction(async (tx) => {
        const rows = await tx.query<Row>(`select ${COLUMNS} from dead_letters where id = $1`, [id]);
        const letters = rows.map(toDeadLetter);
        await makeReady(tx, letters, { now, readyAt: now });
        const deleted = await tx.query('delete from dead_letters where id = $1 returning id', [id]);
        if (deleted.length === 0) return false;
        await insertItems(tx, letters, now);
        await db.notify(tx, INBOX_CHANNEL);
        return true;
      }),
    purge: async (before) => void (await db.query('delete from dead_letters where died_at < $1', [before])),
  };
}

function toDeadLetter(row: Row): DeadLetter {
  return {
    id: row.id,
    source: toSource(row.subscription_id),
    owner: toOwner(row.connection_id),
    tid: row.tid,
    chatId: row.chat_id,
    messageId: row.message_id,
    change: row.change,
    payload: row.payload,
    receivedAt: row.received_at,
    attempts: row.attempts,
    reason: row.reason,
    diedAt: row.died_at,
  };
}
