import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openEnvironment } from '../../../playground/environment.ts';
import { playStory } from '../../../playground/scenarios/smoke.ts';

describe('the whole story', () => {
  test('every message arrives once, nothing unwanted arrives, and the sidecar ends in peace', async (t) => {
    const environment = await openEnvironment();
    t.after(() => environment.close());
    const sidecar = await environment.startSidecar();
    const { expected, ...result } = await playStory(environment, sidecar, (line) => t.diagnostic(line));
    assert.ok(expected > 0);
    assert.deepEqual(result, { delivered: expected, duplicates: 0, unwanted: 0 });
    assert.equal(await sidecar.stop(), 0, sidecar.output());
  });
});
