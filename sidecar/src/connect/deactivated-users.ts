import { toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Connections } from '../core/ports/connections.ts';
import type { Lease, Leases } from '../core/ports/leases.ts';
import type { Clock } from '../core/time.ts';
import { HOUR, MINUTE } from '../core/time.ts';
import type { Connection, User } from '../core/types.ts';
import { isGone } from './gone.ts';

export interface DeparturesDeps {
  connections: Pick<Connections, 'findByUser' | 'list'>;
  /** Those of these accounts that exist; at most 200 ids. */
  usersByIds(userIds: string[]): Promise<User[]>;
  /** The account as it is now. */
  user(userId: string): Promise<User>;
  /** Tells of accounts that are deactivated while it listens. */
  listen(gone: (userId: string) => void, signal: AbortSignal): Promise<void>;
  disconnect(userId: string): Promise<boolean>;
  leases: Pick<Leases, 'acquire' | 'release'>;
  holder: string;
  clock: Clock;
  log: Log;
}

const TICK = MINUTE;
const LEASE = 3 * MINUTE;
const SWEEP_EVERY = HOUR;
/** Mattermost takes no more ids at once. */
const PAGE = 200;

/**
 * Disconnects users who are deactivated or deleted in Mattermost, until the signal: at once when Mattermost tells of it, and in an
 * hourly look through all connections. One replica does it for all.
 */
export async function runDepartures(deps: DeparturesDeps, signal: AbortSignal): Promise<void> {
  const { clock, leases, holder, log } = deps;
  let listening: AbortController | null = null;
  let sweptAt = Number.NEGATIVE_INFINITY;
  let lease: Lease | null = null;
  while (!signal.aborted) {
    try {
      const now = clock.now();
      lease = await leases.acquire({ name: 'departures', holder, now, ms: LEASE });
      if (lease) listening ??= startListening(deps, signal);
      else {
        listening?.abort();
        listening = null;
      }
      if (lease && now - sweptAt >= SWEEP_EVERY) {
        await sweep(deps, signal);
        sweptAt = now;
      }
    } catch (error) {
      log.warn(
        { err: error, code: toAppError(error).code },
        'Departed users could not be looked for; tried again soon.',
      );
    }
    await clock.sleep(TICK, signal);
  }
  // Given back, so that the next to start does not wait for it to run out.
  if (lease) await leases.release(lease).catch(() => {});
}

function startListening(deps: DeparturesDeps, signal: AbortSignal): AbortController {
  const stop = new AbortController();
  const gone = (userId: string) => {
    checkOne(deps, userId).catch((error: unknown) => {
      deps.log.warn({ err: error, userId }, 'A deactivated user could not be disconnected; the next look tries again.');
    });
  };
  deps.listen(gone, AbortSignal.any([signal, stop.signal])).catch((error: unknown) => {
    deps.log.error({ err: error }, 'Listening for deactivated users ended.');
  });
  return stop;
}

async function sweep(deps: DeparturesDeps, signal: AbortSignal): Promise<void> {
  for (let afterId: string | null = null; !signal.aborted; ) {
    const page: Connection[] = await deps.connections.list({ afterId, limit: PAGE });
    if (page.length === 0) return;
    const found = await deps.usersByIds(page.map(({ userId }) => userId));
    const present = new Set(found.filter(({ deactivated }) => !deactivated).map(({ id }) => id));
    for (const { userId } of page) if (!present.has(userId)) await checkOne(deps, userId);
    afterId = page.at(-1)?.id ?? null;
  }
}

/** Asked once more, alone: a list leaves out those whom the bot may not see, and they are not gone. */
async function checkOne(deps: DeparturesDeps, userId: string): Promise<void> {
  if ((await deps.connections.findByUser(userId)) === null || !(await isGone(deps.user, userId))) return;
  deps.log.info({ userId }, 'A user was deactivated or deleted in Mattermost.');
  await deps.disconnect(userId);
}
