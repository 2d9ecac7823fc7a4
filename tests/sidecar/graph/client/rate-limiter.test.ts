import assert from 'node:assert/strict';
import test from 'node:test';
import type { AppError } from '../../../../sidecar/src/core/errors.ts';
import type { ThrottlePause } from '../../../../sidecar/src/core/ports/throttle-pauses.ts';
import type { LimitScope, Operation } from '../../../../sidecar/src/graph/client/rate-limiter.ts';
import { createLimiter, LIMITS } from '../../../../sidecar/src/graph/client/rate-limiter.ts';
import { createFakeClock } from '../../../support/clock.ts';

/** The times at which `count` calls asked for at once are let through; those refused for being too far away are left out. */
async function times(count: number, scope: (n: number) => LimitScope, stepMs = 10): Promise<number[]> {
  const clock = createFakeClock();
  const limiter = createLimiter(clock);
  const start = clock.now();
  const passed: number[] = [];
  let open = count;
  for (let n = 0; n < count; n++) {
    limiter
      .acquire(scope(n))
      .then(
        () => passed.push(clock.now() - start),
        () => {},
      )
      .finally(() => {
        open--;
      });
  }
  while (open > 0) {
    await new Promise((resolve) => setImmediate(resolve));
    if (open > 0) clock.advance(stepMs);
  }
  return passed;
}

function mostWithin(ms: number, passed: number[]): number {
  return Math.max(...passed.map((from) => passed.filter((at) => at >= from && at < from + ms).length));
}

for (const operation of Object.keys(LIMITS) as Operation[]) {
  test(`no window holds more than Graph allows: ${operation}`, async () => {
    const { tenant, user, chat, seconds = 1 } = LIMITS[operation];
    const most = (passed: number[]) => mostWithin(seconds * 1_000, passed);
    const any = (n: number) => ({ operation, tid: 't', user: `u${n}`, chat: `c${n}`, longestWaitMs: 1e9 });
    const step = 10 * seconds;
    const everybody = await times(tenant * 3, any, step);
    const waiting = await times(tenant, (n) => ({ ...any(n), priority: 'interactive' }), step);
    assert.ok(everybody.length === tenant * 3 && waiting.length === tenant);
    assert.ok(most(everybody) + most(waiting) <= tenant);
    if (user !== null) {
      const one = await times(user * 4, (n) => ({ operation, tid: 't', user: 'u', chat: `c${n}` }));
      assert.ok(one.length > 0 && most(one) <= user);
    }
    if (chat !== null) {
      const one = await times(4, (n) => ({ operation, tid: 't', user: `u${n}`, chat: 'c' }));
      assert.ok(one.length > 0 && most(one) <= chat);
    }
  });
}

test('what a longer window leaves free may come at once: the presence of many is asked for when a day begins', async () => {
  const scope = (n: number): LimitScope => ({ operation: 'GET presence', tid: 't', user: `u${n}`, longestWaitMs: 0 });
  assert.equal((await times(200, scope)).length, 200);
});

test('a person who waits is not held up by background work', async () => {
  const clock = createFakeClock();
  const limiter = createLimiter(clock);
  const scope = { operation: 'POST subscriptions', tid: 't', user: 'u' } as const;
  for (let n = 0; n < 200; n++) void limiter.acquire(scope).catch(() => {});
  await limiter.acquire({ ...scope, priority: 'interactive' });
});

test('what would wait too long is refused with the time to wait', async () => {
  const limiter = createLimiter(createFakeClock());
  const scope = { operation: 'GET chat', tid: 't', user: 'u', chat: 'c' } as const;
  const refused: unknown[] = [];
  for (let n = 0; n < 100; n++) void limiter.acquire(scope).catch((error: unknown) => refused.push(error));
  await assert.rejects(limiter.acquire(scope), (error: { code?: string; retryAfterMs?: number }) => {
    return error.code === 'microsoft_throttled' && (error.retryAfterMs ?? 0) > 30_000;
  });
  assert.ok(refused.length > 0);
});

test('a caller who will not wait is refused at once, and takes nothing from the others', async () => {
  const clock = createFakeClock();
  const limiter = createLimiter(clock);
  const scope: LimitScope = { operation: 'GET presence', tid: 't', user: 'u' };
  const impatient = Array.from({ length: 500 }, () =>
    limiter.acquire({ ...scope, longestWaitMs: 0 }).then(
      () => null,
      (error: AppError) => error.code,
    ),
  );
  const codes = await Promise.all(impatient);
  assert.ok(codes.includes(null));
  assert.ok(codes.includes('microsoft_throttled'));
  let passed = false;
  const patient = limiter.acquire(scope).then(() => {
    passed = true;
  });
  clock.advance(1000);
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(passed, true);
  await patient;
});

test('every call under a paused limit waits exactly until its end, and no burst follows', async () => {
  const clock = createFakeClock();
  const limiter = createLimiter(clock);
  const start = clock.now();
  limiter.pause({ operation: 'GET presence', tid: 't', user: 'u' }, 10_000);
  const passed: number[] = [];
  let open = 0;
  for (const user of Array.from({ length: 100 }, (_, n) => `u${n}`)) {
    open++;
    void limiter.acquire({ operation: 'GET presence', tid: 't', user }).then(() => {
      passed.push(clock.now() - start);
      open--;
    });
  }
  await limiter.acquire({ operation: 'GET presence', tid: 'another', user: 'u' });
  while (open > 0) {
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(10);
  }
  assert.equal(Math.min(...passed), 10_000);
  assert.ok(mostWithin(1_000, passed) <= 50);
});

test('a pause is told to the other replicas, and they keep it for every caller of that limit', async () => {
  const clock = createFakeClock();
  const told: ThrottlePause[] = [];
  const asked = createLimiter(clock, (pause) => void told.push(pause));
  asked.pause({ operation: 'GET chats', tid: 't', user: 'u' }, 45_000);
  assert.deepEqual(told, [{ name: 'GET chats t', endsAt: clock.now() + 45_000 }]);
  const other = createLimiter(clock, () => assert.fail('what was told must not be told again'));
  other.adopt(told);
  const scope = { operation: 'GET chats', tid: 't', user: 'another' } as const;
  for (const priority of ['background', 'interactive'] as const) {
    await assert.rejects(other.acquire({ ...scope, priority }), {
      code: 'microsoft_throttled',
      retryAfterMs: 45_000,
    });
  }
  await other.acquire({ ...scope, operation: 'GET chat' });
  await other.acquire({ ...scope, tid: 'another' });
  clock.advance(45_000);
  await other.acquire(scope);
});

test('the application has no limit of its own as a user', async () => {
  const limiter = createLimiter(createFakeClock());
  await limiter.acquire({ operation: 'GET members', tid: 't', user: null, chat: 'a' });
  await limiter.acquire({ operation: 'GET members', tid: 't', user: null, chat: 'b' });
});
