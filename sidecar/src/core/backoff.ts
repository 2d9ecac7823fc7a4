import { type ErrorCode, RETRY } from './errors.ts';
import { DAY, MINUTE, SECOND } from './time.ts';

/** A failed attempt at a queued notification. `random` is in [0, 1). */
export interface Failure {
  code: ErrorCode;
  /** Attempts made, this one included. */
  attempts: number;
  /** Since the notification was received. */
  ageMs: number;
  retryAfterMs: number | undefined;
  random: number;
}

interface Policy {
  firstMs: number;
  mostMs: number;
  giveUpAfterMs: number;
  mostAttempts: number;
}

const POLICIES: Record<'retry' | 'park', Policy> = {
  retry: { firstMs: SECOND, mostMs: 2 * MINUTE, giveUpAfterMs: DAY, mostAttempts: Number.POSITIVE_INFINITY },
  park: { firstMs: MINUTE, mostMs: 5 * MINUTE, giveUpAfterMs: 7 * DAY, mostAttempts: Number.POSITIVE_INFINITY },
};
/** An error of our own code does not pass with time and must not block its chat for a day. */
const OURS: Policy = { firstMs: SECOND, mostMs: MINUTE, giveUpAfterMs: DAY, mostAttempts: 8 };

/** A wait between attempts that doubles. `random` is in [0, 1). */
export interface Backoff {
  /** Attempts made so far, at least 1. */
  attempts: number;
  firstMs: number;
  mostMs: number;
  /** The wait that the other side demanded by `Retry-After`; undefined without one. */
  retryAfterMs: number | undefined;
  random: number;
}

/**
 * Milliseconds until the next attempt. Doubles from attempt to attempt, with up to half taken off at random so that what failed together
 * comes back apart; `Retry-After` is never shortened.
 */
export function backoffMs({ attempts, firstMs, mostMs, retryAfterMs, random }: Backoff): number {
  if (retryAfterMs !== undefined) return Math.max(retryAfterMs, 0) + Math.round(random * SECOND);
  const doubled = Math.min(mostMs, firstMs * 2 ** Math.min(attempts - 1, 20));
  return Math.round(doubled * (1 - random / 2));
}

/** Milliseconds until the next attempt at a queued notification, or null to give up: the kind of error says how long it is worth trying. */
export function nextAttempt({ code, attempts, ageMs, retryAfterMs, random }: Failure): number | null {
  const kind = RETRY[code];
  if (kind === 'never') return null;
  const { firstMs, mostMs, giveUpAfterMs, mostAttempts } = code === 'internal' ? OURS : POLICIES[kind];
  if (ageMs >= giveUpAfterMs || attempts >= mostAttempts) return null;
  return backoffMs({ attempts, firstMs, mostMs, retryAfterMs, random });
}
