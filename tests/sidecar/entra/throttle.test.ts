import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import { createPause } from '../../../sidecar/src/entra/throttle.ts';
import { createTestClock } from '../../support/servers.ts';

const LIMITED = new AppError('microsoft_throttled', 'Too many.', { retryAfterMs: 90_000 });

test('a pause that one replica was asked for is kept by the others, to the second, and told on by none of them', async () => {
  const clock = createTestClock();
  const told: number[] = [];
  const replica = () => createPause({ clock, concernsAll: () => true, onPause: (endsAt) => told.push(endsAt) });
  const [one, other] = [replica(), replica()];
  let asked = 0;
  const call = () => {
    asked += 1;
    return asked === 1 ? Promise.reject(LIMITED) : Promise.resolve('a token');
  };
  await assert.rejects(one.run(call), LIMITED);
  const end = clock.now() + 90_000;
  assert.deepEqual(told, [end]);
  for (const endsAt of told) other.adopt(endsAt);
  other.adopt(end - 50_000);
  clock.advance(89_000);
  for (const replica of [one, other]) {
    await assert.rejects(replica.run(call), { code: 'microsoft_throttled', retryAfterMs: 1_000 });
  }
  assert.equal(asked, 1);
  clock.advance(1_000);
  assert.equal(await other.run(call), 'a token');
  assert.deepEqual(told, [end]);
});
