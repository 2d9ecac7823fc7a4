import { randomToken } from '../core/ids.ts';
import type { Clock } from '../core/time.ts';
import { SECOND } from '../core/time.ts';
import type { HostApi } from './protocol/host-api.ts';

const EXPIRES_MS = 20 * SECOND;
const RETRY_MS = 200;
const NOTHING = Buffer.alloc(0);

/**
 * Runs work that only one of Mattermost's nodes may do at a time. Each node has a plugin process of its own and nothing elects a leader;
 * what they share are the plugin's keys, with compare-and-set. A holder that died is passed over after 20 seconds, far more than the work takes.
 */
export async function withSharedLock<T>(
  api: Pick<HostApi, 'kvCompareAndSet' | 'kvGet'>,
  { name, clock }: { name: string; clock: Clock },
  work: () => Promise<T>,
): Promise<T> {
  const key = `lock_${name}`;
  for (;;) {
    const mine = Buffer.from(`${clock.now() + EXPIRES_MS} ${randomToken(12)}`);
    if (await take(api, key, mine, clock.now())) {
      try {
        return await work();
      } finally {
        // An empty value removes the key, if it is still ours.
        await api.kvCompareAndSet(key, mine, NOTHING).catch(() => false);
      }
    }
    await clock.sleep(RETRY_MS);
  }
}

async function take(
  api: Pick<HostApi, 'kvCompareAndSet' | 'kvGet'>,
  key: string,
  mine: Buffer,
  now: number,
): Promise<boolean> {
  if (await api.kvCompareAndSet(key, null, mine)) return true;
  const held = await api.kvGet(key);
  if (held === null || Number(held.toString('utf8').split(' ')[0]) > now) return false;
  return api.kvCompareAndSet(key, held, mine);
}
