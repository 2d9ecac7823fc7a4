/** Middle, smallest and largest of several runs of the same thing. */
export interface Spread {
  median: number;
  min: number;
  max: number;
}

/** The spread of some numbers; at least one. */
export function spread(numbers: readonly number[]): Spread {
  const sorted = numbers.toSorted((a, b) => a - b);
  return { median: percentile(sorted, 50), min: sorted[0] ?? Number.NaN, max: sorted.at(-1) ?? Number.NaN };
}

/** Nearest-rank percentile of sorted numbers; NaN for none. */
export function percentile(sorted: ArrayLike<number>, percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent / 100) * sorted.length) - 1)] ?? Number.NaN;
}

/** Three percentiles of times in milliseconds, and how many there were. */
export interface Latency {
  count: number;
  p50: number;
  p95: number;
  p99: number;
}

/** The percentiles of unsorted times. */
export function latency(times: Iterable<number>): Latency {
  const sorted = Float64Array.from(times).sort();
  return {
    count: sorted.length,
    p50: percentile(sorted, 50),
    p95: percentile(sorted, 95),
    p99: percentile(sorted, 99),
  };
}
