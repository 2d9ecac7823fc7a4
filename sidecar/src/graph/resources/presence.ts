import { createCache } from '../../core/cache.ts';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Clock } from '../../core/time.ts';
import { SECOND } from '../../core/time.ts';
import type { Connection, Presence } from '../../core/types.ts';
import type { GraphClient } from '../client/client.ts';
import { readPresence } from '../wire/entities.ts';

export interface PresenceDeps {
  client: Pick<GraphClient, 'get'>;
  tokenFor(connectionId: string): Promise<string>;
  /** Whether the application's token reads the presence of this connection's account, by `bulk`. */
  asksInBulk(connection: Connection): boolean;
  /** Reads several users at once with the application's token. Undefined when it failed. */
  bulk(connection: Connection): Promise<Presence | undefined>;
  clock: Clock;
  log: Log;
}

const FRESH_FOR = 30 * SECOND;
/** After a failure the next message asks again soon, but not every message of a burst. */
const RETRY_AFTER = 5 * SECOND;
const TIMEOUT = 5 * SECOND;
/** Past Graph's limit a presence counts as unknown and messages are delivered: waiting would delay those of all users. */
const LONGEST_WAIT = SECOND;
const MAX_REMEMBERED = 50_000;

const UNKNOWN: Presence = { availability: null, activity: null };

/**
 * Reads a user's presence in Teams, at most once in 30 seconds, with the user's own token or in bulk. Never throws: after a failure the
 * presence is unknown, and messages are delivered. https://learn.microsoft.com/graph/api/presence-get
 */
export function createPresence(deps: PresenceDeps): (connection: Connection) => Promise<Presence> {
  const cache = createCache<Presence>({ clock: deps.clock, maxEntries: MAX_REMEMBERED, ttlMs: FRESH_FOR });
  return async (connection) => {
    try {
      return await cache.get(connection.id, () => load(deps, connection));
    } catch (error) {
      deps.log.info(
        { connectionId: connection.id, code: toAppError(error).code },
        'The presence of a user is unknown.',
      );
      cache.set(connection.id, UNKNOWN, RETRY_AFTER);
      return UNKNOWN;
    }
  };
}

async function load({ client, tokenFor, asksInBulk, bulk }: PresenceDeps, connection: Connection): Promise<Presence> {
  if (asksInBulk(connection)) {
    const presence = await bulk(connection);
    if (presence) return presence;
    throw new AppError('microsoft_unavailable', 'Microsoft Graph does not tell the presence of a user.');
  }
  const { id, tid, oid } = connection;
  const scope = { operation: 'GET presence', tid, user: oid, longestWaitMs: LONGEST_WAIT } as const;
  const token = () => tokenFor(id);
  return readPresence(await client.get({ ...scope, token, path: '/me/presence', timeoutMs: TIMEOUT }));
}
