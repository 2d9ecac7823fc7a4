/** Runs tasks of one key one after the other; tasks of other keys do not wait. */
export type Serial = <T>(key: string, task: () => Promise<T>) => Promise<T>;

/** For work that must not overlap, such as that on the subscriptions of one connection. After a failed task the next one runs. */
export function createSerial(): Serial {
  const tails = new Map<string, Promise<unknown>>();
  return async (key, task) => {
    const before = tails.get(key) ?? Promise.resolve();
    const own = before.catch(() => {}).then(task);
    tails.set(key, own);
    try {
      return await own;
    } finally {
      if (tails.get(key) === own) tails.delete(key);
    }
  };
}

/** Runs `work` for every item, at most `width` at a time; after the abort none is started. `work` must not throw. */
export async function inParallel<T>(
  items: readonly T[],
  { width, signal }: { width: number; signal?: AbortSignal },
  work: (item: T) => Promise<void>,
): Promise<void> {
  const queue = items[Symbol.iterator]();
  const worker = async () => {
    for (const item of queue) {
      if (signal?.aborted) return;
      await work(item);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, items.length) }, worker));
}

/** Ends one waiting loop's sleep early. A wake-up while nothing waits is remembered, so that none is lost. */
export interface WakeSignal {
  wake(): void;
  /** Resolves at a wake-up, after `ms`, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A wake signal over a clock's sleep. */
export function createWakeSignal(sleep: (ms: number, signal: AbortSignal) => Promise<void>): WakeSignal {
  let isWoken = false;
  let waiting: AbortController | null = null;
  return {
    wake: () => {
      isWoken = true;
      // With a reason of our own: the default one is an error, with a stack trace made for every wake-up.
      waiting?.abort('woken');
    },
    wait: async (ms, signal) => {
      if (!isWoken) {
        waiting = new AbortController();
        await sleep(ms, AbortSignal.any([signal, waiting.signal]));
        waiting = null;
      }
      isWoken = false;
    },
  };
}
