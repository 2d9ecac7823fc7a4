import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/time.ts';

/** What Mattermost asked to be left alone for. */
export interface Pause {
  /** Error: `mattermost_throttled` with what is left of the pause. */
  check(): void;
  /** Takes the pause from a refusal that names one. */
  learn(error: unknown): void;
}

/** Mattermost limits the whole sidecar (`RateLimitSettings`, by client address): what one request was told to wait for, all wait for. */
export function createPause(clock: Clock): Pause {
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
