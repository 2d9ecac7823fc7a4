import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Failure, nextAttempt } from '../../../sidecar/src/core/backoff.ts';
import { type ErrorCode, RETRY } from '../../../sidecar/src/core/errors.ts';
import { DAY, MINUTE, SECOND } from '../../../sidecar/src/core/time.ts';

function wait(over: Partial<Failure> = {}): number | null {
  return nextAttempt({
    code: 'mattermost_unavailable',
    attempts: 1,
    ageMs: 0,
    retryAfterMs: undefined,
    random: 0,
    ...over,
  });
}

describe('waiting before the next attempt', () => {
  it('doubles up to two minutes', () => {
    const waits = [1, 2, 3, 4, 7, 8, 50].map((attempts) => wait({ attempts }));
    assert.deepEqual(
      waits,
      [1, 2, 4, 8, 64, 120, 120].map((seconds) => seconds * SECOND),
    );
  });

  it('takes up to half off at random, so that chats come back apart', () => {
    assert.equal(wait({ attempts: 4, random: 0.5 }), 6 * SECOND);
    assert.ok((wait({ attempts: 4, random: 0.999 }) ?? 0) >= 4 * SECOND);
  });

  it('waits at least as long as the other side asked, longer or shorter than its own', () => {
    for (const retryAfterMs of [0, 3 * SECOND, 10 * MINUTE]) {
      for (const random of [0, 0.5, 0.99]) {
        const waited = wait({ attempts: 3, retryAfterMs, random }) ?? -1;
        assert.ok(waited >= retryAfterMs && waited <= retryAfterMs + SECOND);
      }
    }
  });

  it('lasts through an outage of hours, and ends after a day', () => {
    assert.ok(wait({ attempts: 700, ageMs: 23 * 60 * MINUTE }) !== null);
    assert.equal(wait({ attempts: 700, ageMs: DAY }), null);
  });

  it('waits for days, unhurried, where a person must do something first', () => {
    assert.equal(wait({ code: 'mattermost_unauthorized' }), MINUTE);
    assert.equal(wait({ code: 'mattermost_unauthorized', attempts: 9, ageMs: 6 * DAY }), 5 * MINUTE);
    assert.equal(wait({ code: 'mattermost_unauthorized', ageMs: 7 * DAY }), null);
  });

  it('gives a fault of ours a few chances only', () => {
    assert.ok(wait({ code: 'internal', attempts: 7 }) !== null);
    assert.equal(wait({ code: 'internal', attempts: 8 }), null);
  });

  it('knows an answer for every error there is', () => {
    for (const [code, kind] of Object.entries(RETRY)) {
      assert.equal(wait({ code: code as ErrorCode }) === null, kind === 'never', code);
    }
  });
});
