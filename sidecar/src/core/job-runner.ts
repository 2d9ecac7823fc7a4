import { backoffMs } from './backoff.ts';
import { createWakeSignal, type WakeSignal } from './concurrency.ts';
import { toAppError } from './errors.ts';
import type { Log } from './log.ts';
import type { Lease, Leases } from './ports/leases.ts';
import type { Clock } from './time.ts';
import { MINUTE } from './time.ts';

/**
 * Which replicas run a job:
 * - replica: every one.
 * - installation: one of them, once per interval. The lease of a run is never given back, so that neither another replica nor this one
 *   after a restart repeats it within the interval. `every` is longer than a minute.
 * - leader: one of them, until it stops or loses its lease of `leaseMs`, which is renewed meanwhile, also during a long run. It is given
 *   back at the stop, so that the next replica does not wait for it to run out.
 */
export type JobScope = { scope: 'replica' | 'installation' } | { scope: 'leader'; leaseMs: number };

/** Background work that is repeated. Times in milliseconds. */
export type Job = JobScope & {
  /** Stands in the log; also the name of the lease, so no two jobs have the same. */
  name: string;
  /** Between the end of a run and the start of the next one. */
  every: number;
  /** Up to this much is added to each wait at random, so that replicas that started together do not run together. */
  jitter?: number;
  /** Before the first run; none by default. */
  firstAfter?: number;
  /** One round; after `more` the next one follows at once. Rounds never overlap within a replica. The signal ends one early. */
  run(signal: AbortSignal): Promise<'more' | 'done'> | Promise<void>;
};

export interface JobRunnerDeps {
  leases: Leases;
  /** Names this process; different at every start. */
  holder: string;
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  log: Log;
}

export interface JobRunner {
  /** Ends the wait of a job of this process; a leader's job runs only where it is led. Nothing happens for an unknown name. */
  wake(name: string): void;
  /** Runs the jobs until the signal aborts; resolves when the last run has ended and the leases are given back. Never rejects. */
  run(jobs: readonly Job[], signal: AbortSignal): Promise<void>;
}

/** The longest wait after a first failure; it doubles up to the job's interval. */
const FIRST_RETRY = MINUTE;
/** A lease of a run ends this long before the next one is due, so that its own holder is not late for it. */
const MARGIN = MINUTE;
/** A leader renews its lease this often within its duration, and another replica asks for it as often. */
const RENEWALS = 4;

/** The one loop for background work: interval, lease, wait after an error, log. The queue's worker has a loop of its own. */
export function createJobRunner(deps: JobRunnerDeps): JobRunner {
  const wakeSignals = new Map<string, WakeSignal>();
  return {
    wake: (name) => wakeSignals.get(name)?.wake(),
    run: async (jobs, signal) => {
      const loops = jobs.map((job) => {
        const due = createWakeSignal((ms, until) => deps.clock.sleep(ms, until));
        wakeSignals.set(job.name, due);
        return job.scope === 'leader' ? lead(deps, { job, due }, signal) : repeat(deps, { job, due }, signal);
      });
      await Promise.all(loops);
    },
  };
}

interface Running<Kind extends Job = Job> {
  job: Kind;
  due: WakeSignal;
  /** For a leader: whether the lease has not run out. */
  isHeld?: () => boolean;
}

/** Runs the job again and again until the signal. */
async function repeat(deps: JobRunnerDeps, running: Running, signal: AbortSignal): Promise<void> {
  const { job, due } = running;
  let failures = 0;
  if (job.firstAfter !== undefined) await due.wait(job.firstAfter, signal);
  while (!signal.aborted) {
    const wait = job.every + Math.floor(deps.random() * (job.jitter ?? 0));
    try {
      const next = (await mayRun(deps, running)) ? await job.run(signal) : undefined;
      failures = 0;
      if (next !== 'more') await due.wait(wait, signal);
    } catch (error) {
      // What is cut short by the stop is no failure.
      if (signal.aborted) return;
      failures += 1;
      await due.wait(report(deps, { job, error, attempts: failures }), signal);
    }
  }
}

async function mayRun({ leases, holder, clock }: JobRunnerDeps, { job, isHeld }: Running): Promise<boolean> {
  const { scope, name, every } = job;
  if (scope !== 'installation') return isHeld === undefined || isHeld();
  return (await leases.acquire({ name, holder, now: clock.now(), ms: every - MARGIN })) !== null;
}

/** Logs a failed run. Returns the milliseconds until the next one. */
function report(deps: JobRunnerDeps, failed: { job: Job; error: unknown; attempts: number }): number {
  const { job, error, attempts } = failed;
  const { code, message, remedy, retryAfterMs, fields } = toAppError(error);
  const firstMs = Math.min(FIRST_RETRY, job.every);
  const waitMs = backoffMs({ attempts, firstMs, mostMs: job.every, retryAfterMs, random: deps.random() });
  deps.log.warn(
    { ...fields, job: job.name, code, error: message, remedy, attempts, waitMs, err: error },
    'A background job failed; it will run again.',
  );
  return waitMs;
}

type LeaderJob = Extract<Job, { scope: 'leader' }>;

/** Repeats the job whenever this process holds the lease, until the signal. */
async function lead(deps: JobRunnerDeps, running: Running<LeaderJob>, signal: AbortSignal): Promise<void> {
  const { leases, holder, clock } = deps;
  const { name, every, leaseMs } = running.job;
  const attempt = <T>(ask: () => Promise<T>) => askLeases(deps, name, ask);
  await attempt(() => leases.releaseAbandoned(name));
  while (!signal.aborted) {
    const now = clock.now();
    const lease = await attempt(() => leases.acquire({ name, holder, now, ms: leaseMs }));
    if (lease) await repeatWhileHeld(deps, running, { lease, until: now + leaseMs, signal });
    else await clock.sleep(Math.min(every, leaseMs / RENEWALS), signal);
  }
}

/** Null when the database does not answer, which is logged. */
async function askLeases<T>({ log }: JobRunnerDeps, name: string, ask: () => Promise<T>): Promise<T | null> {
  try {
    return await ask();
  } catch (error) {
    const { code, message } = toAppError(error);
    log.warn(
      { job: name, code, error: message },
      'The lease of a background job could not be read; it is tried again.',
    );
    return null;
  }
}

interface Held {
  lease: Lease;
  /** When the lease runs out unless it is renewed, by the clock of this process. */
  until: number;
  signal: AbortSignal;
}

/** Repeats the job until the lease is lost or the signal aborts. */
async function repeatWhileHeld(deps: JobRunnerDeps, running: Running<LeaderJob>, held: Held): Promise<void> {
  const lost = new AbortController();
  const ended = new AbortController();
  const renewing = renewUntilLost(deps, { job: running.job, held }, AbortSignal.any([held.signal, ended.signal]));
  const losing = renewing.then(() => lost.abort());
  const isHeld = () => deps.clock.now() < held.until;
  await repeat(deps, { ...running, isHeld }, AbortSignal.any([held.signal, lost.signal]));
  ended.abort();
  await losing;
  if (held.signal.aborted) await askLeases(deps, running.job.name, () => deps.leases.release(held.lease));
}

/** Resolves when the lease is lost, or the signal aborts. While the database does not answer, the lease is ours until it runs out. */
async function renewUntilLost(
  deps: JobRunnerDeps,
  { job, held }: { job: LeaderJob; held: Held },
  signal: AbortSignal,
): Promise<void> {
  const { clock, leases } = deps;
  while (clock.now() < held.until) {
    await clock.sleep(job.leaseMs / RENEWALS, signal);
    if (signal.aborted) return;
    const now = clock.now();
    const isOurs = await askLeases(deps, job.name, () => leases.renew(held.lease, now, job.leaseMs));
    if (isOurs === false) return;
    if (isOurs) held.until = now + job.leaseMs;
  }
}
