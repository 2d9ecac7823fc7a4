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
