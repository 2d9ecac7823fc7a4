import type { QuietHours } from './preferences.ts';
import { DAY, HOUR, MINUTE } from './time.ts';

const MINUTES_PER_DAY = DAY / MINUTE;

/** Minutes since midnight that a clock in `timeZone` shows at that moment (Unix milliseconds). */
export function minuteOfDay(at: number, timeZone: string): number {
  const parts = formatter(timeZone).formatToParts(at);
  const value = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return value('hour') * 60 + value('minute');
}

/** The next moment, strictly after `now`, at which a clock in `timeZone` shows `time` (`HH:MM`). Across a clock change it is still that time by the clock. */
export function nextLocalTime(time: string, timeZone: string, now: number): number {
  const target = minutesOf(time);
  const start = Math.floor(now / MINUTE) * MINUTE;
  const ahead = (target - minuteOfDay(start, timeZone) + MINUTES_PER_DAY) % MINUTES_PER_DAY || MINUTES_PER_DAY;
  const guess = start + ahead * MINUTE;
  // A clock change in between makes the guess show another time; a time that the change leaves out stays where the guess is.
  const off = target - minuteOfDay(guess, timeZone);
  const shift =
    off > MINUTES_PER_DAY / 2 ? off - MINUTES_PER_DAY : off < -MINUTES_PER_DAY / 2 ? off + MINUTES_PER_DAY : off;
  const moved = guess + shift * MINUTE;
  return minuteOfDay(moved, timeZone) === target && moved > now ? moved : guess;
}

/** Whether quiet hours hold at that moment. */
export function isQuiet({ from, to, timeZone }: QuietHours, at: number): boolean {
  return isWithin(minuteOfDay(at, timeZone), from, to);
}

/**
 * When the digest comes for a message that arrives in quiet hours now: at the digest time, or at the end of the quiet hours when the
 * digest time lies within them and is over for this time.
 */
export function digestTime({ from, to, timeZone, digestAt }: QuietHours, now: number): number {
  const digest = nextLocalTime(digestAt, timeZone, now);
  if (!isWithin(minutesOf(digestAt), from, to)) return digest;
  return Math.min(digest, nextLocalTime(to, timeZone, now));
}

/** Tomorrow at nine by a clock in `timeZone`: when Mattermost, too, ends what lasts "until tomorrow". Unix milliseconds. */
export function tomorrowMorning(timeZone: string, now: number): number {
  const midnight = nextLocalTime('00:00', timeZone, now);
  return nextLocalTime('09:00', timeZone, midnight);
}

/** A moment in a time zone as text in a language, such as `16:00`; with the date unless it is today. */
export function clockText(
  at: number,
  { now, timeZone, language }: { now: number; timeZone: string; language: string },
): string {
  const isSoon = Math.abs(at - now) < 20 * HOUR;
  return new Intl.DateTimeFormat(language, {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    ...(isSoon ? {} : { weekday: 'short', day: 'numeric', month: 'short' }),
  }).format(at);
}

function isWithin(minute: number, from: string, to: string): boolean {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  if (start === end) return true;
  return start < end ? minute >= start && minute < end : minute >= start || minute < end;
}

function minutesOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5));
}

const formatters = new Map<string, Intl.DateTimeFormat>();

/** Creating a formatter costs a hundred times more than using it. */
function formatter(timeZone: string): Intl.DateTimeFormat {
  const known = formatters.get(timeZone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  formatters.set(timeZone, made);
  return made;
}
