import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openStage } from '../../../playground/environment.ts';
import { playStory } from '../../../playground/scenarios/smoke.ts';

describe('the whole story', () => {
  test('every message arrives once, nothing unwanted arrives, and the sidecar ends in peace', async (t) => {
    const stage = await openStage();
    t.after(() => stage.close());
    const sidecar = await stage.startSidecar();
    const { expected, ...result } = await playStory(stage, sidecar, (line) => t.diagnostic(line));
    assert.ok(expected > 0);
    assert.deepEqual(result, { delivered: expected, duplicates: 0, unwanted: 0 });
    assert.equal(await sidecar.stop(), 0, sidecar.output());
  });
});
