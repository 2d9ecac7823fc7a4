import { toAppError } from '../core/errors.ts';
import type { User } from '../core/types.ts';

/** Deactivated or deleted. Mattermost not answering means nothing: then the error goes on. */
export async function isGone(user: (userId: string) => Promise<User>, userId: string): Promise<boolean> {
  try {
    return (await user(userId)).deactivated;
  } catch (error) {
    if (toAppError(error).code === 'mattermost_not_found') return true;
    throw error;
  }
}
