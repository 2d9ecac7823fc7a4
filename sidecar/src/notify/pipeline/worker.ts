import type { WakeSignal } from '../../core/concurrency.ts';
import { toAppError } from '../../core/errors.ts';
import type { ChatQueue, Inbox } from '../../core/ports/queue.ts';
import { SECOND } from '../../core/time.ts';
import type { PipelinePorts } from './ports.ts';
import { processChat } from './process-chat.ts';

/** How much a worker does at once, and for how long. Times in milliseconds. */
export interface WorkerSettings {
  /** Chat queues processed at once. Most of the time they wait for Mattermost, so that a slow server must not occupy all places. */
  concurrency: number;
  /** How long a chat queue stays leased without renewal. Longer than a request to Mattermost may take. */
  leaseMs: number;
  /** How often to look for ready chat queues without having been woken. */
  pollMs: number;
  /** How long a shutdown waits for the chat queues being processed. */
  graceMs: number;
}

/** The settings of production. */
export const WORKER_DEFAULTS: WorkerSettings = {
  concurrency: 256,
  leaseMs: 30 * SECOND,
  pollMs: 5 * SECOND,
  graceMs: 8 * SECOND,
};

/** What the worker uses of the rest of the sidecar. */
export interface WorkerPorts extends PipelinePorts {
  inbox: PipelinePorts['inbox'] & Pick<Inbox, 'releaseAbandoned' | 'claim' | 'renew' | 'nextReadyAt'>;
  /** Woken when something may be ready. */
  ready: WakeSignal;
  /** Names this process; different at every start. */
  holder: string;
  settings: WorkerSettings;
}

/** Processes the ready chat queues. */
export interface Worker {
  /** Works until the signal aborts, then finishes or gives back what is held. */
  run(signal: AbortSignal): Promise<void>;
}

interface Holding {
  until: number;
  done: Promise<void>;
}

/** The shortest time between two claims: queues that become ready meanwhile are claimed together. */
const PACE_MS = 20;
const AFTER_FAILURE_MS = SECOND;

/** The worker of a process: claims ready chat queues and processes many at once, each in order. */
export function createWorker(ports: WorkerPorts): Worker {
  return { run: (signal) => run(ports, ports.ready, signal) };
}

async function run(ports: WorkerPorts, ready: WakeSignal, signal: AbortSignal): Promise<void> {
  const held = new Map<string, Holding>();
  const stopRenewing = new AbortController();
  const renewing = renewLoop(ports, held, stopRenewing.signal);
  await attempt(ports, () => ports.inbox.releaseAbandoned(ports.clock.now()));
  while (!signal.aborted) {
    const waitMs = await attempt(ports, () => claimRound(ports, { held, ready, signal }));
    await ready.wait(waitMs ?? AFTER_FAILURE_MS, signal);
    await ports.clock.sleep(PACE_MS, signal);
  }
  await finishWithin(ports, held);
  stopRenewing.abort();
  await renewing;
}

async function attempt<T>(ports: WorkerPorts, work: () => Promise<T>): Promise<T | null> {
  try {
    return await work();
  } catch (error) {
    const { code, message } = toAppError(error);
    ports.log.error({ code, error: message }, 'The worker could not use the database; it tries again.');
    return null;
  }
}

interface Round {
  held: Map<string, Holding>;
  ready: WakeSignal;
  signal: AbortSignal;
}

/** Claims chat queues for the free places and returns how long to wait for the next round. */
async function claimRound(ports: WorkerPorts, round: Round): Promise<number> {
  const { concurrency, leaseMs, pollMs } = ports.settings;
  const free = concurrency - round.held.size;
  if (free <= 0) return pollMs;
  const now = ports.clock.now();
  const queues = await ports.inbox.claim({ holder: ports.holder, limit: free, now, leaseMs });
  for (const queue of queues) start(ports, { ...round, queue, until: now + leaseMs });
  if (queues.length === free) return pollMs;
  const next = await ports.inbox.nextReadyAt();
  return next === null ? pollMs : Math.min(Math.max(next - ports.clock.now(), 0), pollMs);
}

function start(
  ports: WorkerPorts,
  { held, ready, signal, queue, until }: Round & { queue: ChatQueue; until: number },
): void {
  const holding: Holding = { until, done: Promise.resolve() };
  // This process may still process the queue from before its lease expired; that older run must not send anything any more.
  const older = held.get(queue.id);
  if (older) older.until = 0;
  held.set(queue.id, holding);
  const isHeld = () => ports.clock.now() < holding.until;
  holding.done = attempt(ports, () => processChat(ports, { queue, isHeld }, signal)).then(() => {
    if (held.get(queue.id) === holding) held.delete(queue.id);
    ready.wake();
  });
}

/** Renews the leases of the queues being processed; a queue that another worker has taken counts as lost at once. */
async function renewLoop(ports: WorkerPorts, held: Map<string, Holding>, signal: AbortSignal): Promise<void> {
  const { leaseMs } = ports.settings;
  while (!signal.aborted) {
    await ports.clock.sleep(leaseMs / 3, signal);
    const before = [...held];
    if (signal.aborted || before.length === 0) continue;
    const until = ports.clock.now() + leaseMs;
    const queueIds = before.map(([id]) => id);
    const renewed = await attempt(ports, () => ports.inbox.renew({ holder: ports.holder, queueIds, until }));
    if (renewed === null) continue;
    const ours = new Set(renewed);
    for (const [id, holding] of before) holding.until = ours.has(id) && holding.until > 0 ? until : 0;
  }
}

async function finishWithin(ports: WorkerPorts, held: Map<string, Holding>): Promise<void> {
  const left = [...held.values()].map(({ done }) => done);
  if (left.length === 0) return;
  const finished = new AbortController();
  const all = Promise.all(left).then(() => finished.abort());
  await Promise.race([all, ports.clock.sleep(ports.settings.graceMs, finished.signal)]);
  if (held.size > 0) ports.log.warn({ chats: held.size }, 'Shutting down while chats are still being worked on.');
}
