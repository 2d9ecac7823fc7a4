import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createHealth } from '../../../playground/microsoft/delivery/health.ts';

const MINUTE = 60_000;

function judged(slow: number, milliseconds: number) {
  const health = createHealth(100);
  for (let index = 0; index < 100 - slow; index += 1) health.record(10, 0);
  for (let index = 0; index < slow; index += 1) health.record(milliseconds, 0);
  return health;
}

test('more than a tenth over 3 seconds makes an endpoint slow for ten minutes', () => {
  assert.equal(judged(10, 3_000).state(0), 'normal');
  const health = judged(11, 3_000);
  assert.equal(health.state(0), 'slow');
  assert.equal(health.state(10 * MINUTE), 'normal');
});

test('more than 15 percent over 10 seconds loses what comes', () => {
  assert.equal(judged(15, 10_000).state(0), 'slow');
  assert.equal(judged(16, 10_000).state(0), 'drop');
});

test('a handful of responses is not judged', () => {
  const health = createHealth(100);
  for (let index = 0; index < 50; index += 1) health.record(10_000, 0);
  assert.equal(health.state(0), 'normal');
});
