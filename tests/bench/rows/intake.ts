import type { Context } from '../context.ts';
import type { DatabaseKind } from '../database.ts';
import { holdsTarget, type Row, row } from '../report.ts';
import { type BenchSidecar, startBenchSidecar } from '../sidecar.ts';
import { spread } from '../statistics.ts';

/** More than one commit holds, so that the next requests are read while the disk works. */
const CONNECTIONS = 128;
const BARE = 'bare route, one row each';

/**
 * Intake alone: every chat waits for a later hour, so the sidecar checks and stores but does not deliver. Against a bare Fastify route
 * that parses the same body and commits one row, taking turns.
 */
export async function intakeRows({ quick, kinds }: Context): Promise<Row[]> {
  const rows: Row[] = [];
  for (const kind of kinds) rows.push(...(await intakeOf(kind, quick)));
  return rows;
}

interface Round {
  rate: number;
  cpuMs: number;
}

async function intakeOf(kind: DatabaseKind, quick: boolean): Promise<Row[]> {
  const sidecar = await startBenchSidecar({ kind, users: 500, chats: 500, held: true });
  try {
    const count = quick ? 1_500 : 4_000;
    const ours: Round[] = [];
    const bare: Round[] = [];
    await round(sidecar, 'sidecar', 500);
    await round(sidecar, 'floor', 500);
    for (let turn = 0; turn < (quick ? 3 : 5); turn += 1) {
      bare.push(await round(sidecar, 'floor', count));
      ours.push(await round(sidecar, 'sidecar', count));
    }
    const steady = { count: quick ? 1_500 : 4_000, connections: CONNECTIONS, perSecond: 500, follow: false };
    const bareAnswer = (await sidecar.send(steady, `${sidecar.floorUrl}/intake`)).answer;
    const { answer } = await sidecar.send(steady);
    return [...compare(kind, ours, bare), p99Row(kind, { ours: answer.p99, bare: bareAnswer.p99 })];
  } finally {
    await sidecar.close();
  }
}

async function round(sidecar: BenchSidecar, of: 'sidecar' | 'floor', count: number): Promise<Round> {
  const before = await sidecar.cpu(of);
  const order = { count, connections: CONNECTIONS, perSecond: null, follow: false };
  const outcome = await (of === 'floor' ? sidecar.send(order, `${sidecar.floorUrl}/intake`) : sidecar.send(order));
  if (outcome.statuses['202'] !== count) throw new Error(`Not all were taken: ${JSON.stringify(outcome.statuses)}`);
  return { rate: count / outcome.seconds, cpuMs: ((await sidecar.cpu(of)) - before) * (1000 / count) };
}

function compare(kind: DatabaseKind, ours: Round[], bare: Round[]): Row[] {
  const group = `Intake, ${kind}`;
  const ratios = (of: keyof Round) => spread(ours.map((one, turn) => one[of] / (bare[turn]?.[of] ?? Number.NaN)));
  const rate = ratios('rate');
  return [
    row({
      group,
      name: 'notifications stored and answered',
      unit: '/s',
      target: '≥ 0.7',
      holds: rate.median >= 0.7,
      value: spread(ours.map((one) => one.rate)).median,
      ratio: rate,
      floor: spread(bare.map((one) => one.rate)).median,
      floorIs: BARE,
    }),
    row({
      group,
      name: 'processor time for one',
      unit: 'ms',
      ratio: ratios('cpuMs'),
      value: spread(ours.map((one) => one.cpuMs)).median,
      floor: spread(bare.map((one) => one.cpuMs)).median,
      floorIs: BARE,
    }),
  ];
}

function p99Row(kind: DatabaseKind, p99: { ours: number; bare: number }): Row {
  return row({
    group: `Intake, ${kind}`,
    name: 'answer at 500/s, p99',
    value: p99.ours,
    unit: 'ms',
    floor: p99.bare,
    floorIs: `ms, ${BARE}`,
    ratio: spread([p99.ours / p99.bare]),
    target: '< 300 ms',
    holds: holdsTarget(p99.ours < 300, p99.bare < 300),
  });
}
