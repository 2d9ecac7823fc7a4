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
