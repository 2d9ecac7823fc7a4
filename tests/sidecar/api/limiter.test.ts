import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createLimiter } from '../../../sidecar/src/api/limiter.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import { SECOND } from '../../../sidecar/src/core/time.ts';
import { ALICE, BOB, createTestClock } from '../mattermost/fixture.ts';

test('a burst is allowed, then one request per interval, for each user alone', () => {
  const clock = createTestClock();
  const take = createLimiter({ clock, burst: 3, perMinute: 60 });
  for (let index = 0; index < 3; index += 1) take(ALICE);
  assert.throws(
    () => take(ALICE),
    (error) => error instanceof AppError && error.code === 'too_many_requests' && error.retryAfterMs === SECOND,
  );
  take(BOB);
  clock.advance(SECOND);
  take(ALICE);
  assert.throws(() => take(ALICE), { code: 'too_many_requests' });
});
