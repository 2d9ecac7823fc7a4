import { startChild } from '../child.ts';
import type { Context } from '../context.ts';
import { makePlace } from '../database.ts';
import type { FloorSettings } from '../floor.ts';
import { type Row, row } from '../report.ts';
import { startBenchSidecar } from '../sidecar.ts';
import { spread } from '../statistics.ts';

const MEGABYTE = 1024 * 1024;
const BARE = 'bare Fastify, SQLite and undici';

interface Start {
  startMs: number;
  rss: number;
}

/** A process with nothing to do: how long until it answers, and what it holds. */
export async function processRows({ quick }: Context): Promise<Row[]> {
  const ours: Start[] = [];
  const bare: Start[] = [];
  for (let turn = 0; turn < (quick ? 2 : 5); turn += 1) {
    bare.push(await startBare());
    ours.push(await startOurs());
  }
  const group = 'Process';
  const one = (name: string, unit: string, of: keyof Start) =>
    row({
      group,
      name,
      unit,
      value: spread(ours.map((start) => start[of])).median,
      floor: spread(bare.map((start) => start[of])).median,
      floorIs: BARE,
      ratio: spread(ours.map((start, turn) => start[of] / (bare[turn]?.[of] ?? Number.NaN))),
    });
  return [one('process started until ready', 'ms', 'startMs'), one('resident, at rest', 'MB', 'rss')];
}

async function startOurs(): Promise<Start> {
  const sidecar = await startBenchSidecar({ kind: 'sqlite', users: 10, chats: 1 });
  try {
    const rss = (await sidecar.metrics()).get('process_resident_memory_bytes') ?? Number.NaN;
    return { startMs: sidecar.startMs, rss: rss / MEGABYTE };
  } finally {
    await sidecar.close();
  }
}

async function startBare(): Promise<Start> {
  const place = makePlace('sqlite');
  const started = performance.now();
  const floor = startChild('./floor.ts');
  try {
    const { dataDir, databaseUrl } = place;
    const settings: FloorSettings = { dataDir, databaseUrl, mattermostUrl: 'http://127.0.0.1:9', privateKeyPem: null };
    await floor.call('start', settings);
    const startMs = performance.now() - started;
    return { startMs, rss: (await floor.call<number>('memory')) / MEGABYTE };
  } finally {
    await floor.close();
    await place.remove();
  }
}
