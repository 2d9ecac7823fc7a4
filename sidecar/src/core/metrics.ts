import type { SkipReason } from './types.ts';

/** One finished request to a peer. `status` is 0 when no answer came; `ms` are milliseconds. */
export interface OutboundRequest {
  peer: 'graph' | 'entra' | 'mattermost';
  /** Method and route with the ids left out, such as `GET /me/presence`. */
  operation: string;
  status: number;
  ms: number;
}

/** The counters that features and edges increment; `metrics.ts` exports them to Prometheus. */
export interface Metrics {
  notificationReceived(outcome: 'stored' | 'duplicate' | 'discarded', reason: string): void;
  delivery(outcome: 'posted' | 'held' | 'updated' | 'removed' | 'retried' | 'dead'): void;
  skipped(reason: SkipReason): void;
  outbound(request: OutboundRequest): void;
}
