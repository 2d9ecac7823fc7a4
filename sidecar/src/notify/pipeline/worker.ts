import { toAppError } from '../../core/errors.ts';
import type { ChatQueue, Inbox } from '../../core/ports/queue.ts';
import { SECOND } from '../../core/time.ts';
import type { WakeSignal } from '../../core/wake-signal.ts';
import type { PipelinePorts } from './ports.ts';
import { processChat } from './process-chat.ts';

export interface WorkerSettings {
  /** Chats worked on at once. Most of that time is spent waiting for Mattermost, so that far or slow users must not fill all places. */
  concurrency: number;
  /** How long a chat stays ours without a sign of life. Longer than a request to Mattermost may take. */
  leaseMs: number;
  /** How often to look without having been woken. */
  pollMs: number;
  /** How long a shutdown waits for what is under way. */
  graceMs: number;
}

export const WORKER_DEFAULTS: WorkerSettings = {
  concurrency: 256,
  leaseMs: 30 * SECOND,
  pollMs: 5 * SECOND,
  graceMs: 8 * SECOND,
};

export interface WorkerDeps extends PipelinePorts {
  inbox: PipelinePorts['inbox'] & Pick<Inbox, 'releaseAbandoned' | 'claim' | 'renew' | 'nextReadyAt'>;
  /** Woken when something may be ready. */
  ready: WakeSignal;
  /** Names this process; different at every start. */
  holder: string;
  settings: WorkerSettings;
}

export interface Worker {
  /** Works until the signal aborts, then finishes or gives back what is held. */
  run(signal: AbortSignal): Promise<void>;
}

interface Holding {
  until: number;
  done: Promise<void>;
}

/** While awake, looks again no sooner than this: what comes ready meanwhile is claimed together. */
const PACE_MS = 20;
const AFTER_FAILURE_MS = SECOND;

/** The one dispatcher of a process: claims ready chats, works on many at once, each in order. */
export function createWorker(deps: WorkerDeps): Worker {
  return { run: (signal) => run(deps, deps.ready, signal) };
}

async function run(deps: WorkerDeps, ready: WakeSignal, signal: AbortSignal): Promise<void> {
  const held = new Map<string, Holding>();
  const stopRenewing = new AbortController();
  const renewing = renewLoop(deps, held, stopRenewing.signal);
  await attempt(deps, () => deps.inbox.releaseAbandoned(deps.clock.now()));
  while (!signal.aborted) {
    const waitMs = await attempt(deps, () => claimRound(deps, { held, ready, signal }));
    await ready.wait(waitMs ?? AFTER_FAILURE_MS, signal);
    await deps.clock.sleep(PACE_MS, signal);
  }
  await finishWithin(deps, held);
  stopRenewing.abort();
  await renewing;
}

async function attempt<T>(deps: WorkerDeps, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = toAppError(error);
    deps.log.error({ code, error: message }, 'The worker could not use the database; it tries again.');
    return null;
  }
}

interface Round {
  held: Map<string, Holding>;
  ready: WakeSignal;
  signal: AbortSignal;
}

/** Fills the free places and returns how long to wait for the next round. */
async function claimRound(deps: WorkerDeps, round: Round): Promise<number> {
  const { concurrency, leaseMs, pollMs } = deps.settings;
  const free = concurrency - round.held.size;
  if (free <= 0) return pollMs;
  const now = deps.clock.now();
  const queues = await deps.inbox.claim({ holder: deps.holder, limit: free, now, leaseMs });
  for (const queue of queues) start(deps, { ...round, queue, until: now + leaseMs });
  if (queues.length === free) return pollMs;
  const next = await deps.inbox.nextReadyAt();
  return next === null ? pollMs : Math.min(Math.max(next - deps.clock.now(), 0), pollMs);
}

function start(
  deps: WorkerDeps,
  { held, ready, signal, queue, until }: Round & { queue: ChatQueue; until: number },
): void {
  const holding: Holding = { until, done: Promise.resolve() };
  // The chat queue may be here already, from before its lease ran out; that older run must not send anything any more.
  const older = held.get(queue.id);
  if (older) older.until = 0;
  held.set(queue.id, holding);
  const isHeld = () => deps.clock.now() < holding.until;
  holding.done = attempt(deps, () => processChat(deps, { queue, isHeld }, signal)).then(() => {
    if (held.get(queue.id) === holding) held.delete(queue.id);
    ready.wake();
  });
}

/** Keeps what is held for as long as it is worked on; what somebody else has taken counts as lost at once. */
async function renewLoop(deps: WorkerDeps, held: Map<string, Holding>, signal: AbortSignal): Promise<void> {
  const { leaseMs } = deps.settings;
  while (!signal.aborted) {
    await deps.clock.sleep(leaseMs / 3, signal);
    const before = [...held];
    if (signal.aborted || before.length === 0) continue;
    const until = deps.clock.now() + leaseMs;
    const queueIds = before.map(([id]) => id);
    const renewed = await attempt(deps, () => deps.inbox.renew({ holder: deps.holder, queueIds, until }));
    if (renewed === null) continue;
    const ours = new Set(renewed);
    for (const [id, holding] of before) holding.until = ours.has(id) && holding.until > 0 ? until : 0;
  }
}

async function finishWithin(deps: WorkerDeps, held: Map<string, Holding>): Promise<void> {
  const left = [...held.values()].map(({ done }) => done);
  if (left.length === 0) return;
  const finished = new AbortController();
  const all = Promise.all(left).then(() => finished.abort());
  await Promise.race([all, deps.clock.sleep(deps.settings.graceMs, finished.signal)]);
  if (held.size > 0) deps.log.warn({ chats: held.size }, 'Shutting down while chats are still being worked on.');
}
