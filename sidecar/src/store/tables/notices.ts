import type { NoticeRow, Notices } from '../../core/ports/digests.ts';
import type { Database } from '../database/sql.ts';

interface Row {
  tid: string;
  chat_id: string;
  message_id: string;
  post_id: string;
  notice: string;
  settled_at: number;
}

const COLUMNS = 'tid, chat_id, message_id, post_id, notice, settled_at';
const LISTED = `user_id = $1 and state <> 'removed' and notice is not null and post_id is not null and settled_at is not null`;

/** The notices, in the table deliveries. */
export function createNotices(db: Database): Notices {
  return {
    list: async (userId, limit) => {
      const sql = `select ${COLUMNS} from deliveries where ${LISTED} order by settled_at desc, message_id desc limit $2`;
      return (await db.query<Row>(sql, [userId, limit])).map(toNotice);
    },
    ofChat: async (userId, chatId) => {
      const sql = `select ${COLUMNS} from deliveries where ${LISTED} and chat_id = $2 order by settled_at desc limit 1`;
      const rows = await db.query<Row>(sql, [userId, chatId]);
      return rows[0] ? toNotice(rows[0]) : null;
    },
  };
}

function toNotice(row: Row): NoticeRow {
  return {
    tid: row.tid,
    chatId: row.chat_id,
    messageId: row.message_id,
    postId: row.post_id,
    notice: row.notice,
    postedAt: row.settled_at,
  };
}
