import { AppError } from '../../core/errors.ts';
import type { User } from '../../core/types.ts';
import type { MattermostClient } from '../client/client.ts';
import { readUser, readUsers } from '../client/wire.ts';

/** Looking accounts up by something else than one id. Errors: `mattermost_*`. */
export interface People {
  /** Those of these accounts that exist and that the bot may see; at most 200 ids. */
  usersByIds(userIds: string[]): Promise<User[]>;
  userByName(username: string): Promise<User | null>;
  /** Error besides the others: `mattermost_refused` where the server hides e-mail addresses from the bot. */
  userByEmail(email: string): Promise<User | null>;
  /** Whether the bot may look users up by their e-mail address. */
  emailsVisible(): Promise<boolean>;
}

/** The look-ups over Mattermost's REST API. */
export function createPeople(client: MattermostClient): People {
  return {
    usersByIds: async (userIds) => readUsers(await client.getProfilesByIds(userIds)),
    userByName: (username) => found(client.getUserByUsername(username)),
    userByEmail: (email) => found(client.getUserByEmail(email)),
    emailsVisible: () => emailsVisible(client),
  };
}

/** Looks the bot itself up by the address that every account sees of itself. */
async function emailsVisible(client: MattermostClient): Promise<boolean> {
  const { email } = readUser(await client.getMe());
  try {
    await found(client.getUserByEmail(email ?? ''));
    return true;
  } catch (error) {
    if (error instanceof AppError && error.code === 'mattermost_refused') return false;
    throw error;
  }
}

async function found(answer: Promise<unknown>): Promise<User | null> {
  try {
    return readUser(await answer);
  } catch (error) {
    if (error instanceof AppError && error.code === 'mattermost_not_found') return null;
    throw error;
  }
}
