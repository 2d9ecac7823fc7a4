import { toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Users } from '../core/ports/bot.ts';
import type { Connections } from '../core/ports/connections.ts';
import type { Connection } from '../core/types.ts';
import type { Disconnect } from './disconnect.ts';

export interface DeactivatedUsersDeps {
  connections: Pick<Connections, 'findByUser' | 'list'>;
  usersByIds: Users['usersByIds'];
  /** Not cached. */
  user: Users['user'];
  /** Calls back for each account that is deactivated, until the signal aborts. */
  listen(deactivated: (userId: string) => void, signal: AbortSignal): Promise<void>;
  disconnect: Disconnect;
  log: Log;
}

/** The most ids that Mattermost accepts in one request for users. */
const PAGE_SIZE = 200;

/**
 * Disconnects users as soon as Mattermost reports that they are deactivated or deleted, until the signal aborts. `runDeactivatedUsers`
 * finds the users whose report was missed.
 */
export function runDeactivationEvents(deps: DeactivatedUsersDeps, signal: AbortSignal): Promise<void> {
  const deactivated = (userId: string) => {
    disconnectIfDeactivated(deps, userId).catch((error: unknown) => {
      deps.log.warn(
        { err: error, userId },
        'A deactivated user could not be disconnected; the hourly job tries again.',
      );
    });
  };
  return deps.listen(deactivated, signal);
}

/**
 * Goes through all connections and disconnects users who are deactivated or deleted in Mattermost.
 * @throws {AppError} `mattermost_*` when Mattermost does not answer; the users that remain are checked in the next round
 */
export async function runDeactivatedUsers(deps: DeactivatedUsersDeps, signal: AbortSignal): Promise<void> {
  for (let afterId: string | null = null; !signal.aborted; ) {
    const page: Connection[] = await deps.connections.list({ afterId, limit: PAGE_SIZE });
    if (page.length === 0) return;
    const found = await deps.usersByIds(page.map(({ userId }) => userId));
    const present = new Set(found.filter(({ deactivated }) => !deactivated).map(({ id }) => id));
    for (const { userId } of page) if (!present.has(userId)) await disconnectIfDeactivated(deps, userId);
    afterId = page.at(-1)?.id ?? null;
  }
}

/** Reads the user alone: the list also leaves out active users whom the bot may not see. */
async function disconnectIfDeactivated(deps: DeactivatedUsersDeps, userId: string): Promise<void> {
  if ((await deps.connections.findByUser(userId)) === null || !(await isDeactivated(deps.user, userId))) return;
  deps.log.info({ userId }, 'A user was deactivated or deleted in Mattermost.');
  await deps.disconnect(userId);
}

/**
 * Whether the user is deactivated or deleted.
 * @throws {AppError} `mattermost_*` when Mattermost does not answer, which says nothing about the user
 */
export async function isDeactivated(user: Users['user'], userId: string): Promise<boolean> {
  try {
    return (await user(userId)).deactivated;
  } catch (error) {
    if (toAppError(error).code === 'mattermost_not_found') return true;
    throw error;
  }
}
