import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/time.ts';

/** The pause that Mattermost asked for, if any. */
export interface Throttle {
  /** @throws {AppError} mattermost_throttled during the pause, with its rest in `retryAfterMs` */
  check(): void;
  /** Starts a pause for a `mattermost_throttled` error that names one. */
  learn(error: unknown): void;
}

/**
 * Mattermost limits by client address, so the whole sidecar waits when one request was told to.
 * https://docs.mattermost.com/administration-guide/configure/rate-limiting-configuration-settings.html
 */
export function createThrottle(clock: Clock): Throttle {
  let endsAt = 0;
  return {
    check: () => {
      const retryAfterMs = endsAt - clock.now();
      if (retryAfterMs > 0)
        throw new AppError('mattermost_throttled', 'Mattermost asked to slow down.', { retryAfterMs });
    },
    learn: (error) => {
      if (error instanceof AppError && error.code === 'mattermost_throttled')
        endsAt = Math.max(endsAt, clock.now() + (error.retryAfterMs ?? 0));
    },
  };
}
