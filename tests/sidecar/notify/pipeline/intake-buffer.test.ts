import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import type { InboxItem } from '../../../../sidecar/src/core/ports/queue.ts';
import { createIntakeBuffer } from '../../../../sidecar/src/notify/pipeline/intake-buffer.ts';
import { inboxItem } from '../../../support/builders.ts';
import { createPipelineClock } from './test-pipeline.ts';

/** A store that commits when it is told to. */
function createSlowStore() {
  const commits: (readonly InboxItem[])[][] = [];
  const gates: (() => void)[] = [];
  let waiting = 0;
  let woken = 0;
  return {
    commits,
    commit: () => gates.shift()?.(),
    woken: () => woken,
    wake: () => {
      woken += 1;
    },
    setBacklog: (items: number) => {
      waiting = items;
    },
    inbox: {
      backlog: async () => ({ items: waiting, chatQueues: 0, oldestAt: null }),
      put: async (requests: readonly (readonly InboxItem[])[]) => {
        commits.push([...requests]);
        await new Promise<void>((resolve) => gates.push(resolve));
        if (requests.flat().some(({ payload }) => payload === 'poison')) throw new AppError('internal', 'poison');
        return requests.map((request) => ({ stored: request.length, duplicate: 0 }));
      },
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

describe('the intake buffer', () => {
  it('answers after the commit, and lets requests that came meanwhile share the next one', async () => {
    const slow = createSlowStore();
    const intake = createIntakeBuffer({
      inbox: slow.inbox,
      wake: slow.wake,
      clock: createPipelineClock(),
      limit: 100,
      commits: 1,
    });
    let answered = 0;
    const put = (count: number) =>
      intake.put(Array.from({ length: count }, (_, n) => inboxItem({ messageId: `${n}` }))).then((result) => {
        answered += 1;
        return result;
      });
    const first = put(1);
    await until(() => slow.commits.length === 1);
    const rest = Promise.all([put(2), put(3)]);
    await new Promise((resolve) => setImmediate(resolve));
    assert.deepEqual([slow.commits.length, answered], [1, 0]);
    slow.commit();
    assert.deepEqual(await first, { stored: 1, duplicate: 0 });
    assert.equal(slow.woken(), 1, 'the worker is woken when the items are stored');
    await until(() => slow.commits.length === 2);
    slow.commit();
    assert.deepEqual(await rest, [
      { stored: 2, duplicate: 0 },
      { stored: 3, duplicate: 0 },
    ]);
    assert.deepEqual(
      slow.commits[1]?.map((request) => request.length),
      [2, 3],
    );
  });

  it('does not let one request that cannot be stored fail those that shared its commit', async () => {
    const slow = createSlowStore();
    const intake = createIntakeBuffer({
      inbox: slow.inbox,
      wake: slow.wake,
      clock: createPipelineClock(),
      limit: 100,
      commits: 1,
    });
    const pump = setInterval(slow.commit, 1);
    const results = await Promise.allSettled([
      intake.put([inboxItem()]),
      intake.put([inboxItem({ messageId: '1' })]),
      intake.put([inboxItem({ payload: 'poison' })]),
    ]);
    clearInterval(pump);
    assert.deepEqual(
      results.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    );
  });

  it('refuses with nothing stored while the backlog is full, and accepts again after it has shrunk', async () => {
    const slow = createSlowStore();
    const clock = createPipelineClock();
    const intake = createIntakeBuffer({ inbox: slow.inbox, wake: slow.wake, clock, limit: 100 });
    const pump = setInterval(slow.commit, 1);
    slow.setBacklog(100);
    await assert.rejects(intake.put([inboxItem()]), { code: 'overloaded' });
    assert.equal(slow.commits.length, 0);
    slow.setBacklog(0);
    clock.advance(5_000);
    await intake.put([inboxItem()]);
    assert.equal(slow.commits.length, 1);
    clearInterval(pump);
  });

  it('counts what it stored itself between two looks at the backlog', async () => {
    const slow = createSlowStore();
    const intake = createIntakeBuffer({ inbox: slow.inbox, wake: slow.wake, clock: createPipelineClock(), limit: 10 });
    const pump = setInterval(slow.commit, 1);
    await intake.put(Array.from({ length: 10 }, (_, n) => inboxItem({ messageId: `${n}` })));
    await assert.rejects(intake.put([inboxItem()]), { code: 'overloaded' });
    clearInterval(pump);
  });

  it('refuses requests beyond the memory limit while the database is blocked', async () => {
    const slow = createSlowStore();
    const intake = createIntakeBuffer({
      inbox: slow.inbox,
      wake: slow.wake,
      clock: createPipelineClock(),
      limit: 1_000_000,
    });
    const many = Array.from({ length: 5_000 }, (_, n) => inboxItem({ messageId: `${n}` }));
    const first = intake.put(many);
    await assert.rejects(intake.put([inboxItem()]), { code: 'overloaded' });
    await until(() => slow.commits.length === 1);
    slow.commit();
    await first;
  });
});
