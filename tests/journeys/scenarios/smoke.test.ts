import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { openEnvironment } from '../../../playground/environment.ts';
import { runSmoke } from '../../../playground/scenarios/smoke.ts';

describe('the smoke scenario', () => {
  test('delivers each message once and nothing else, and the sidecar ends with status 0', async (t) => {
    const environment = await openEnvironment();
    t.after(() => environment.close());
    const sidecar = await environment.startSidecar();
    const { expected, ...result } = await runSmoke(environment, sidecar, (line) => t.diagnostic(line));
    assert.ok(expected > 0);
    assert.deepEqual(result, { delivered: expected, duplicates: 0, unwanted: 0 });
    assert.equal(await sidecar.stop(), 0, sidecar.output());
  });
});
