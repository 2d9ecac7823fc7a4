import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ThrottlePause } from '../../../sidecar/src/core/ports/throttle-pauses.ts';
import { adoptNamed, createSharedPauses } from '../../../sidecar/src/core/throttling.ts';
import { createTestLog } from '../../support/log.ts';

function setUp() {
  const stored: ThrottlePause[] = [{ name: 'before the start', endsAt: 1 }];
  const state = { isDown: false, changed: () => {}, isListening: true };
  const check = () => {
    if (state.isDown) throw new Error('down');
  };
  const log = createTestLog();
  const pauses = createSharedPauses({
    throttlePauses: {
      save: async (pause) => {
        check();
        stored.push(pause);
        state.changed();
      },
      list: async () => {
        check();
        return [...stored];
      },
      listen: async (changed) => {
        state.changed = changed;
        return async () => {
          state.isListening = false;
        };
      },
    },
    clock: { now: () => 0 },
    log,
  });
  return { pauses, state, log };
}

const settle = () => new Promise(setImmediate);

test('pauses are kept at the start and after every change, each by the one that it concerns', async () => {
  const { pauses, state } = setUp();
  const all: string[][] = [];
  const named: number[] = [];
  const stop = await pauses.share([
    (list) => void all.push(list.map(({ name }) => name)),
    adoptNamed('sign-in', (endsAt) => named.push(endsAt)),
  ]);
  assert.deepEqual([all, named], [[['before the start']], []]);
  pauses.tell({ name: 'sign-in', endsAt: 7 });
  await settle();
  assert.deepEqual(all[1], ['before the start', 'sign-in']);
  assert.deepEqual(named, [7]);
  await stop();
  assert.equal(state.isListening, false);
});

test('a database that is away costs a line in the log, not more', async () => {
  const { pauses, state, log } = setUp();
  await pauses.share([]);
  state.isDown = true;
  pauses.tell({ name: 'a', endsAt: 1 });
  state.changed();
  await settle();
  assert.equal(log.lines.length, 2);
});
