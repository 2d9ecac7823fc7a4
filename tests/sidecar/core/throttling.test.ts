import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readRetryAfter } from '../../../sidecar/src/core/throttling.ts';

const NOW = Date.parse('Sun, 06 Nov 1994 08:49:37 GMT');

describe('reading Retry-After', () => {
  it('takes seconds', () => {
    assert.equal(readRetryAfter('120', NOW), 120_000);
    assert.equal(readRetryAfter(' 0 ', NOW), 0);
  });

  it('takes a date; one that is over is no wait', () => {
    assert.equal(readRetryAfter('Sun, 06 Nov 1994 08:50:07 GMT', NOW), 30_000);
    assert.equal(readRetryAfter('Sun, 06 Nov 1994 08:49:07 GMT', NOW), 0);
  });

  it('ignores what is neither', () => {
    for (const value of [null, '', 'soon', '-5', '1.5', '1e3', '12345678'])
      assert.equal(readRetryAfter(value, NOW), null);
  });
});
