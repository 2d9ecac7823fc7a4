import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import { createThrottle } from '../../../sidecar/src/entra/throttle.ts';
import { createFakeClock } from '../../support/clock.ts';

const LIMITED = new AppError('microsoft_throttled', 'Too many.', { retryAfterMs: 90_000 });

test('a pause of one replica is kept by the others, to the second, and shared by none of them again', async () => {
  const clock = createFakeClock();
  const shared: number[] = [];
  const replica = () => createThrottle({ clock, concernsAll: () => true, onPause: (endsAt) => shared.push(endsAt) });
  const [one, other] = [replica(), replica()];
  let asked = 0;
  const call = () => {
    asked += 1;
    return asked === 1 ? Promise.reject(LIMITED) : Promise.resolve('a token');
  };
  await assert.rejects(one.run(call), LIMITED);
  const end = clock.now() + 90_000;
  assert.deepEqual(shared, [end]);
  for (const endsAt of shared) other.pauseUntil(endsAt);
  other.pauseUntil(end - 50_000);
  clock.advance(89_000);
  for (const replica of [one, other]) {
    await assert.rejects(replica.run(call), { code: 'microsoft_throttled', retryAfterMs: 1_000 });
  }
  assert.equal(asked, 1);
  clock.advance(1_000);
  assert.equal(await other.run(call), 'a token');
  assert.deepEqual(shared, [end]);
});
