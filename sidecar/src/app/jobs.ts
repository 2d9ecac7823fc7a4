import type { Job } from '../core/job-runner.ts';
import { HOUR, MINUTE, SECOND, systemClock } from '../core/time.ts';
import { runRetention } from '../notify/pipeline/retention-job.ts';
import type { Store } from '../store/store.ts';
import type { createFeatures } from './notify.ts';

/** The background work of the sidecar. */
export function createJobs(store: Store, features: ReturnType<typeof createFeatures>): Job[] {
  return [
    { name: 'renewals', every: 15 * SECOND, scope: 'leader', leaseMs: 2 * MINUTE, run: features.feed.renew },
    { name: 'catch-up', every: 5 * SECOND, scope: 'leader', leaseMs: 2 * MINUTE, run: features.catchUp },
    { name: 'digests', every: 5 * SECOND, scope: 'replica', run: features.digests },
    {
      name: 'retention',
      every: HOUR,
      jitter: MINUTE,
      firstAfter: MINUTE,
      scope: 'installation',
      run: () => runRetention(store, systemClock),
    },
  ];
}
