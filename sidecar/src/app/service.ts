import { apiRoutes } from '../api/routes.ts';
import type { Config } from '../config/config.ts';
import { connectRoutes } from '../connect/routes.ts';
import { createJobRunner } from '../core/job-runner.ts';
import type { Log } from '../core/log.ts';
import { untilAborted } from '../core/time.ts';
import { graphRoutes } from '../graph/webhook/routes.ts';
import type { ReadyProblem } from '../http/server.ts';
import { createServer } from '../http/server.ts';
import { commandRoute } from '../mattermost/command-route.ts';
import { actionRoute } from '../mattermost/inbound/action-route.ts';
import { metricsRoute } from '../metrics.ts';
import type { Store } from '../store/store.ts';
import type { Edges } from './adapters.ts';
import { openContext } from './context.ts';
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

/**
 * Composition root: database and peers first, then the features over them, then the server. Released in reverse, also when the start
 * fails half-way: no new request, work finished or given back, peers and database closed. Errors: those of the parts.
 */
export async function startService({ config, log, signal }: ServiceOptions): Promise<Service> {
  await using stack = new AsyncDisposableStack();
  const context = await openContext({ config, log }, stack);
  const { clock, edges, store, metrics, signer, holder } = context;
  // With a wrong key every notification would be given up one by one.
  await edges.graph.certificates.check();
  await store.tokenRenewals.releaseAbandoned();
  const features = createFeatures(context);

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

/** Ready: the database answers and the bot's token is good. What is wrong beside that is named: waiting for it would end what works. */
async function checkReady(store: Store, { bot, credentialProblem }: Edges): Promise<ReadyProblem[]> {
  await Promise.all([store.connections.count(), bot.me()]);
  return [credentialProblem()].filter((problem) => problem !== null);
}
