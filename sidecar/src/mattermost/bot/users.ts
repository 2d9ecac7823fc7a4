import { AppError } from '../../core/errors.ts';
import type { Users } from '../../core/ports/bot.ts';
import type { User } from '../../core/types.ts';
import type { MattermostClient } from '../client/client.ts';
import { readUser, readUsers } from '../client/wire.ts';

/** Look-ups of users over Mattermost's REST API. https://developers.mattermost.com/api-documentation/#/operations/GetUser */
export function createUsers(client: MattermostClient): Omit<Users, 'user' | 'recentUser'> {
  return {
    usersByIds: async (userIds) => readUsers(await client.getProfilesByIds(userIds)),
    userByName: (username) => found(client.getUserByUsername(username)),
    userByEmail: (email) => found(client.getUserByEmail(email)),
    emailsVisible: () => emailsVisible(client),
  };
}

/** Tries it with the bot's own address, which an account always sees. */
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
