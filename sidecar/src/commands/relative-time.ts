import { DAY, HOUR, MINUTE } from '../core/time.ts';
import { translatorFor } from '../i18n/translate.ts';

const MONTH = 30 * DAY;

const UNITS: ReadonlyArray<{ unit: Intl.RelativeTimeFormatUnit; ms: number }> = [
  { unit: 'month', ms: MONTH },
  { unit: 'day', ms: DAY },
  { unit: 'hour', ms: HOUR },
  { unit: 'minute', ms: MINUTE },
];

/**
 * A time relative to now, such as "5 minutes ago" or "in 2 hours": a post has no way to show a time in the reader's time zone.
 * Both times in Unix milliseconds. Differences are rounded to whole minutes, those below to "now".
 */
export function relativeTime(at: number, now: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(translatorFor(locale).language, { numeric: 'auto' });
  const difference = Math.round((at - now) / MINUTE) * MINUTE;
  const found = UNITS.find(({ ms }) => Math.abs(difference) >= ms);
  return found ? format.format(Math.trunc(difference / found.ms), found.unit) : format.format(0, 'second');
}
