import { createCache } from '../../core/cache.ts';
import type { Clock } from '../../core/time.ts';
import { MINUTE, SECOND } from '../../core/time.ts';
import type { KnownSubscription } from '../webhook/accept-notifications.ts';

/** The webhook's look-up of subscriptions, which happens for every notification. */
export interface LookupCache {
  /** The subscription by its lower-case id, or null when it is not ours. */
  find(id: string): Promise<KnownSubscription | null>;
  forget(id: string): void;
  /** Marks a creation under way: Graph may notify before the row is stored. */
  creating<T>(creation: Promise<T>): Promise<T>;
}

/** Another replica may have removed the subscription meanwhile; the worker then finds no connection for its notifications. */
const FRESH_FOR = 5 * MINUTE;
const MAX_CACHED = 50_000;
/** Graph waits three seconds for the answer to a notification. */
const MAX_WAIT = 2 * SECOND;

/**
 * Caches known ids only: an unknown one may become known in a moment, and forged ones are without end. `find` is the store's. An unknown
 * id waits for the creations under way before it is given up.
 */
export function createLookupCache(deps: {
  find(id: string): Promise<KnownSubscription | null>;
  clock: Clock;
}): LookupCache {
  const cache = createCache<KnownSubscription | undefined>({
    clock: deps.clock,
    maxEntries: MAX_CACHED,
    ttlMs: FRESH_FOR,
  });
  const creations = new Set<Promise<unknown>>();

  async function lookUp(id: string): Promise<KnownSubscription | null> {
    const known = await cache.get(id, async () => (await deps.find(id)) ?? undefined);
    return known ?? null;
  }

  return {
    async find(id) {
      const known = await lookUp(id);
      if (known || creations.size === 0) return known;
      const settled = new AbortController();
      await Promise.race([Promise.allSettled([...creations]), deps.clock.sleep(MAX_WAIT, settled.signal)]);
      settled.abort();
      return lookUp(id);
    },
    forget: cache.forget,
    async creating(creation) {
      creations.add(creation);
      try {
        return await creation;
      } finally {
        creations.delete(creation);
      }
    },
  };
}
