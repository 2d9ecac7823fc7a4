/** Counts what clients asked of Graph and of the token endpoint. */
export interface Requests {
  count(name: string, status: number): void;
  /** Counts since an outside time in milliseconds; `throttledBy` names the operations that were refused with 429. */
  summary(since: number): { counts: Record<string, number>; throttled: number; throttledBy: Record<string, number> };
  reset(): void;
}

const KEPT = 500_000;

/** Nothing counted yet; the oldest entries are forgotten after half a million. */
export function createRequests(): Requests {
  let log: { name: string; status: number; at: number }[] = [];
  return {
    count: (name, status) => {
      if (log.length >= KEPT) log = log.slice(KEPT / 2);
      log.push({ name, status, at: Date.now() });
    },
    summary: (since) => {
      const entries = log.filter((entry) => entry.at >= since);
      const throttled = entries.filter((entry) => entry.status === 429);
      return { counts: tally(entries), throttled: throttled.length, throttledBy: tally(throttled) };
    },
    reset: () => {
      log = [];
    },
  };
}

function tally(entries: readonly { name: string }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { name } of entries) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
