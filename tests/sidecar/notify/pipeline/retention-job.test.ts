import assert from 'node:assert/strict';
import { it } from 'node:test';
import { DAY } from '../../../../sidecar/src/core/time.ts';
import { runRetention } from '../../../../sidecar/src/notify/pipeline/retention-job.ts';
import { START } from '../../../support/builders.ts';
import { createPipelineClock } from './test-pipeline.ts';

it('deletes what is past its retention time, each kind of row by its own', async () => {
  const purged: [string, number][] = [];
  const note = (what: string) => async (before: number) => void purged.push([what, before]);
  const ports = {
    inbox: { purgeIdle: note('chat queues') },
    deliveries: { purge: note('deliveries') },
    deadLetters: { purge: note('dead letters') },
    signIns: { purge: note('sign-ins') },
  };
  await runRetention(ports, createPipelineClock());
  assert.deepEqual(purged, [
    ['chat queues', START - DAY],
    ['deliveries', START - 30 * DAY],
    ['dead letters', START - 30 * DAY],
    ['sign-ins', START],
  ]);
});
