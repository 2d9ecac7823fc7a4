import { MINUTE, SECOND } from '../../../sidecar/src/core/time.ts';
import { renewAt } from '../../../sidecar/src/graph/subscriptions/plan.ts';
import type { Context } from '../context.ts';
import { type Row, row } from '../report.ts';
import { type BenchSidecar, startBenchSidecar } from '../sidecar.ts';
import { spread } from '../statistics.ts';
import { subscriptionId } from '../users.ts';

const MEGABYTE = 1024 * 1024;
/** Our own manners towards Graph: this many renewals in a second, whatever is due. */
const RENEWALS_A_SECOND = 30;

/** Memory and start by number of connections, each connection with its subscription and sealed tokens; then how renewals spread. */
export async function scaleRows({ quick }: Context): Promise<Row[]> {
  const rows: Row[] = [];
  let least: { startMs: number; rss: number } | null = null;
  const sizes = quick ? [100, 1_000, 5_000] : [100, 1_000, 10_000, 25_000];
  for (const users of sizes) {
    const measured = await measure(users);
    least ??= measured;
    rows.push(...sizeRows(users, measured, least));
  }
  return [...rows, spreadRow(25_000), ...(await outageRows(sizes.at(-1) ?? 0, quick))];
}

async function measure(users: number) {
  const sidecar = await startBenchSidecar({ kind: 'sqlite', users, chats: Math.ceil(users / 10) });
  try {
    const { startMs } = sidecar;
    await sidecar.send({ count: 1_000, connections: 32, perSecond: null, follow: false });
    return { startMs, rss: await memory(sidecar) };
  } finally {
    await sidecar.close();
  }
}

async function memory(sidecar: BenchSidecar): Promise<number> {
  return ((await sidecar.metrics()).get('process_resident_memory_bytes') ?? Number.NaN) / MEGABYTE;
}

type Size = Awaited<ReturnType<typeof measure>>;

function sizeRows(users: number, { startMs, rss }: Size, least: Size): Row[] {
  const group = 'Number of connections';
  const compared = users > 100;
  const many = users >= 25_000;
  return [
    row({
      group,
      name: `${users} connections: process started until ready`,
      value: startMs,
      unit: 'ms',
      ...(compared ? { floor: least.startMs, floorIs: 'ms with 100', ratio: spread([startMs / least.startMs]) } : {}),
      ...(many ? { target: '< 5 s', holds: startMs < 5_000 } : {}),
    }),
    row({
      group,
      name: `${users} connections: resident after 1,000 notifications`,
      value: rss,
      unit: 'MB',
      ...(compared ? { floor: least.rss, floorIs: 'MB with 100', ratio: spread([rss / least.rss]) } : {}),
      ...(many ? { target: '< 512 MB', holds: rss < 512 } : {}),
    }),
  ];
}

/** All subscriptions renewed in the same moment, as after a long outage: how full the fullest quarter of a minute becomes next time. */
function spreadRow(users: number): Row {
  const counts = new Map<number, number>();
  for (let user = 0; user < users; user += 1) {
    const slot = Math.floor(renewAt({ id: subscriptionId(user), renewedAt: 0 }) / (15 * SECOND));
    counts.set(slot, (counts.get(slot) ?? 0) + 1);
  }
  const even = users / ((15 * MINUTE) / (15 * SECOND));
  const fullest = Math.max(...counts.values());
  return row({
    group: 'Renewals',
    name: `${users} renewed at once: the fullest 15 s of the next round`,
    value: fullest,
    unit: 'renewals',
    floor: even,
    floorIs: 'when spread evenly',
    ratio: spread([fullest / even]),
    target: '≤ 1.5',
    holds: fullest / even <= 1.5,
  });
}

/** All subscriptions are overdue at the start: renewals must not come as a burst, and intake must not feel them. */
async function outageRows(users: number, quick: boolean): Promise<Row[]> {
  const group = 'Renewals';
  const sidecar = await startBenchSidecar({ kind: 'sqlite', users, chats: 500, renewedAgo: 60 * MINUTE });
  try {
    const seconds = quick ? 5 : 12;
    const busy = await sidecar.send({ count: 100 * seconds, connections: 64, perSecond: 100, follow: false });
    const { renewals } = await sidecar.seen();
    const bySecond = Map.groupBy(renewals, (at) => Math.floor(at / SECOND));
    const most = Math.max(0, ...[...bySecond.values()].map((times) => times.length));
    return [
      row({
        group,
        name: `${users} overdue at the start: most in one second`,
        value: most,
        unit: 'renewals',
        target: `1 to ${RENEWALS_A_SECOND}`,
        holds: most > 0 && most <= RENEWALS_A_SECOND,
      }),
      row({
        group,
        name: 'answer at 100 notifications/s meanwhile, p99',
        value: busy.answer.p99,
        unit: 'ms',
        target: '< 300 ms',
        holds: busy.answer.p99 < 300,
      }),
    ];
  } finally {
    await sidecar.close();
  }
}
