import type { Clock } from './time.ts';

export interface CacheOptions {
  clock: Clock;
  /** Entries beyond this push out the one used longest ago. */
  max: number;
  ttlMs: number;
}

/** Remembers answers for a while. Callers who ask for the same key at once share one question; failures are not remembered. */
export interface Cache<Value> {
  get(key: string, load: () => Promise<Value>): Promise<Value>;
  /** Remembers a value, for `ttlMs` if given. */
  set(key: string, value: Value, ttlMs?: number): void;
  forget(key: string): void;
}

/** A cache in memory, bounded by number and age. */
export function createCache<Value>({ clock, max, ttlMs }: CacheOptions): Cache<Value> {
  const entries = new Map<string, { value: Value; until: number }>();
  const loading = new Map<string, Promise<Value>>();

  function set(key: string, value: Value, ttl = ttlMs): void {
    entries.delete(key);
    entries.set(key, { value, until: clock.now() + ttl });
    const [oldest] = entries.keys();
    if (entries.size > max && oldest !== undefined) entries.delete(oldest);
  }

  async function load(key: string, ask: () => Promise<Value>): Promise<Value> {
    const asked: Promise<Value> = ask().then((value) => {
      // Forgotten meanwhile: the answer may be older than the reason to forget.
      if (loading.get(key) === asked && !entries.has(key)) set(key, value);
      return value;
    });
    loading.set(key, asked);
    try {
      return await asked;
    } finally {
      if (loading.get(key) === asked) loading.delete(key);
    }
  }

  return {
    set,
    async get(key, ask) {
      const entry = entries.get(key);
      if (!entry || entry.until <= clock.now()) {
        entries.delete(key);
        return loading.get(key) ?? load(key, ask);
      }
      // Insertion order is the order of use.
      entries.delete(key);
      entries.set(key, entry);
      return entry.value;
    },
    forget(key) {
      entries.delete(key);
      loading.delete(key);
    },
  };
}
