import type { Clock } from '../../core/time.ts';

export interface CacheOptions<Value> {
  clock: Clock;
  /** Milliseconds a value is kept. */
  ttlMs: number;
  /** Values kept; the oldest goes first. */
  max: number;
  load(key: string): Promise<Value>;
}

/** Remembers what was loaded; callers at the same moment share one load; a failed load is not remembered. */
export function createCache<Value>(options: CacheOptions<Value>): (key: string) => Promise<Value> {
  const entries = new Map<string, { value: Promise<Value>; until: number }>();
  return (key) => {
    const now = options.clock.now();
    const known = entries.get(key);
    if (known && known.until > now) return known.value;
    const value = options.load(key);
    const entry = { value, until: now + options.ttlMs };
    entries.delete(key);
    entries.set(key, entry);
    for (const oldest of entries.keys()) {
      if (entries.size <= options.max) break;
      entries.delete(oldest);
    }
    value.catch(() => {
      if (entries.get(key) === entry) entries.delete(key);
    });
    return value;
  };
}
