import { describe, it } from 'node:test';
import { fuzz } from '../fuzz-cases.ts';

/** Few enough for every run of the tests; `fuzz.ts` does many. */
const RUNS = 500;

describe('compose, generated messages', () => {
  it('never throws, never mentions, never exceeds a post', () => fuzz(RUNS));
});
