import { join } from 'node:path';
import type { Context } from '../context.ts';
import type { DatabaseKind } from '../database.ts';
import type { Outcome } from '../peers.ts';
import { printShares, profiled } from '../profile.ts';
import { holdsTarget, type Row, row } from '../report.ts';
import { type BenchSidecar, startBenchSidecar, total } from '../sidecar.ts';
import { type Latency, type Spread, spread } from '../statistics.ts';
import { wantsAwayOnly } from '../users.ts';

const USERS = 500;
const CHATS = 500;
const CONNECTIONS = 32;
const BARE = 'bare forwarder';
/** Graph's and Mattermost's answers take this long in the second part. */
const FAR = { microsoftMs: 150, mattermostMs: 50 };

/** From the notification to the post: everything the sidecar does, against a route that commits, decrypts, posts and deletes. */
export async function deliveryRows({ quick, kinds, profile }: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of quick ? kinds.slice(0, 1) : kinds) {
    const folder = join('dist', `profile-${kind}`);
    const sidecar = await startBenchSidecar({
      kind,
      users: USERS,
      chats: CHATS,
      nodeArguments: profile ? profiled(folder) : [],
    });
    try {
      // Every chat and user is fetched once, at the rate that Graph's limits allow.
      await follow(sidecar, { count: CHATS, perSecond: 120 });
      const { rate, rows: first } = await fullRate(sidecar, kind, quick);
      rows.push(...first, ...(await halfRate(sidecar, kind, { rate, seconds: quick ? 4 : 10 })));
      rows.push(...(await farPeers(sidecar, kind, { rate, quick })));
    } finally {
      await sidecar.close();
    }
    if (profile) printShares(folder);
  }
  return rows;
}

interface Round {
  rate: number;
  cpuMs: number;
}

async function fullRate(
  sidecar: BenchSidecar,
  kind: DatabaseKind,
  quick: boolean,
): Promise<{ rate: number; rows: Row[] }> {
  const count = quick ? 1_500 : 4_000;
  const ours: Round[] = [];
  const bare: Round[] = [];
  const before = { metrics: await sidecar.metrics(), seen: await sidecar.seen(), at: performance.now() };
  for (let turn = 0; turn < (quick ? 3 : 5); turn += 1) {
    bare.push(await round(sidecar, 'floor', count));
    ours.push(await round(sidecar, 'sidecar', count));
  }
  const group = `Notification to post, ${kind}`;
  const rate = spread(ours.map((one) => one.rate));
  const ratio = (of: keyof Round): Spread => spread(ours.map((one, at) => one[of] / (bare[at]?.[of] ?? Number.NaN)));
  const median = (rounds: Round[], of: keyof Round) => spread(rounds.map((one) => one[of])).median;
  const holds = holdsTarget(rate.median >= 400, median(bare, 'rate') >= 400);
  return {
    rate: rate.median,
    rows: [
      row({
        group,
        name: 'posts, everything local and instant',
        unit: '/s',
        value: rate.median,
        ratio: ratio('rate'),
        floor: median(bare, 'rate'),
        floorIs: BARE,
        target: '≥ 400/s',
        holds,
      }),
      row({
        group,
        name: 'processor time for one',
        unit: 'ms',
        value: median(ours, 'cpuMs'),
        ratio: ratio('cpuMs'),
        floor: median(bare, 'cpuMs'),
        floorIs: BARE,
      }),
      ...(await callRows(sidecar, group, { ...before, delivered: count * ours.length })),
    ],
  };
}

interface Before {
  metrics: Map<string, number>;
  at: number;
  delivered: number;
}

/** Requests that a delivery costs; presence is counted against one in thirty seconds for each user who wants it. */
async function callRows(sidecar: BenchSidecar, group: string, { metrics, at, delivered }: Before): Promise<Row[]> {
  const after = await sidecar.metrics();
  const calls = (...words: string[]) =>
    total(after, 'outbound_seconds_count', ...words) - total(metrics, 'outbound_seconds_count', ...words);
  const presence = calls('graph', 'presence');
  const windows = Math.ceil((performance.now() - at) / 30_000) + 1;
  const wanting = Array.from({ length: USERS }, (_, user) => user).filter(wantsAwayOnly).length;
  // What keeps the feeds alive goes by the clock, not by messages.
  const upkeep = calls('graph', 'subscription') + calls('graph', 'GET chats"');
  const graph = (calls('graph') - presence - upkeep) / delivered;
  const share = presence / (windows * wanting);
  return [
    row({ group, name: 'calls to Mattermost for one', value: calls('mattermost') / delivered, unit: '' }),
    row({ group, name: 'calls to Graph for one', value: graph, unit: '', target: '0', holds: graph === 0 }),
    row({
      group,
      name: 'presence calls of a user in 30 s',
      value: share,
      unit: '',
      target: '≤ 1',
      holds: share <= 1,
    }),
  ];
}

async function round(sidecar: BenchSidecar, of: 'sidecar' | 'floor', count: number): Promise<Round> {
  const before = await sidecar.cpu(of);
  const outcome = await follow(sidecar, { count, perSecond: null, to: of });
  const seconds = outcome.posts?.seconds ?? Number.NaN;
  return { rate: count / seconds, cpuMs: ((await sidecar.cpu(of)) - before) * (1000 / count) };
}

interface Wanted {
  count: number;
  perSecond: number | null;
  to?: 'sidecar' | 'floor';
}

async function follow(sidecar: BenchSidecar, { count, perSecond, to = 'sidecar' }: Wanted): Promise<Outcome> {
  const order = { count, connections: perSecond === null ? CONNECTIONS : 128, perSecond, follow: true };
  const outcome = await (to === 'floor' ? sidecar.send(order, `${sidecar.floorUrl}/forward`) : sidecar.send(order));
  if (outcome.posts?.missing !== 0) throw new Error(`${outcome.posts?.missing} of ${count} never became a post.`);
  return outcome;
}

async function halfRate(
  sidecar: BenchSidecar,
  kind: DatabaseKind,
  { rate, seconds }: { rate: number; seconds: number },
) {
  const group = `Notification to post, ${kind}`;
  const perSecond = halfOf(rate);
  const bare = await follow(sidecar, { count: perSecond * seconds, perSecond, to: 'floor' });
  const { posts } = await follow(sidecar, { count: perSecond * seconds, perSecond });
  return latencyRows(group, `at half of that (${perSecond}/s)`, { ours: posts?.latency, bare: bare.posts?.latency });
}

function halfOf(rate: number): number {
  return Math.max(20, Math.round(rate / 2));
}

interface Times {
  ours: Latency | undefined;
  bare: Latency | undefined;
}

function latencyRows(group: string, when: string, { ours, bare }: Times): Row[] {
  const one = (of: 'p50' | 'p95' | 'p99') => {
    const [value, floor] = [ours?.[of] ?? Number.NaN, bare?.[of] ?? Number.NaN];
    const name = `notification to post ${when}, ${of}`;
    return row({
      group,
      name,
      value,
      unit: 'ms',
      floor,
      floorIs: `ms, ${BARE}`,
      ratio: spread([value / floor]),
      ...(of === 'p99' ? { target: '< 1 s', holds: holdsTarget(value < 1_000, floor < 1_000) } : {}),
    });
  };
  return [one('p50'), one('p95'), one('p99')];
}

/** The same with slow peers, taking turns with instant ones; then with a few users whose posts take three seconds each. */
async function farPeers(
  sidecar: BenchSidecar,
  kind: DatabaseKind,
  { rate, quick }: { rate: number; quick: boolean },
): Promise<Row[]> {
  const group = `Peers far away (Graph 150 ms, Mattermost 50 ms), ${kind}`;
  const count = quick ? 1_500 : 4_000;
  const far: number[] = [];
  const near: number[] = [];
  for (let turn = 0; turn < (quick ? 2 : 3); turn += 1) {
    await sidecar.delays(FAR);
    far.push((await round(sidecar, 'sidecar', count)).rate);
    await sidecar.delays({});
    near.push((await round(sidecar, 'sidecar', count)).rate);
  }
  await sidecar.delays(FAR);
  const perSecond = halfOf(rate);
  const order = { count: perSecond * (quick ? 4 : 10), perSecond };
  const bare = await follow(sidecar, { ...order, to: 'floor' });
  const alone = await follow(sidecar, order);
  await sidecar.delays({ ...FAR, slowEvery: 50, slowMs: 3_000 });
  const beside = await follow(sidecar, order);
  await sidecar.delays({});
  const ratio = spread(far.map((one, turn) => one / (near[turn] ?? Number.NaN)));
  const p99 = { alone: alone.posts?.latency.p99 ?? Number.NaN, beside: beside.posts?.latency.p99 ?? Number.NaN };
  return [
    row({
      group,
      name: 'posts',
      value: spread(far).median,
      unit: '/s',
      floor: spread(near).median,
      floorIs: 'with instant peers',
      ratio,
      target: '≥ 0.9',
      holds: ratio.median >= 0.9,
    }),
    ...latencyRows(group, `at ${perSecond}/s`, { ours: alone.posts?.latency, bare: bare.posts?.latency }),
    row({
      group,
      name: 'p99 of the others beside 10 users whose posts take 3 s',
      value: p99.beside,
      unit: 'ms',
      floor: p99.alone,
      floorIs: 'ms without them',
      ratio: spread([p99.beside / p99.alone]),
      target: '< 1 s',
      holds: holdsTarget(p99.beside < 1_000, p99.alone < 1_000),
    }),
  ];
}
