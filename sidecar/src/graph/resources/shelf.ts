import type { Clock } from '../../core/time.ts';
import { MINUTE } from '../../core/time.ts';

export interface ShelfOptions {
  /** Beyond this, what was used longest ago goes. */
  maxBytes: number;
  clock: Clock;
}

type Failed = { failed: string };

/** Long enough for all members of a chat to be served. */
const TTL = 5 * MINUTE;

/**
 * Keeps bytes that were fetched for one for the next who asks, bounded in size and age. Who asks while they are being fetched waits for
 * them; a failure is one's own, and the next fetches for themselves.
 */
export function createShelf({ maxBytes, clock }: ShelfOptions) {
  const kept = new Map<string, { bytes: Buffer; until: number }>();
  const loading = new Map<string, Promise<Buffer | Failed>>();
  let size = 0;

  function drop(key: string): void {
    size -= kept.get(key)?.bytes.length ?? 0;
    kept.delete(key);
  }

  function keep(key: string, bytes: Buffer): void {
    drop(key);
    if (bytes.length > maxBytes) return;
    kept.set(key, { bytes, until: clock.now() + TTL });
    size += bytes.length;
    for (const [oldest, { until }] of kept) {
      if (size <= maxBytes && until > clock.now()) break;
      drop(oldest);
    }
  }

  async function load<F extends Failed>(key: string, fetch: () => Promise<Buffer | F>): Promise<Buffer | F> {
    const fetching = fetch();
    loading.set(key, fetching);
    try {
      const found = await fetching;
      if (!('failed' in found)) keep(key, found);
      return found;
    } finally {
      if (loading.get(key) === fetching) loading.delete(key);
    }
  }

  return async <F extends Failed>(key: string, fetch: () => Promise<Buffer | F>): Promise<Buffer | F> => {
    const known = kept.get(key);
    if (known && known.until > clock.now()) {
      // Insertion order is the order of use.
      kept.delete(key);
      kept.set(key, known);
      return known.bytes;
    }
    const under = loading.get(key);
    if (!under) return load(key, fetch);
    const other = await under;
    return 'failed' in other ? load(key, fetch) : other;
  };
}
