import type { Metrics, OutboundRequest } from '../../sidecar/src/core/metrics.ts';

/** Metrics that keep what was counted: `received` as `outcome:reason`, outbound requests as they were reported. */
export interface TestMetrics extends Metrics {
  received: string[];
  requests: OutboundRequest[];
}

export function createTestMetrics(): TestMetrics {
  const received: string[] = [];
  const requests: OutboundRequest[] = [];
  return {
    received,
    requests,
    notificationReceived: (outcome, reason) => void received.push(`${outcome}:${reason}`),
    delivery: () => {},
    skipped: () => {},
    outbound: (request) => void requests.push(request),
  };
}
