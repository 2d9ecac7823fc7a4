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
  /** Asks for several people at once; null for an account that the application does not serve, undefined when it cannot be told. */
  bulk?(connection: Connection): Promise<Presence | null | undefined>;
  clock: Clock;
  log: Log;
}

const FRESH_FOR = 30 * SECOND;
/** After a failure the next message asks again soon, but not every message of a burst. */
const RETRY_AFTER = 5 * SECOND;
const TIMEOUT = 5 * SECOND;
/** When more users than Graph allows are asked for at once, their messages are delivered: waiting would hold up everybody's. */
const LONGEST_WAIT = SECOND;
const MAX_REMEMBERED = 50_000;

const UNKNOWN: Presence = { availability: null, activity: null };

/**
 * Asks where a user is in Teams, at most once in 30 seconds: `GET /me/presence` with the user's own token (Microsoft Graph: "Get
 * presence"), or in bulk. Never throws: a failure is an unknown presence, and unknown means that messages are delivered.
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

async function load({ client, tokenFor, bulk }: PresenceDeps, connection: Connection): Promise<Presence> {
  const presence = bulk ? await bulk(connection) : null;
  if (presence) return presence;
  if (presence === undefined) {
    throw new AppError('microsoft_unavailable', 'Microsoft Graph does not tell the presence of a user.');
  }
  const { id, tid, oid } = connection;
  const scope = { operation: 'GET presence', tid, user: oid, longestWaitMs: LONGEST_WAIT } as const;
  const token = () => tokenFor(id);
  return readPresence(await client.get({ ...scope, token, path: '/me/presence', timeoutMs: TIMEOUT }));
}
