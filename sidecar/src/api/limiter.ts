import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/time.ts';
import { MINUTE } from '../core/time.ts';

export interface LimiterOptions {
  clock: Clock;
  /** Requests that one user may make at once. */
  burst: number;
  /** Requests per minute that one user may make for long. */
  perMinute: number;
}

/** Users remembered before the ones that have been quiet are let go. */
const MAX_BUCKETS = 10_000;

/** A token bucket per user. The verb takes one token, or throws `too_many_requests` with the time until the next one. */
export function createLimiter({ clock, burst, perMinute }: LimiterOptions): (userId: string) => void {
  const msPerToken = MINUTE / perMinute;
  /** When each user's bucket will be full again. */
  const fullAt = new Map<string, number>();
  return (userId) => {
    const now = clock.now();
    const next = Math.max(now, fullAt.get(userId) ?? now) + msPerToken;
    const excess = next - now - burst * msPerToken;
    if (excess > 0) {
      throw new AppError('too_many_requests', 'A user makes requests too often.', { retryAfterMs: Math.ceil(excess) });
    }
    if (fullAt.size >= MAX_BUCKETS) forgetFull(fullAt, now);
    fullAt.set(userId, next);
  };
}

function forgetFull(fullAt: Map<string, number>, now: number): void {
  for (const [userId, at] of fullAt) if (at <= now) fullAt.delete(userId);
}
