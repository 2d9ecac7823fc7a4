import { toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Connections } from '../core/ports/connections.ts';
import type { Connection, User } from '../core/types.ts';

export interface DeactivatedUsersDeps {
  connections: Pick<Connections, 'findByUser' | 'list'>;
  /** Those of these accounts that exist; at most 200 ids. */
  usersByIds(userIds: string[]): Promise<User[]>;
  /** The account as it is now. */
  user(userId: string): Promise<User>;
  /** Tells of accounts that are deactivated, until the signal. */
  listen(gone: (userId: string) => void, signal: AbortSignal): Promise<void>;
  disconnect(userId: string): Promise<boolean>;
  log: Log;
}

/** Mattermost takes no more ids at once. */
const PAGE = 200;

/**
 * Disconnects users who are deactivated or deleted as soon as Mattermost tells of it, until the signal. What is missed while nothing
 * listens, `runDeactivatedUsers` finds.
 */
export function runDeactivationEvents(deps: DeactivatedUsersDeps, signal: AbortSignal): Promise<void> {
  const gone = (userId: string) => {
    checkOne(deps, userId).catch((error: unknown) => {
      deps.log.warn({ err: error, userId }, 'A deactivated user could not be disconnected; the next look tries again.');
    });
  };
  return deps.listen(gone, signal);
}

/** Looks through all connections and disconnects users who are deactivated or deleted in Mattermost. */
export async function runDeactivatedUsers(deps: DeactivatedUsersDeps, signal: AbortSignal): Promise<void> {
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
async function checkOne(deps: DeactivatedUsersDeps, userId: string): Promise<void> {
  if ((await deps.connections.findByUser(userId)) === null || !(await isDeactivated(deps.user, userId))) return;
  deps.log.info({ userId }, 'A user was deactivated or deleted in Mattermost.');
  await deps.disconnect(userId);
}

/** Deactivated or deleted. Mattermost not answering means nothing: then the error goes on. */
export async function isDeactivated(user: (userId: string) => Promise<User>, userId: string): Promise<boolean> {
  try {
    return (await user(userId)).deactivated;
  } catch (error) {
    if (toAppError(error).code === 'mattermost_not_found') return true;
    throw error;
  }
}
