import { toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Clock } from '../../core/time.ts';
import { SECOND } from '../../core/time.ts';
import type { Connection, Presence } from '../../core/types.ts';
import type { GraphClient } from '../client/client.ts';
import { readPresences } from '../wire/lists.ts';

export interface BulkPresenceDeps {
  client: Pick<GraphClient, 'post'>;
  appToken: { get(): Promise<string> };
  /** The tenant of the app registration. */
  tid: string;
  clock: Clock;
  log: Log;
}

/** Most ids in one request. https://learn.microsoft.com/graph/api/cloudcommunications-getpresencesbyuserid#request-body */
const MOST = 650;
/** Long enough for the members of one chat to share a request. */
const GATHER = 50;
const TIMEOUT = 5 * SECOND;

/** By object id: resolves the callers of the next request. */
type WaitingCallers = Map<string, (presence: Presence | undefined) => void>;

/**
 * Reads presences with the application's token. Calls within 50 ms share one request. Resolves to undefined for a user without a known
 * presence, and when the request failed. https://learn.microsoft.com/graph/api/cloudcommunications-getpresencesbyuserid
 */
export function createBulkPresence(
  deps: BulkPresenceDeps,
): (connection: Pick<Connection, 'oid'>) => Promise<Presence | undefined> {
  let gathering: WaitingCallers | null = null;
  const asked = new Map<string, Promise<Presence | undefined>>();

  function gather(): WaitingCallers {
    if (gathering && gathering.size < MOST) return gathering;
    const waiting: WaitingCallers = new Map();
    gathering = waiting;
    void deps.clock.sleep(GATHER).then(() => {
      if (gathering === waiting) gathering = null;
      return ask(deps, waiting);
    });
    return waiting;
  }

  return ({ oid }) => {
    const known = asked.get(oid);
    if (known) return known;
    const answer = new Promise<Presence | undefined>((resolve) => gather().set(oid, resolve));
    asked.set(oid, answer);
    return answer.finally(() => asked.delete(oid));
  };
}

async function ask({ client, appToken, tid, log }: BulkPresenceDeps, waiting: WaitingCallers): Promise<void> {
  let found = new Map<string, Presence>();
  try {
    const call = {
      operation: 'POST presences',
      path: '/communications/getPresencesByUserId',
      tid,
      user: null,
    } as const;
    const body = { ids: [...waiting.keys()] };
    found = readPresences(await client.post({ ...call, token: () => appToken.get(), body, timeoutMs: TIMEOUT }));
  } catch (error) {
    log.info({ code: toAppError(error).code, people: waiting.size }, 'The presence of several users is unknown.');
  }
  for (const [oid, resolve] of waiting) resolve(found.get(oid));
}
