import type { Subscription, Subscriptions } from '../../core/ports/subscriptions.ts';
import { ownerColumn, toOwner } from '../columns.ts';
import type { Database, SqlValue } from '../database/sql.ts';

interface Row {
  id: string;
  connection_id: string;
  tid: string;
  resource: string;
  notification_url: string | null;
  client_state_hash: string;
  certificate_id: string;
  expires_at: number;
  renewed_at: number;
  created_at: number;
}

const COLUMNS = [
  'id',
  'connection_id',
  'tid',
  'resource',
  'notification_url',
  'client_state_hash',
  'certificate_id',
  'expires_at',
  'renewed_at',
  'created_at',
];
const SELECT = `select ${COLUMNS.map((name) => `s.${name}`).join(', ')} from subscriptions s`;

/** The subscriptions table. */
export function createSubscriptions(db: Database): Subscriptions {
  const many = async (rest: string, params: SqlValue[]) =>
    (await db.query<Row>(`${SELECT} ${rest}`, params)).map(toSubscription);
  return {
    save: async (s) => {
      const sets = COLUMNS.slice(1).map((name) => `${name} = excluded.${name}`);
      await db.query(
        `insert into subscriptions (${COLUMNS.join(', ')}) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
         on conflict (id) do update set ${sets.join(', ')}`,
        [
          s.id,
          ownerColumn(s.owner),
          s.tid,
          s.resource,
          s.notificationUrl,
          s.clientStateHash,
          s.certificateId,
          s.expiresAt,
          s.renewedAt,
          s.createdAt,
        ],
      );
    },
    find: async (id) => (await many('where s.id = $1', [id]))[0] ?? null,
    byOwner: (owner) => many('where s.connection_id = $1 order by s.created_at', [ownerColumn(owner)]),
    dueBefore: (renewedBefore, limit) =>
      many(
        `join connections c on c.id = s.connection_id and c.state = 'connected'
         where s.renewed_at < $1 order by s.renewed_at limit $2`,
        [renewedBefore, limit],
      ),
    setRenewed: async ({ id, expiresAt, renewedAt, certificateId, notificationUrl }) =>
      void (await db.query(
        `update subscriptions set expires_at = $2, renewed_at = $3, certificate_id = coalesce($4, certificate_id),
           notification_url = coalesce($5, notification_url) where id = $1`,
        [id, expiresAt, renewedAt, certificateId ?? null, notificationUrl ?? null],
      )),
    remove: async (id) => void (await db.query('delete from subscriptions where id = $1', [id])),
    all: () => many('order by s.id', []),
    count: async () => (await db.query<{ n: number }>('select count(*) as n from subscriptions'))[0]?.n ?? 0,
  };
}

function toSubscription(row: Row): Subscription {
  return {
    id: row.id,
    owner: toOwner(row.connection_id),
    tid: row.tid,
    resource: row.resource,
    notificationUrl: row.notification_url,
    clientStateHash: row.client_state_hash,
    certificateId: row.certificate_id,
    expiresAt: row.expires_at,
    renewedAt: row.renewed_at,
    createdAt: row.created_at,
  };
}
