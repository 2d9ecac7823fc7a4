import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Watermark } from '../../../../sidecar/src/core/ports/catch-up.ts';
import { createCatchUp, requestCatchUp } from '../../../../sidecar/src/graph/catch-up/job.ts';
import { createFakeClock } from '../../../support/clock.ts';
import { createTestLog } from '../../../support/log.ts';

const { signal } = new AbortController();

/** The job over connections that are gone, so that a round does nothing but take and advance watermarks. */
function setUp(due: Watermark[][]) {
  const calls: string[] = [];
  const clock = createFakeClock();
  const watermarks = {
    requestAll: async () => void calls.push('request all'),
    request: async ({ connectionId }: { connectionId: string }) => void calls.push(`request ${connectionId}`),
    claim: async () => due.shift() ?? [],
    advance: async ({ connectionId }: Watermark) => void calls.push(`advance ${connectionId}`),
  };
  const never = () => assert.fail('nothing is to be read');
  const connections = { find: async () => null };
  const run = createCatchUp({
    watermarks,
    connections,
    messageStatus: { find: never, markSkipped: never },
    history: { since: never },
    put: never,
    tellMore: never,
    sealer: { seal: never },
    metrics: { skipped: never },
    clock,
    log: createTestLog(),
  });
  return { calls, run, watermarks, connections, clock };
}

test('the first round of a process asks for all connections, later ones take what is due', async () => {
  const { calls, run } = setUp([[{ connectionId: 'c1', caughtUpTo: 0 }], []]);
  assert.equal(await run(signal), 'done');
  assert.equal(await run(signal), 'done');
  assert.deepEqual(calls, ['request all', 'advance c1']);
});

test('a full round is followed by another one at once', async () => {
  const full = Array.from({ length: 32 }, (_, n) => ({ connectionId: `c${n}`, caughtUpTo: 0 }));
  const { run } = setUp([full, []]);
  assert.equal(await run(signal), 'more');
  assert.equal(await run(signal), 'done');
});

test('catch-up is requested of the tenant as of all, and of a connection that is gone not at all', async () => {
  const { calls, watermarks, connections, clock } = setUp([]);
  await requestCatchUp({ watermarks, connections, clock }, { kind: 'tenant' });
  await requestCatchUp({ watermarks, connections, clock }, { kind: 'connection', id: 'gone' });
  assert.deepEqual(calls, ['request all']);
});
