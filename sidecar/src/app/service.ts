import type { FastifyInstance } from 'fastify';
import type { Config } from '../config/config.ts';
import { createJobRunner } from '../core/job-runner.ts';
import type { Log } from '../core/log.ts';
import { untilAborted } from '../core/time.ts';
import type { HookedAnswer, HookedCommand } from '../mattermost/inbound/command-hook.ts';
import { answerCommand } from '../mattermost/inbound/command-hook.ts';
import { openContext } from './context.ts';
import { createFeatures } from './features.ts';
import { createHttp } from './http.ts';
import { createJobs } from './jobs.ts';

export interface ServiceOptions {
  config: Config;
  log: Log;
  /** Aborts to stop the service. */
  signal: AbortSignal;
}

export interface Service {
  /** Its HTTP routes; who starts it lets it listen, or hands it requests. */
  app: FastifyInstance;
  /** Answers a slash command that the plugin's hook brings. */
  command(command: HookedCommand): Promise<HookedAnswer>;
  /** Resolves when everything is released after the signal. */
  ended: Promise<void>;
}

/**
 * Starts the service: database and edges first, then the features over them, the jobs, and the server last. Everything is released in
 * reverse, also when the start fails half-way: no new request, work finished or given back, edges and database closed.
 *
 * @throws {AppError} database_locked, database_newer, database_unavailable, key_unknown, seal_broken
 */
export async function startService({ config, log, signal }: ServiceOptions): Promise<Service> {
  await using stack = new AsyncDisposableStack();
  const context = await openContext({ config, log }, stack);
  const { clock, edges, store, holder } = context;
  // With a wrong encryption key every notification would be moved to the dead letters, one by one.
  await edges.graph.certificates.check();
  await store.tokenRenewals.releaseAbandoned();
  const features = createFeatures(context);

  const loops = new AbortController();
  const jobs = createJobRunner({ leases: store.leases, holder, clock, random: Math.random, log });
  const running = Promise.all([
    features.worker.run(loops.signal),
    jobs.run(createJobs(context, features), loops.signal),
  ]);
  stack.defer(async () => {
    loops.abort();
    await running;
  });
  stack.defer(await edges.sharePauses());
  const stopListening = await store.onInbox(features.ready.wake);
  stack.defer(stopListening);

  const app = await createHttp(context, features);
  stack.defer(() => app.close());
  const releases = stack.move();
  return {
    app,
    command: (command) => answerCommand({ ...features.mattermost, sign: context.signer.sign }, command),
    ended: untilAborted(signal).then(() => releases.disposeAsync()),
  };
}
