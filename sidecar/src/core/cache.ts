import { LRUCache } from 'lru-cache';
import type { Clock } from './time.ts';
import { DAY } from './time.ts';

/** How much is kept: so many entries, or entries of so many bytes together. Beyond it, the least recently used go. */
export type CacheBound<Value> =
  | { maxEntries: number }
  | { maxBytes: number; sizeOf(value: NonNullable<Value>): number };

export type CacheOptions<Value> = CacheBound<Value> & {
  clock: Pick<Clock, 'now'>;
  /** Milliseconds a value is kept, or how to tell them from the value; at least 1. */
  ttlMs: number | ((value: NonNullable<Value>) => number);
};

/** Values that were loaded, by key. A `Value` that may be undefined means "nothing to keep": the next caller loads again. */
export interface Cache<Value> {
  /** The kept value, or what `load` resolves to. Callers of one key at the same time share one load; a failed load is not kept. */
  get(key: string, load: () => Promise<Value>): Promise<Value>;
  /** Keeps a value, for `ttlMs` instead of the usual time if given. */
  set(key: string, value: NonNullable<Value>, ttlMs?: number): void;
  /** Drops the value. A load under way still answers its callers and is not kept: it may be older than the reason to forget. */
  forget(key: string): void;
}

/** A cache in the memory of this process, bounded by number or size, and by age. */
export function createCache<Value>(options: CacheOptions<Value>): Cache<Value> {
  const { clock, ttlMs } = options;
  const ttlOf = (value: NonNullable<Value>) => (typeof ttlMs === 'number' ? ttlMs : ttlMs(value));
  const entries = new LRUCache<string, NonNullable<Value>, () => Promise<Value>>({
    ...boundOf(options),
    // Of a load under way: `purgeStale` must not drop it while others may join it. A loaded value gets its own time.
    ttl: DAY,
    // lru-cache would otherwise remember the time until a timer of the system fires, which a clock of tests never makes it do.
    ttlResolution: 0,
    perf: clock,
    // What forgets or replaces an entry aborts its load; the callers who wait for it get their answer all the same.
    ignoreFetchAbort: true,
    fetchMethod: async (_key, _stale, { context: load, options: entry }) => {
      const value = (await load()) ?? undefined;
      if (value !== undefined) entry.ttl = lruTtl(ttlOf(value));
      return value;
    },
  });
  return {
    get: async (key, load) => {
      // Entries that are too old would otherwise hold their bytes until others need the room.
      if ('maxBytes' in options) entries.purgeStale();
      return (await entries.fetch(key, { context: load })) as Value;
    },
    set: (key, value, ttl) => void entries.set(key, value, { ttl: lruTtl(ttl ?? ttlOf(value)) }),
    forget: (key) => void entries.delete(key),
  };
}

/** lru-cache still gives a value when exactly its `ttl` has passed, and takes 0 for ever. */
function lruTtl(ms: number): number {
  return Math.max(1, ms - 1);
}

function boundOf<Value>(options: CacheOptions<Value>) {
  if ('maxEntries' in options) return { max: options.maxEntries };
  // lru-cache refuses a size of 0.
  return {
    maxSize: options.maxBytes,
    sizeCalculation: (value: NonNullable<Value>) => Math.max(1, options.sizeOf(value)),
  };
}
