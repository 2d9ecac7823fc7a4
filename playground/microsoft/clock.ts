/**
 * The Microsoft emulator's time, in milliseconds since the Unix epoch. `now` runs ahead of the real time by the sum of all advances.
 * Times on the wire (token claims, `expirationDateTime`) are real times, so an advance lets what exists age without a clock skew
 * between emulator and sidecar.
 */
export interface MovableClock {
  now(): number;
  /** A time of this clock as real time. */
  toOutside(inside: number): number;
  /** A real time as time of this clock. */
  toInside(outside: number): number;
  /** Moves time forward by `ms` and runs every timer that fell due, in order. */
  advance(ms: number): void;
  /** Runs `run` once when `now` reaches `time`. Returns a function that cancels it. */
  at(time: number, run: () => void): () => void;
  stop(): void;
}

interface Entry {
  time: number;
  run: () => void;
  timer: NodeJS.Timeout | undefined;
}

const LONGEST_TIMEOUT = 2_147_483_647;

/** A movable clock that starts at the real time. */
export function createClock(): MovableClock {
  const entries = new Set<Entry>();
  let offset = 0;

  function now(): number {
    return Date.now() + offset;
  }

  function arm(entry: Entry): void {
    clearTimeout(entry.timer);
    entry.timer = setTimeout(() => ring(entry), Math.min(Math.max(0, entry.time - now()), LONGEST_TIMEOUT));
  }

  function ring(entry: Entry): void {
    if (!entries.has(entry)) return;
    if (entry.time > now()) {
      arm(entry);
      return;
    }
    clearTimeout(entry.timer);
    entries.delete(entry);
    entry.run();
  }

  return {
    now,
    toOutside: (inside) => inside - offset,
    toInside: (outside) => outside + offset,
    advance: (ms) => {
      offset += ms;
      for (const entry of [...entries].sort((a, b) => a.time - b.time)) ring(entry);
    },
    at: (time, run) => {
      const entry: Entry = { time, run, timer: undefined };
      entries.add(entry);
      arm(entry);
      return () => {
        clearTimeout(entry.timer);
        entries.delete(entry);
      };
    },
    stop: () => {
      for (const entry of entries) clearTimeout(entry.timer);
      entries.clear();
    },
  };
}
