import assert from 'node:assert/strict';
import test from 'node:test';
import { createCache } from '../../../sidecar/src/core/cache.ts';
import { createFakeClock } from '../../support/clock.ts';

function countingLoad() {
  let loads = 0;
  return async () => ++loads;
}

test('a value is kept until it is too old, and of too many values the least recently used goes', async () => {
  const clock = createFakeClock();
  const cache = createCache<number>({ clock, maxEntries: 2, ttlMs: 1000 });
  const load = countingLoad();
  assert.equal(await cache.get('a', load), 1);
  assert.equal(await cache.get('b', load), 2);
  assert.equal(await cache.get('a', load), 1);
  assert.equal(await cache.get('c', load), 3);
  assert.equal(await cache.get('a', load), 1);
  assert.equal(await cache.get('b', load), 4);
  clock.advance(999);
  assert.equal(await cache.get('b', load), 4);
  clock.advance(1);
  assert.equal(await cache.get('b', load), 5);
});

test('the time to keep a value can depend on the value, and on the call that sets it', async () => {
  const clock = createFakeClock();
  const cache = createCache<number>({ clock, maxEntries: 9, ttlMs: (value) => value });
  await cache.get('short', async () => 10);
  await cache.get('long', async () => 100);
  await cache.get('never', async () => -5);
  cache.set('set', 7, 50);
  clock.advance(20);
  const load = async () => 999;
  assert.deepEqual(
    await Promise.all(['short', 'long', 'never', 'set'].map((key) => cache.get(key, load))),
    [999, 100, 999, 7],
  );
  clock.advance(40);
  assert.equal(await cache.get('set', load), 999);
});

test('callers at the same time share one load; neither a failure nor undefined is kept', async () => {
  const cache = createCache<number | undefined>({ clock: createFakeClock(), maxEntries: 9, ttlMs: 1000 });
  const load = countingLoad();
  assert.deepEqual(await Promise.all([cache.get('a', load), cache.get('a', load)]), [1, 1]);
  const failing = () => Promise.reject(new Error('no'));
  const failed = await Promise.allSettled([cache.get('x', failing), cache.get('x', load)]);
  assert.deepEqual(
    failed.map(({ status }) => status),
    ['rejected', 'rejected'],
  );
  assert.equal(await cache.get('x', load), 2);
  assert.equal(await cache.get('y', async () => undefined), undefined);
  assert.equal(await cache.get('y', load), 3);
});

test('a cache bounded by size shares a load for as long as it takes', async () => {
  const clock = createFakeClock();
  const cache = createCache<string>({ clock, maxBytes: 9, sizeOf: (value: string) => value.length, ttlMs: 1000 });
  const answer = Promise.withResolvers<string>();
  let loads = 0;
  const load = () => {
    loads += 1;
    return answer.promise;
  };
  const first = cache.get('a', load);
  clock.advance(30_000);
  const second = cache.get('a', load);
  answer.resolve('value');
  assert.deepEqual([await first, await second, loads], ['value', 'value', 1]);
  clock.advance(1000);
  await cache.get('a', load);
  assert.equal(loads, 2);
});

test('a load under way when its key is forgotten or set answers its callers and is not kept', async () => {
  const cache = createCache<number>({ clock: createFakeClock(), maxEntries: 9, ttlMs: 1000 });
  const load = countingLoad();
  const forgotten = cache.get('a', load);
  cache.forget('a');
  assert.equal(await forgotten, 1);
  assert.equal(await cache.get('a', load), 2);
  const replaced = cache.get('b', load);
  cache.set('b', 100);
  assert.equal(await replaced, 3);
  assert.equal(await cache.get('b', load), 100);
});

test('a bound in bytes holds: what is larger than all of it is not kept', async () => {
  const cache = createCache<Buffer>({
    clock: createFakeClock(),
    maxBytes: 10,
    sizeOf: ({ length }) => length,
    ttlMs: 1000,
  });
  let loads = 0;
  const ask = (key: string, size: number) => cache.get(key, async () => Buffer.alloc(size, ++loads));
  for (const [key, size] of [
    ['a', 6],
    ['b', 4],
    ['a', 6],
    ['empty', 0],
    ['huge', 11],
    ['huge', 11],
  ] as const)
    await ask(key, size);
  assert.equal(loads, 5);
  await ask('a', 6);
  assert.equal(loads, 5);
  await ask('b', 4);
  assert.equal(loads, 6);
});
