import { type ErrorCode, RETRY } from './errors.ts';
import { DAY, MINUTE, SECOND } from './time.ts';

/** A failed attempt. `random` is in [0, 1). */
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
/** A fault of ours does not heal by waiting, and must not block its chat for a day. */
const OURS: Policy = { firstMs: SECOND, mostMs: MINUTE, giveUpAfterMs: DAY, mostAttempts: 8 };

/**
 * Milliseconds until the next attempt, or null to give up. Doubles from attempt to attempt, with up to half taken off at random so
 * that chats which failed together come back apart; a wait that the other side asked for is never shortened.
 */
export function nextAttempt({ code, attempts, ageMs, retryAfterMs, random }: Failure): number | null {
  const kind = RETRY[code];
  if (kind === 'never') return null;
  const policy = code === 'internal' ? OURS : POLICIES[kind];
  if (ageMs >= policy.giveUpAfterMs || attempts >= policy.mostAttempts) return null;
  const doubled = Math.min(policy.mostMs, policy.firstMs * 2 ** Math.min(attempts - 1, 20));
  const wait = Math.round(doubled * (1 - random / 2));
  return retryAfterMs === undefined ? wait : Math.max(retryAfterMs, 0) + Math.round(random * SECOND);
}
