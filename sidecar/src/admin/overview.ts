import { SUBSCRIPTION_QUOTA } from '../core/microsoft-graph.ts';
import type { Connections, Reports } from '../core/ports/connections.ts';
import type { AllowList } from '../core/ports/installation.ts';
import type { DeadLetters } from '../core/ports/queue.ts';
import type { Subscriptions } from '../core/ports/subscriptions.ts';
import { HOUR } from '../core/time.ts';

export interface OverviewPorts {
  connections: Pick<Connections, 'count'>;
  subscriptions: Pick<Subscriptions, 'count'>;
  deadLetters: Pick<DeadLetters, 'count'>;
  allowList: Pick<AllowList, 'count'>;
  reports: Pick<Reports, 'deliveriesPerHour'>;
}

const HOURS = 7 * 24;

/**
 * The counts of the System Console, with the deliveries of each hour of the last seven days, hours without any included. `now` in Unix
 * milliseconds.
 */
export async function readOverview(ports: OverviewPorts, now: number) {
  const last = Math.floor(now / HOUR) * HOUR;
  const since = last - (HOURS - 1) * HOUR;
  const [connections, subscriptions, deadLetters, allowed, counted] = await Promise.all([
    ports.connections.count(),
    ports.subscriptions.count(),
    ports.deadLetters.count(),
    ports.allowList.count(),
    ports.reports.deliveriesPerHour(since),
  ]);
  const counts = new Map(counted.map(({ at, count }) => [at, count]));
  const hours = Array.from({ length: HOURS }, (_, index) => {
    const at = since + index * HOUR;
    return { at, count: counts.get(at) ?? 0 };
  });
  return { connections, subscriptions, subscriptionLimit: SUBSCRIPTION_QUOTA, deadLetters, allowed, hours };
}
