import { runBotChat } from '../commands/bot-chat-job.ts';
import { runDeactivatedUsers, runDeactivationEvents } from '../connect/deactivated-users.ts';
import type { Job } from '../core/job-runner.ts';
import { HOUR, MINUTE, SECOND } from '../core/time.ts';
import { runRetention } from '../notify/pipeline/retention-job.ts';
import type { AppContext } from './context.ts';
import type { createFeatures } from './features.ts';

/**
 * The background jobs of the sidecar. The worker of the queue has a loop of its own. Renewals and catch-up have one leader because Graph's
 * limits are those of all replicas together; bot chat and deactivation events because every listener would answer.
 */
export function createJobs({ store, clock }: AppContext, features: ReturnType<typeof createFeatures>): Job[] {
  const { botChat, catchUp, deactivatedUsers, digests, invitations, subscriptions, teams } = features;
  return [
    { name: 'renewals', every: 15 * SECOND, scope: 'leader', leaseMs: 2 * MINUTE, run: subscriptions.renew },
    { name: 'catch-up', every: 5 * SECOND, scope: 'leader', leaseMs: 2 * MINUTE, run: catchUp },
    { name: 'digests', every: 5 * SECOND, scope: 'replica', run: digests },
    {
      name: 'bot-chat',
      every: 15 * SECOND,
      scope: 'leader',
      leaseMs: MINUTE,
      run: (signal) => runBotChat(botChat, signal),
    },
    {
      name: 'deactivation-events',
      every: 15 * SECOND,
      scope: 'leader',
      leaseMs: 3 * MINUTE,
      run: (signal) => runDeactivationEvents(deactivatedUsers, signal),
    },
    {
      name: 'deactivated-users',
      every: HOUR,
      scope: 'leader',
      leaseMs: 3 * MINUTE,
      run: (signal) => runDeactivatedUsers(deactivatedUsers, signal),
    },
    { name: 'invitations', every: HOUR, jitter: MINUTE, scope: 'installation', run: invitations },
    { name: 'teams', every: 10 * MINUTE, jitter: MINUTE, scope: 'installation', run: teams },
    {
      name: 'retention',
      every: HOUR,
      jitter: MINUTE,
      firstAfter: MINUTE,
      scope: 'installation',
      run: () => runRetention(store, clock),
    },
  ];
}
