/** Wakes one waiting loop. A ring while nobody waits is remembered, so none is lost. */
export interface Bell {
  ring(): void;
  /** Resolves at a ring, after `ms`, or when the signal aborts. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

/** A bell over a clock's sleep. */
export function createBell(sleep: (ms: number, signal: AbortSignal) => Promise<void>): Bell {
  let rung = false;
  let waiting: AbortController | null = null;
  return {
    ring: () => {
      rung = true;
      // With a reason of our own: the default one is an error, with a stack trace made for every ring.
      waiting?.abort('rung');
    },
    wait: async (ms, signal) => {
      if (!rung) {
        waiting = new AbortController();
        await sleep(ms, AbortSignal.any([signal, waiting.signal]));
        waiting = null;
      }
      rung = false;
    },
  };
}
