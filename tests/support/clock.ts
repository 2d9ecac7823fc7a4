import { createClock } from '@sinonjs/fake-timers';
import type { Clock } from '../../sidecar/src/core/time.ts';

/** Where every fake clock starts: Friday, 20 November 2026, 12:00 UTC. */
export const NOW = Date.UTC(2026, 10, 20, 12);

/** A clock that stands still until a test moves it. `sleep` ends when the clock has reached its end, or at the abort. */
export interface FakeClock extends Clock {
  /** Moves the clock forward by `ms`; sleeps that end on the way end in order. */
  advance(ms: number): void;
  /** Number of sleeps under way. */
  sleeping(): number;
  /** From now on every sleep moves the clock to its own end at once. */
  autoAdvance(): void;
}

/** `start` in milliseconds since the Unix epoch. */
export function createFakeClock(start = NOW): FakeClock {
  const timers = createClock(start);
  let isAutomatic = false;
  return {
    now: () => timers.now,
    advance: (ms) => void timers.tick(ms),
    sleeping: () => timers.countTimers(),
    autoAdvance: () => {
      isAutomatic = true;
    },
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted || ms <= 0) return resolve();
        if (isAutomatic) {
          timers.tick(ms);
          return resolve();
        }
        const wake = () => {
          timers.clearTimeout(timer);
          resolve();
        };
        const timer = timers.setTimeout(wake, ms);
        signal?.addEventListener('abort', wake, { once: true });
      }),
  };
}

/**
 * The real time plus what the test adds, for code that talks to a server with a clock of its own, such as the Microsoft emulator. Sleeps
 * end at once.
 */
export function createRunningClock(): Clock & { advance(ms: number): void } {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    sleep: async () => {},
    advance: (ms) => {
      offset += ms;
    },
  };
}
