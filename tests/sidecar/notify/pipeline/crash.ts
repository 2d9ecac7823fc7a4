import { createWorker } from '../../../../sidecar/src/notify/pipeline/worker.ts';
import type { TestPipeline } from './test-pipeline.ts';

/** Runs a worker whose n-th call to the outside never returns, as if the process had died there, with or without effect. */
export async function runUntilDeath(
  pipeline: TestPipeline,
  { dieAt, moment }: { dieAt: number; moment: 'before' | 'after' },
): Promise<boolean> {
  let calls = 0;
  let died = false;
  const mortal = <Verbs extends object>(verbs: Verbs): Verbs =>
    new Proxy(verbs, {
      get: (target, name) => {
        const verb = target[name as keyof Verbs] as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          calls += 1;
          const isLast = calls === dieAt;
          if (died || (isLast && moment === 'before')) {
            died = true;
            return new Promise(() => {});
          }
          const result = await verb(...args);
          if (!isLast) return result;
          died = true;
          return new Promise(() => {});
        };
      },
    });
  const deps = pipeline.deps('mortal');
  const { complete, finish, release, retry, moveToDeadLetters } = deps.inbox;
  const inbox = { ...deps.inbox, ...mortal({ complete, finish, release, retry, moveToDeadLetters }) };
  const worker = createWorker({
    ...deps,
    inbox,
    deliveries: mortal(deps.deliveries),
    mattermost: mortal(deps.mattermost),
    settings: { ...deps.settings, graceMs: 1 },
  });
  const stop = new AbortController();
  const running = worker.run(stop.signal);
  while (!died && (await pipeline.inbox.backlog()).chatQueues > 0)
    await new Promise((resolve) => setTimeout(resolve, 1));
  stop.abort();
  await running;
  pipeline.clock.advance(60_000);
  return died;
}
