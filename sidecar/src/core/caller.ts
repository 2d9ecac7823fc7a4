import { AppError } from './errors.ts';
import type { Caller, User } from './types.ts';

/**
 * The caller of a command or button.
 *
 * @throws {AppError} forbidden for bots and deactivated accounts
 */
export function callerOf(user: User): Caller {
  if (user.isBot || user.deactivated) {
    throw new AppError('forbidden', 'A bot or a deactivated account tried to use the commands.');
  }
  return { userId: user.id, locale: user.locale, timeZone: user.timeZone ?? null };
}
