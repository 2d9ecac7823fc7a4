import type { Log } from './log.ts';
import type { ThrottlePause, ThrottlePauses } from './ports/throttle-pauses.ts';
import type { Clock } from './time.ts';
import { SECOND } from './time.ts';

/**
 * The wait that a `Retry-After` header asks for, in milliseconds: seconds or an HTTP date (RFC 9110, 10.2.3). Null when the header is
 * absent, unreadable, or asks for more than six digits of seconds. A date in the past is no wait. `now` is in Unix milliseconds.
 */
export function readRetryAfter(value: string | null, now: number): number | null {
  const text = value?.trim() ?? '';
  if (/^\d{1,6}$/.test(text)) return Number(text) * SECOND;
  // HTTP dates start with the day's name. `Date.parse` alone would read "-5" or "1.5" as days of 2001.
  const at = /^[A-Za-z]/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

export interface SharedPausesPorts {
  throttlePauses: ThrottlePauses;
  clock: Pick<Clock, 'now'>;
  log: Log;
}

/** Applies pauses to the requests of this process; it takes those that are its own by their names. */
export type AdoptPauses = (pauses: readonly ThrottlePause[]) => void;

export interface SharedPauses {
  /** Stores a pause that Microsoft demanded of this replica, for the others. A failure is logged: this replica keeps the pause anyway. */
  tell(pause: ThrottlePause): void;
  /**
   * Applies the pauses of all replicas, and those that this one received before it restarted: at once, and after every change until
   * the returned function is called.
   */
  share(adopters: readonly AdoptPauses[]): Promise<() => Promise<void>>;
}

/** Microsoft's limits hold for the application, all replicas together: a pause that one replica received, all keep. */
export function createSharedPauses({ throttlePauses, clock, log }: SharedPausesPorts): SharedPauses {
  return {
    tell(pause) {
      throttlePauses.save(pause).catch((err) => {
        log.warn({ err }, 'A pause of Microsoft could not be told to the other replicas.');
      });
    },
    async share(adopters) {
      const adopt = async () => {
        const pauses = await throttlePauses.list(clock.now());
        for (const keep of adopters) keep(pauses);
      };
      await adopt();
      return throttlePauses.listen(() => {
        adopt().catch((err) => log.warn({ err }, 'Pauses of Microsoft could not be read.'));
      });
    },
  };
}

/** Adopts the pauses of this name alone. `pauseUntil` takes Unix milliseconds. */
export function adoptNamed(wanted: string, pauseUntil: (endsAt: number) => void): AdoptPauses {
  return (pauses) => {
    for (const { name, endsAt } of pauses) if (name === wanted) pauseUntil(endsAt);
  };
}
