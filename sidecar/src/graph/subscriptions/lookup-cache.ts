import { createCache } from '../../core/cache.ts';
import type { Clock } from '../../core/time.ts';
import { MINUTE, SECOND } from '../../core/time.ts';
import type { KnownSubscription } from '../webhook/accept-notifications.ts';

/** What the webhook asks for every notification, kept in memory. */
export interface SubscriptionIndex {
  /** The subscription by its lower-case id, or null when it is not ours. */
  find(id: string): Promise<KnownSubscription | null>;
  forget(id: string): void;
  /** Marks a creation under way: notifications of a subscription can arrive before its row is written. */
  creating<T>(creation: Promise<T>): Promise<T>;
}

export interface SubscriptionIndexDeps {
  find(id: string): Promise<KnownSubscription | null>;
  clock: Clock;
}

/** Another replica may have removed the subscription; what it still lets through finds no connection later. */
const FRESH_FOR = 5 * MINUTE;
const MAX_REMEMBERED = 50_000;
/** Graph gives a notification three seconds. */
const MAX_WAIT = 2 * SECOND;

/** Only known ids are remembered: an unknown one may be known in a moment, and forged ones are endless. */
export function createSubscriptionIndex(deps: SubscriptionIndexDeps): SubscriptionIndex {
  const cache = createCache<KnownSubscription | undefined>({
    clock: deps.clock,
    maxEntries: MAX_REMEMBERED,
    ttlMs: FRESH_FOR,
  });
  const underWay = new Set<Promise<unknown>>();

  async function look(id: string): Promise<KnownSubscription | null> {
    const known = await cache.get(id, async () => (await deps.find(id)) ?? undefined);
    return known ?? null;
  }

  return {
    async find(id) {
      const known = await look(id);
      if (known || underWay.size === 0) return known;
      const enough = new AbortController();
      await Promise.race([Promise.allSettled([...underWay]), deps.clock.sleep(MAX_WAIT, enough.signal)]);
      enough.abort();
      return look(id);
    },
    forget: cache.forget,
    async creating(creation) {
      underWay.add(creation);
      try {
        return await creation;
      } finally {
        underWay.delete(creation);
      }
    },
  };
}
