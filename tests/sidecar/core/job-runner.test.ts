import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import type { Job } from '../../../sidecar/src/core/job-runner.ts';
import { HOUR, MINUTE, SECOND } from '../../../sidecar/src/core/time.ts';
import { createFakeClock } from '../../support/clock.ts';
import { counting, createMemoryLeases, pass, settle, start } from './jobs-in-memory.ts';

describe('a job of every replica', () => {
  it('runs at once, and again after its interval', async () => {
    const clock = createFakeClock();
    const { at, job } = counting(clock);
    const replica = start('a', [job], { clock });
    await settle();
    await pass(clock, 2 * MINUTE);
    await replica.stop();
    assert.deepEqual(at, [0, MINUTE, 2 * MINUTE]);
    assert.deepEqual(replica.memory.rows.size, 0);
  });

  it('runs first after a delay where the job says so', async () => {
    const clock = createFakeClock();
    const { at, job } = counting(clock, { firstAfter: 30 * SECOND });
    const replica = start('a', [job], { clock });
    await settle();
    await pass(clock, 2 * MINUTE);
    await replica.stop();
    assert.deepEqual(at, [30 * SECOND, 90 * SECOND]);
  });

  it('adds the jitter to the interval', async () => {
    const clock = createFakeClock();
    const { at, job } = counting(clock, { jitter: 20 * SECOND });
    const replica = start('a', [job], { clock, random: 0.5 });
    await settle();
    await pass(clock, 3 * MINUTE);
    await replica.stop();
    assert.deepEqual(at, [0, 70 * SECOND, 140 * SECOND]);
  });

  it('runs again at once while there is more', async () => {
    let left = 3;
    const clock = createFakeClock();
    const run = async () => (--left > 0 ? 'more' : 'done');
    const replica = start('a', [counting(clock, { run } as Partial<Job>).job], { clock });
    await settle();
    assert.equal(left, 0);
    await replica.stop();
  });

  it('never overlaps itself, and a wake-up during a run is followed by another run', async () => {
    const clock = createFakeClock();
    let inside = 0;
    let most = 0;
    let runs = 0;
    const run = async () => {
      inside += 1;
      most = Math.max(most, inside);
      await clock.sleep(5 * MINUTE);
      inside -= 1;
      runs += 1;
    };
    const replica = start('a', [counting(clock, { run }).job], { clock });
    await settle();
    replica.runner.wake('counted');
    await pass(clock, 10 * MINUTE);
    assert.equal(runs, 2, 'the second one did not wait for the interval');
    const stopping = replica.stop();
    await pass(clock, 6 * MINUTE);
    await stopping;
    assert.equal(most, 1);
  });

  it('runs when it is woken', async () => {
    const clock = createFakeClock();
    const { at, job } = counting(clock, { every: HOUR });
    const replica = start('a', [job], { clock });
    await settle();
    await pass(clock, 10 * SECOND);
    replica.runner.wake('unknown');
    replica.runner.wake('counted');
    await settle();
    await replica.stop();
    assert.deepEqual(at, [0, 10 * SECOND]);
  });

  it('waits longer from failure to failure, up to its interval, and says so in the log', async () => {
    const clock = createFakeClock();
    let failures = 8;
    const { at, note, job } = counting(clock, { every: 10 * MINUTE });
    const run = async () => {
      note();
      if (failures-- > 0) throw new AppError('mattermost_unavailable', 'away');
    };
    const replica = start('a', [{ ...job, run }], { clock });
    await settle();
    await pass(clock, HOUR, MINUTE);
    await replica.stop();
    const minutes = at.map((ms) => ms / MINUTE);
    assert.deepEqual(minutes, [0, 1, 3, 7, 15, 25, 35, 45, 55]);
    const [line] = replica.log.lines;
    assert.equal(line?.level, 'warn');
    assert.equal(line?.fields.job, 'counted');
    assert.equal(line?.fields.code, 'mattermost_unavailable');
    assert.equal(line?.fields.waitMs, MINUTE);
    assert.equal(replica.log.lines.length, 8);
  });

  it('waits as long as the other side asked', async () => {
    const clock = createFakeClock();
    const { at, note, job } = counting(clock);
    const run = async () => {
      note();
      throw new AppError('microsoft_throttled', 'slow down', { retryAfterMs: 5 * MINUTE });
    };
    const replica = start('a', [{ ...job, run }], { clock });
    await settle();
    await pass(clock, 6 * MINUTE);
    await replica.stop();
    assert.deepEqual(at, [0, 5 * MINUTE]);
  });

  it('one that throws does not disturb another one', async () => {
    const clock = createFakeClock();
    const { at, job } = counting(clock);
    const { job: broken } = counting(clock, {
      name: 'broken',
      run: async () => {
        throw new Error('broken');
      },
    });
    const replica = start('a', [broken, job], { clock });
    await settle();
    await pass(clock, MINUTE);
    await replica.stop();
    assert.equal(at.length, 2);
  });

  it('ends at the stop while it waits, and after its run while it runs', async () => {
    const clock = createFakeClock();
    const waiting = start('a', [counting(clock).job], { clock });
    await settle();
    await waiting.stop();
    let seen: AbortSignal | null = null;
    let finish = () => {};
    const run = (signal: AbortSignal) => {
      seen = signal;
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    };
    const busy = start('b', [counting(clock, { run }).job], { clock });
    await settle();
    const stopping = busy.stop();
    await settle();
    assert.equal((seen as AbortSignal | null)?.aborted, true, 'the run is told');
    assert.equal(busy.hasEnded(), false, 'and waited for');
    finish();
    await stopping;
  });

  it('an error after the stop is no failure', async () => {
    const clock = createFakeClock();
    const run = async (signal: AbortSignal) => {
      await clock.sleep(HOUR, signal);
      throw new Error('cut short');
    };
    const replica = start('a', [counting(clock, { run }).job], { clock });
    await settle();
    await replica.stop();
    assert.deepEqual(replica.log.lines, []);
  });
});

describe('a job of the installation', () => {
  const scope = 'installation';

  it('runs on one replica in each interval', async () => {
    const clock = createFakeClock();
    const memory = createMemoryLeases();
    const one = counting(clock, { scope, every: HOUR } as Partial<Job>);
    const two = counting(clock, { scope, every: HOUR } as Partial<Job>);
    const first = start('a', [one.job], { clock, memory });
    await settle();
    const second = start('b', [two.job], { clock, memory });
    await settle();
    await pass(clock, 3 * HOUR, MINUTE);
    await Promise.all([first.stop(), second.stop()]);
    const hours = [...one.at, ...two.at].map((ms) => Math.round(ms / HOUR)).sort();
    assert.deepEqual(hours, [0, 1, 2, 3]);
  });

  it('is not repeated within the interval by a process that started anew', async () => {
    const clock = createFakeClock();
    const memory = createMemoryLeases();
    const one = counting(clock, { scope, every: HOUR } as Partial<Job>);
    const first = start('a', [one.job], { clock, memory });
    await settle();
    await first.stop();
    const again = start('b', [one.job], { clock, memory });
    await settle();
    assert.deepEqual(one.at, [0]);
    await pass(clock, HOUR, MINUTE);
    await again.stop();
    assert.deepEqual(one.at, [0, HOUR]);
  });

  it('is run again by the same replica when a run failed', async () => {
    const clock = createFakeClock();
    let runs = 0;
    const run = async () => {
      runs += 1;
      if (runs === 1) throw new Error('broken');
    };
    const { job } = counting(clock, { scope, every: HOUR, run } as Partial<Job>);
    const replica = start('a', [job], { clock });
    await settle();
    await pass(clock, MINUTE);
    await replica.stop();
    assert.equal(runs, 2);
  });
});
