import type { Config } from '../config/config.ts';
import type { Sealer } from '../core/encryption.ts';
import type { Log } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Clock } from '../core/time.ts';
import type { Store } from '../store/store.ts';
import type { Edges } from './adapters.ts';

/** What the features are built over. */
export interface FeatureParts {
  config: Config;
  log: Log;
  clock: Clock;
  edges: Edges;
  store: Store;
  metrics: Metrics;
  sealer: Sealer;
  /** Names this process among the replicas. */
  holder: string;
}
