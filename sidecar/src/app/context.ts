import { randomUUID } from 'node:crypto';
import type { Config } from '../config/config.ts';
import { keysFrom } from '../config/key-file.ts';
import type { Sealer } from '../core/encryption.ts';
import { createSealer } from '../core/encryption.ts';
import type { Log } from '../core/log.ts';
import type { Clock } from '../core/time.ts';
import { systemClock } from '../core/time.ts';
import type { ActionSigner } from '../mattermost/inbound/action-signing.ts';
import { createActionSigner } from '../mattermost/inbound/action-signing.ts';
import type { MetricsRegistry } from '../metrics.ts';
import { createMetrics } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import { openStore } from '../store/store.ts';
import type { Edges } from './adapters.ts';
import { openEdges } from './adapters.ts';

/** What every wiring function receives. */
export interface AppContext {
  config: Config;
  log: Log;
  clock: Clock;
  edges: Edges;
  store: Store;
  metrics: MetricsRegistry;
  sealer: Sealer;
  signer: ActionSigner;
  /** Names this process among the replicas; different at every start. */
  holder: string;
}

const clock = systemClock;
const holder = randomUUID();

/**
 * Opens database and peers for a process that works on its own: the service, or a command while the service does not run. They are
 * released through `stack`, in reverse.
 * @throws {AppError} database_*, database_locked while another process has the embedded database
 */
export async function openContext(
  { config, log }: Pick<AppContext, 'config' | 'log'>,
  stack: AsyncDisposableStack,
): Promise<AppContext> {
  const store = await openStore({ url: config.databaseUrl, dataDir: config.dataDir, log });
  stack.defer(() => store.close());
  const sealer = createSealer(config.encryptionKeys ?? keysFrom(config.dataDir));
  const gauges = {
    connections: store.connections.count,
    subscriptions: store.subscriptions.count,
    backlog: () => store.inbox.backlog(),
    credentialProblem: () => edges.credentialProblem() !== null,
  };
  const metrics = createMetrics(gauges, clock.now);
  const signer = createActionSigner(sealer, clock);
  const edges = openEdges({ config, log, clock, metrics, sealer, signer, store });
  stack.defer(() => edges.close());
  return { config, log, clock, edges, store, metrics, sealer, signer, holder };
}
