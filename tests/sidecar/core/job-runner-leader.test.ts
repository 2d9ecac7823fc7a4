import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as fc from 'fast-check';
import type { Job } from '../../../sidecar/src/core/job-runner.ts';
import { HOUR, MINUTE, SECOND } from '../../../sidecar/src/core/time.ts';
import { createFakeClock } from '../../support/clock.ts';
import { counting, createMemoryLeases, pass, settle, start } from './jobs-in-memory.ts';

describe('a job of the leader', () => {
  const leader = { scope: 'leader', leaseMs: MINUTE, every: 10 * SECOND } as Partial<Job>;

  it('runs on the replica that holds the lease, and is handed over at the stop', async () => {
    const clock = createFakeClock();
    const memory = createMemoryLeases();
    const one = counting(clock, leader);
    const two = counting(clock, leader);
    const first = start('a', [one.job], { clock, memory });
    await settle();
    const second = start('b', [two.job], { clock, memory });
    await pass(clock, 5 * MINUTE);
    assert.equal(two.at.length, 0, 'the lease is renewed');
    await first.stop();
    assert.equal(memory.rows.get('counted')?.expiresAt, 0, 'the lease is given back');
    await pass(clock, 10 * SECOND);
    assert.equal(two.at.length, 1);
    await second.stop();
    assert.deepEqual(memory.state.released, ['counted', 'counted']);
  });

  it('keeps the lease during a run that is longer than it', async () => {
    const clock = createFakeClock();
    const memory = createMemoryLeases();
    const seen: AbortSignal[] = [];
    const run = (signal: AbortSignal) => {
      seen.push(signal);
      return clock.sleep(HOUR, signal);
    };
    const first = start('a', [counting(clock, { ...leader, run } as Partial<Job>).job], { clock, memory });
    await settle();
    const two = counting(clock, leader);
    const second = start('b', [two.job], { clock, memory });
    await pass(clock, 10 * MINUTE);
    assert.deepEqual(two.at, []);
    assert.equal(seen.length, 1);
    assert.equal(seen[0]?.aborted, false);
    await Promise.all([first.stop(), second.stop()]);
  });

  it('is told when another replica has taken the lease, and stops until it gets it back', async () => {
    const clock = createFakeClock();
    const memory = createMemoryLeases();
    const seen: AbortSignal[] = [];
    const run = async (signal: AbortSignal) => {
      seen.push(signal);
      await clock.sleep(HOUR, signal);
    };
    const replica = start('a', [counting(clock, { ...leader, run } as Partial<Job>).job], { clock, memory });
    await settle();
    const expiresAt = clock.now() + 5 * MINUTE;
    memory.rows.set('counted', { holder: 'thief', fencingToken: 99, expiresAt });
    await pass(clock, 20 * SECOND);
    assert.equal(seen[0]?.aborted, true, 'the run is told');
    assert.equal(seen.length, 1, 'and no other one begins');
    await pass(clock, 5 * MINUTE);
    assert.equal(seen.length, 2, 'until the lease has run out');
    await replica.stop();
  });

  it('gives nothing back that another replica has', async () => {
    const clock = createFakeClock();
    const memory = createMemoryLeases();
    const replica = start('a', [counting(clock, leader).job], { clock, memory });
    await settle();
    const theirs = { holder: 'thief', fencingToken: 99, expiresAt: clock.now() + MINUTE };
    memory.rows.set('counted', { ...theirs });
    await replica.stop();
    assert.deepEqual(memory.rows.get('counted'), theirs);
  });

  it('begins no run with a lease that ran out while the process stood still', async () => {
    const clock = createFakeClock();
    const memory = createMemoryLeases();
    const one = counting(clock, leader);
    const replica = start('a', [one.job], { clock, memory });
    await settle();
    memory.rows.set('counted', { holder: 'other', fencingToken: 99, expiresAt: clock.now() + HOUR });
    clock.advance(5 * MINUTE);
    await settle();
    await pass(clock, MINUTE);
    await replica.stop();
    assert.deepEqual(one.at, [0]);
  });

  it('goes on while the database is away, for as long as the lease lasts', async () => {
    const clock = createFakeClock();
    const memory = createMemoryLeases();
    const one = counting(clock, leader);
    const replica = start('a', [one.job], { clock, memory });
    await settle();
    memory.state.isDown = true;
    await pass(clock, 3 * MINUTE);
    assert.ok(one.at.length > 1);
    assert.ok(one.at.every((ms) => ms < 75 * SECOND));
    memory.state.isDown = false;
    const before = one.at.length;
    await pass(clock, MINUTE);
    assert.ok(one.at.length > before, 'and again when it is back');
    await replica.stop();
  });

  it('is never run by two replicas at once, whatever happens to them', async () => {
    const step = fc.oneof(
      fc.record({ do: fc.constant('pass' as const), seconds: fc.integer({ min: 1, max: 90 }) }),
      fc.record({ do: fc.constantFrom('start' as const, 'stop' as const), who: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ do: fc.constantFrom('down' as const, 'up' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
        const clock = createFakeClock();
        const memory = createMemoryLeases();
        const replicas = new Map<string, ReturnType<typeof start>>();
        const inside = new Set<string>();
        let most = 0;
        let starts = 0;
        const jobOf = (who: string): Job =>
          ({
            ...counting(clock, leader).job,
            run: async (signal: AbortSignal) => {
              inside.add(who);
              most = Math.max(most, inside.size);
              await clock.sleep(7 * SECOND, signal);
              inside.delete(who);
            },
          }) as Job;
        for (const one of steps) {
          if (one.do === 'pass') await pass(clock, one.seconds * SECOND);
          else if (one.do === 'start' && !replicas.has(one.who)) {
            starts += 1;
            replicas.set(one.who, start(`${one.who}${starts}`, [jobOf(one.who)], { clock, memory }));
          } else if (one.do === 'stop') {
            await replicas.get(one.who)?.stop();
            replicas.delete(one.who);
          } else if (one.do === 'down' || one.do === 'up') memory.state.isDown = one.do === 'down';
          await settle();
        }
        memory.state.isDown = false;
        await Promise.all([...replicas.values()].map((replica) => replica.stop()));
        assert.ok(most <= 1);
      }),
      { numRuns: 30 },
    );
  });
});
