import { connectionOwner } from '../../../sidecar/src/core/owner.ts';
import type { Inbox } from '../../../sidecar/src/core/ports/queue.ts';
import { openDatabase } from '../../../sidecar/src/store/database/database.ts';
import type { Database } from '../../../sidecar/src/store/database/sql.ts';
import { createInbox } from '../../../sidecar/src/store/queue/inbox.ts';
import { silentLog } from '../../support/log.ts';
import type { Context } from '../context.ts';
import { type DatabaseKind, makePlace } from '../database.ts';
import { type Row, row } from '../report.ts';
import { spread } from '../statistics.ts';

const ITEMS_PER_LANE = 10;
const CLAIM = 100;

/** What a claim, an intake and a look at the backlog cost while more and more waits. The first size is what the others are compared with. */
export async function backlogRows({ quick, kinds }: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of quick ? kinds.slice(0, 1) : kinds) {
    let least: Costs | null = null;
    for (const size of quick ? [1_000, 100_000] : [1_000, 100_000, 1_000_000]) {
      const costs = await measure(kind, size);
      least ??= costs;
      rows.push(...costRows({ kind, size }, costs, least));
    }
  }
  return rows;
}

interface Costs {
  claimMs: number;
  putMs: number;
  countMs: number;
}

async function measure(kind: DatabaseKind, size: number): Promise<Costs> {
  const place = makePlace(kind);
  const db = await openDatabase({ url: place.databaseUrl, dataDir: place.dataDir, log: silentLog });
  try {
    await fill(db, size);
    const inbox = createInbox(db);
    return {
      claimMs: await timed(() => claimAndGiveBack(inbox)),
      putMs: await timed(() => putOne(inbox)),
      countMs: await timed(() => inbox.backlog()),
    };
  } finally {
    await db.close();
    await place.remove();
  }
}

/** Many rows by one statement: the table is measured, not how it was filled. */
async function fill(db: Database, size: number): Promise<void> {
  const lanes = size / ITEMS_PER_LANE;
  const numbers = `with recursive n (i) as (select 0 union all select i + 1 from n where i < cast($1 as bigint) - 1)`;
  await db.query(
    `${numbers} insert into lanes (id, connection_id, chat_id, seq, fence, ready_at, last_posted)
     select 'connection-' || i || ' 19:chat-' || i, 'connection-' || i, '19:chat-' || i, 1, 1, 1000 + i, 0 from n`,
    [lanes],
  );
  await db.query(
    `${numbers} insert into inbox (id, lane_id, subscription_id, connection_id, tid, chat_id, message_id, message_order, change,
       change_order, arrival, payload, received_at, attempts)
     select 'item-' || ((cast(i as bigint) * 7919) % cast($2 as bigint)), 'connection-' || (i % cast($3 as bigint)) || ' 19:chat-' || (i % cast($3 as bigint)),
       'subscription', 'connection-' || (i % cast($3 as bigint)), 'tenant', '19:chat-' || (i % cast($3 as bigint)), '' || i, i, 'created', 0,
       '' || i, '{"data":"0123456789012345678901234567890123456789012345678901234567890123456789"}', i, 0 from n`,
    [size, size, lanes],
  );
  if (db.dialect === 'postgres') for (const table of ['lanes', 'inbox']) await db.query(`analyze ${table}`);
}

let claims = 0;

async function claimAndGiveBack(inbox: Inbox): Promise<void> {
  claims += 1;
  const queues = await inbox.claim({ holder: `holder ${claims}`, limit: CLAIM, now: 2_000_000, leaseMs: 60_000 });
  if (queues.length !== CLAIM) throw new Error(`${queues.length} lanes were ready.`);
  await Promise.all(queues.map((queue) => inbox.release(queue, 1)));
}

let messages = 0;

async function putOne(inbox: Inbox): Promise<void> {
  messages += 1;
  const chat = { owner: connectionOwner('connection-5'), chatId: '19:chat-5' };
  const message = { messageId: `${2_000_000_000 + messages}`, change: 'created' as const, payload: 'x'.repeat(2_500) };
  await inbox.put(
    [[{ source: { kind: 'subscription', id: 's' }, tid: 't', ...chat, ...message, receivedAt: Date.now() }]],
    Date.now(),
  );
}

async function timed(run: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  for (let turn = 0; turn < 25; turn += 1) {
    const started = performance.now();
    await run();
    times.push(performance.now() - started);
  }
  return spread(times.slice(5)).median;
}

function costRows({ kind, size }: { kind: DatabaseKind; size: number }, costs: Costs, least: Costs): Row[] {
  const group = `Backlog, ${kind}`;
  const waiting = `${size.toLocaleString('en')} waiting`;
  const one = (name: string, of: keyof Costs, mustBeFlat: boolean): Row => {
    const ratio = costs[of] / least[of];
    return row({
      group,
      name: `${waiting}: ${name}`,
      value: costs[of],
      unit: 'ms',
      ...(size === 1_000 ? {} : { floor: least[of], floorIs: 'ms with 1,000', ratio: spread([ratio]) }),
      ...(size === 1_000 || !mustBeFlat ? {} : { target: '≤ 2', holds: ratio <= 2 }),
    });
  };
  return [
    one(`claim ${CLAIM} chats and give them back`, 'claimMs', true),
    one('store one more', 'putMs', true),
    one('count what waits', 'countMs', false),
  ];
}
