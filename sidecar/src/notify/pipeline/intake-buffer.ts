import { AppError } from '../../core/errors.ts';
import type { Inbox, InboxItem, PutResult } from '../../core/ports/queue.ts';
import type { Clock } from '../../core/time.ts';
import { SECOND } from '../../core/time.ts';

/** What the buffer uses of the rest of the sidecar. */
export interface IntakeBufferPorts {
  inbox: Pick<Inbox, 'put' | 'backlog'>;
  /** Called after a commit that stored something. */
  wake(): void;
  clock: Clock;
  /** Notifications that may wait before new ones are refused. */
  limit: number;
  /** Commits under way at once. With two, the next one fills while the database works on the one before. */
  commits?: number;
}

/** Takes notifications for the inbox. */
export interface IntakeBuffer {
  /**
   * Resolves when the items are on disk.
   *
   * @throws {AppError} overloaded with nothing stored, so that Microsoft sends them again; database_unavailable
   */
  put(items: readonly InboxItem[]): Promise<PutResult>;
}

interface Waiting {
  items: readonly InboxItem[];
  resolve(result: PutResult): void;
  reject(error: unknown): void;
}

const COMMITS = 2;
const MOST_PER_COMMIT = 500;
const MOST_IN_MEMORY = 5_000;
const COUNT_EVERY_MS = 2 * SECOND;
const RETRY_AFTER_MS = 30 * SECOND;

/** Buffers requests for the inbox: those that arrive while a commit is being written share the next one. */
export function createIntakeBuffer(deps: IntakeBufferPorts): IntakeBuffer {
  const queue: Waiting[] = [];
  const isFull = createGauge(deps);
  const most = deps.commits ?? COMMITS;
  let inMemory = 0;
  let underWay = 0;

  async function drain(): Promise<void> {
    underWay += 1;
    // Requests that arrive in the same tick share a commit.
    await Promise.resolve();
    while (queue.length > 0) {
      const group = takeGroup(queue);
      await store(deps, group, isFull);
      for (const { items } of group) inMemory -= items.length;
    }
    underWay -= 1;
  }

  return {
    put: (items) =>
      new Promise((resolve, reject) => {
        if (inMemory + items.length > MOST_IN_MEMORY && inMemory > 0) return reject(overloaded());
        inMemory += items.length;
        queue.push({ items, resolve, reject });
        if (underWay < most) void drain();
      }),
  };
}

function takeGroup(queue: Waiting[]): Waiting[] {
  let count = 0;
  const end = queue.findIndex(({ items }, index) => {
    count += items.length;
    return index > 0 && count > MOST_PER_COMMIT;
  });
  return queue.splice(0, end === -1 ? queue.length : end);
}

type Gauge = (stored: number) => Promise<boolean>;

async function store(deps: IntakeBufferPorts, group: Waiting[], isFull: Gauge): Promise<void> {
  try {
    if (await isFull(0)) throw overloaded();
    const results = await deps.inbox.put(
      group.map(({ items }) => items),
      deps.clock.now(),
    );
    group.forEach(({ resolve }, index) => {
      resolve(results[index] ?? { stored: 0, duplicate: 0 });
    });
    const stored = results.reduce((sum, result) => sum + result.stored, 0);
    if (stored > 0) deps.wake();
    await isFull(stored).catch(() => {});
  } catch (error) {
    // A request that the database refuses must not fail the requests that happened to share its commit.
    if (group.length > 1 && !(error instanceof AppError && error.code === 'overloaded')) {
      for (const one of group) await store(deps, [one], isFull);
    } else for (const { reject } of group) reject(error);
  }
}

/** Counts rarely and adds what was stored since: an upper bound that is never older than two seconds. */
function createGauge({ inbox, clock, limit }: IntakeBufferPorts): Gauge {
  let known = 0;
  let countedAt = Number.NEGATIVE_INFINITY;
  return async (stored) => {
    known += stored;
    if (clock.now() - countedAt >= COUNT_EVERY_MS) {
      known = (await inbox.backlog(limit)).items;
      countedAt = clock.now();
    }
    return known >= limit;
  };
}

function overloaded(): AppError {
  return new AppError('overloaded', 'Too many notifications are waiting; nothing was stored.', {
    remedy: 'Look at the backlog and at what the worker waits for: Mattermost, the database or the processor.',
    retryAfterMs: RETRY_AFTER_MS,
  });
}
