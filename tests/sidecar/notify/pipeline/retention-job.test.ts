import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { DAY, HOUR } from '../../../../sidecar/src/core/time.ts';
import { runSweep, type SweepDeps } from '../../../../sidecar/src/notify/pipeline/retention-job.ts';
import { silent } from '../../../support/databases.ts';
import { createHandClock, START } from '../world.ts';

/** Sweeps until `purged` says so; the lease belongs to whoever is named. */
function setUp(holderOfLease: string) {
  const clock = createHandClock();
  const purged: [string, number][] = [];
  const note = (what: string) => async (before: number) => void purged.push([what, before]);
  let asked = 0;
  const deps: SweepDeps = {
    leases: {
      acquire: async ({ name, holder }) => {
        asked += 1;
        return holder === holderOfLease ? { name, holder, fencingToken: 1 } : null;
      },
    },
    inbox: { purgeIdle: note('lanes') },
    deliveries: { purge: note('deliveries') },
    deadLetters: { purge: note('dead letters') },
    signIns: { purge: note('sign-ins') },
    holder: 'a',
    clock,
    log: silent,
  };
  return { deps, clock, purged, asked: () => asked };
}

async function rounds(world: ReturnType<typeof setUp>, count: number): Promise<void> {
  const stop = new AbortController();
  const running = runSweep(world.deps, stop.signal);
  while (world.asked() < count) {
    world.clock.advance(HOUR);
    await new Promise((resolve) => setTimeout(resolve, 3));
  }
  stop.abort();
  await running;
}

describe('sweep', () => {
  it('forgets what is old, each by its own age', async () => {
    const world = setUp('a');
    const stop = new AbortController();
    const running = runSweep(world.deps, stop.signal);
    while (world.purged.length < 4) await new Promise((resolve) => setTimeout(resolve, 1));
    stop.abort();
    await running;
    assert.deepEqual(world.purged, [
      ['lanes', START - DAY],
      ['deliveries', START - 30 * DAY],
      ['dead letters', START - 30 * DAY],
      ['sign-ins', START],
    ]);
  });

  it('leaves it to the replica that has the lease', async () => {
    const world = setUp('b');
    await rounds(world, 3);
    assert.deepEqual(world.purged, []);
  });

  it('goes on after a failure', async () => {
    const world = setUp('a');
    let failures = 1;
    const { purgeIdle } = world.deps.inbox;
    world.deps.inbox.purgeIdle = async (before) => {
      if (failures-- > 0) throw new Error('away');
      return purgeIdle(before);
    };
    await rounds(world, 3);
    assert.ok(world.purged.length >= 4);
  });
});
