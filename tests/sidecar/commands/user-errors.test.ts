import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asErrorCode, explain, problemOf } from '../../../sidecar/src/commands/user-errors.ts';
import type { ErrorCode } from '../../../sidecar/src/core/errors.ts';
import { HTTP_STATUS } from '../../../sidecar/src/core/errors.ts';
import { NOW } from '../../support/clock.ts';
import { connectionOf } from './commands-in-memory.ts';

test('every failure has a sentence in both languages', () => {
  for (const code of Object.keys(HTTP_STATUS) as ErrorCode[]) {
    assert.match(explain(code, 'en'), /^[A-Z].{20,}\.$/, code);
    assert.match(explain(code, 'de'), /^[A-ZÄÖÜ].{20,}\.$/, code);
    assert.notEqual(explain(code, 'en'), explain(code, 'de'));
  }
});

test('the problem of a connection is its dead sign-in, else an error after the last delivery', () => {
  const error = { lastErrorCode: 'microsoft_quota', lastErrorAt: NOW };
  assert.equal(problemOf(connectionOf()), null);
  assert.equal(problemOf(connectionOf({ ...error, state: 'reconnect' })), 'reconnect_needed');
  assert.equal(problemOf(connectionOf(error)), 'microsoft_quota');
  assert.equal(problemOf(connectionOf({ ...error, lastDeliveryAt: NOW - 1 })), 'microsoft_quota');
  assert.equal(problemOf(connectionOf({ ...error, lastDeliveryAt: NOW + 1 })), null);
});

test('a code of another version counts as internal', () => {
  assert.equal(asErrorCode('microsoft_quota'), 'microsoft_quota');
  assert.equal(asErrorCode('constructor'), 'internal');
});
