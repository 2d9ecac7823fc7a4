import { AppError } from '../../../sidecar/src/core/errors.ts';
import type { Job } from '../../../sidecar/src/core/job-runner.ts';
import { createJobRunner } from '../../../sidecar/src/core/job-runner.ts';
import type { Leases } from '../../../sidecar/src/core/ports/leases.ts';
import { MINUTE, SECOND } from '../../../sidecar/src/core/time.ts';
import { createFakeClock, type FakeClock } from '../../support/clock.ts';
import { createTestLog } from '../../support/log.ts';

/** The store's table, in memory. `isDown` makes every call but `releaseAbandoned` fail. */
export function createMemoryLeases() {
  const rows = new Map<string, { holder: string; fencingToken: number; expiresAt: number }>();
  const state = { isDown: false, released: [] as string[] };
  const check = () => {
    if (state.isDown) throw new AppError('database_unavailable', 'down');
  };
  const leases: Leases = {
    acquire: async ({ name, holder, now, ms }) => {
      check();
      const row = rows.get(name);
      if (row && row.expiresAt > now && row.holder !== holder) return null;
      const fencingToken = (row?.fencingToken ?? 0) + 1;
      rows.set(name, { holder, fencingToken, expiresAt: now + ms });
      return { name, holder, fencingToken };
    },
    renew: async ({ name, holder, fencingToken }, now, ms) => {
      check();
      const row = rows.get(name);
      if (!row || row.holder !== holder || row.fencingToken !== fencingToken || row.expiresAt <= now) return false;
      row.expiresAt = now + ms;
      return true;
    },
    release: async ({ name, holder, fencingToken }) => {
      check();
      const row = rows.get(name);
      if (row?.holder === holder && row.fencingToken === fencingToken) row.expiresAt = 0;
    },
    releaseAbandoned: async (name) => void state.released.push(name),
  };
  return { leases, rows, state };
}

/** Lets everything that does not wait for the clock happen. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
}

/** Moves the clock in small steps, so that each sleeper wakes at its time. */
export async function pass(clock: FakeClock, ms: number, step = SECOND): Promise<void> {
  for (let passed = 0; passed < ms; passed += step) {
    clock.advance(Math.min(step, ms - passed));
    await settle();
  }
}

interface Setting {
  clock?: FakeClock;
  memory?: ReturnType<typeof createMemoryLeases>;
  random?: number;
}

/** One replica with its jobs started. */
export function start(holder: string, jobs: readonly Job[], { clock, memory, random = 0 }: Setting = {}) {
  const time = clock ?? createFakeClock();
  const shared = memory ?? createMemoryLeases();
  const log = createTestLog();
  const runner = createJobRunner({ leases: shared.leases, holder, clock: time, random: () => random, log });
  const stop = new AbortController();
  let hasEnded = false;
  const running = runner.run(jobs, stop.signal).then(() => {
    hasEnded = true;
  });
  return {
    clock: time,
    memory: shared,
    log,
    runner,
    hasEnded: () => hasEnded,
    stop: async () => {
      stop.abort();
      await running;
    },
  };
}

/** A job that notes the times of its runs. */
export function counting(clock: FakeClock, more: Partial<Job> = {}) {
  const from = clock.now();
  const at: number[] = [];
  const note = () => void at.push(clock.now() - from);
  const run = async () => note();
  return { at, note, job: { name: 'counted', every: MINUTE, scope: 'replica', run, ...more } as Job };
}
