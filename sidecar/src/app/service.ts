import { randomUUID } from 'node:crypto';
import { apiRoutes } from '../api/routes.ts';
import type { Config } from '../config/config.ts';
import { keysFrom } from '../config/key-file.ts';
import { connectRoutes } from '../connect/routes.ts';
import { createSealer } from '../core/encryption.ts';
import { createJobRunner } from '../core/job-runner.ts';
import type { Log } from '../core/log.ts';
import { systemClock } from '../core/time.ts';
import { graphRoutes } from '../graph/webhook/routes.ts';
import type { ReadyProblem } from '../http/server.ts';
import { createServer } from '../http/server.ts';
import { commandRoute } from '../mattermost/command-route.ts';
import { actionRoute } from '../mattermost/inbound/action-route.ts';
import { createActionSigner } from '../mattermost/inbound/action-signing.ts';
import { createMetrics, metricsRoute } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import { openStore } from '../store/store.ts';
import type { Edges } from './adapters.ts';
import { openEdges } from './adapters.ts';
import { createJobs } from './jobs.ts';
import { createFeatures } from './notify.ts';

export interface ServiceOptions {
  config: Config;
  log: Log;
  /** Aborts to stop the service. */
  signal: AbortSignal;
}

export interface Service {
  /** Where it listens. */
  address: string;
  /** Resolves when everything is released after the signal. */
  ended: Promise<void>;
}

const clock = systemClock;
/** Names this process among the replicas; different at every start. */
const holder = randomUUID();

/**
 * Composition root: database and peers first, then the features over them, then the server. Released in reverse, also when the start
 * fails half-way: no new request, work finished or given back, peers and database closed. Errors: those of the parts.
 */
export async function startService({ config, log, signal }: ServiceOptions): Promise<Service> {
  await using stack = new AsyncDisposableStack();
  const store = await openStore({ url: config.databaseUrl, dataDir: config.dataDir, log });
  stack.defer(() => store.close());
  const sealer = createSealer(config.encryptionKeys ?? keysFrom(config.dataDir));
  const metrics = createMetrics(
    gaugesOf(store, () => edges.credentialProblem() !== null),
    clock.now,
  );
  const signer = createActionSigner(sealer, clock);
  const edges = openEdges({ config, log, clock, metrics, sealer, signer, store });
  stack.defer(() => edges.close());
  // With a wrong key every notification would be given up one by one.
  await edges.graph.certificates.check();
  await store.tokenRenewals.releaseAbandoned();
  const features = createFeatures({ config, log, clock, edges, store, metrics, sealer, holder });

  const loops = new AbortController();
  const jobs = createJobRunner({ leases: store.leases, holder, clock, random: Math.random, log });
  const running = Promise.all([features.worker.run(loops.signal), jobs.run(createJobs(store, features), loops.signal)]);
  stack.defer(async () => {
    loops.abort();
    await running;
  });
  stack.defer(await edges.sharePauses());
  const stopListening = await store.onInbox(features.ready.wake);
  stack.defer(stopListening);

  const app = await createServer({
    log,
    ready: () => checkReady(store, edges),
    routes: [
      (scope) => graphRoutes(scope, { ...features.webhook, clock, log, metrics }),
      (scope) => connectRoutes(scope, features.connect),
      (scope) =>
        commandRoute(scope, { ...features.mattermost, token: config.mattermost.commandToken, sign: signer.sign }),
      (scope) => actionRoute(scope, { ...features.mattermost, signer }),
      (scope) => apiRoutes(scope, { ...features.api, signer }),
      (scope) => metricsRoute(scope, metrics, config.metricsToken),
    ],
  });
  stack.defer(() => app.close());
  const address = await app.listen({ host: config.host, port: config.port });
  const releases = stack.move();
  return { address, ended: untilAborted(signal).then(() => releases.disposeAsync()) };
}

/** What is read from the store at every look at the metrics. */
function gaugesOf(store: Store, credentialProblem: () => boolean) {
  return {
    connections: store.connections.count,
    subscriptions: store.subscriptions.count,
    backlog: () => store.inbox.backlog(),
    credentialProblem,
  };
}

/** Ready: the database answers and the bot's token is good. What is wrong beside that is named: waiting for it would end what works. */
async function checkReady(store: Store, { bot, credentialProblem }: Edges): Promise<ReadyProblem[]> {
  await Promise.all([store.connections.count(), bot.me()]);
  const problem = credentialProblem();
  return problem === null ? [] : [problem];
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
