import { useIntl } from 'react-intl';

/** `until 15:00`, with the weekday unless it is today, or `for good` for null; in the user's language and time zone. */
export function useUntil(until: number | null): string {
  const intl = useIntl();
  if (until === null) return intl.formatMessage({ id: 'msteams_connect.mutes.good' });
  const time = { hour: 'numeric', minute: '2-digit' } as const;
  const isToday = new Date(until).toDateString() === new Date().toDateString();
  const text = isToday ? intl.formatTime(until, time) : intl.formatDate(until, { weekday: 'short', ...time });
  return intl.formatMessage({ id: 'msteams_connect.mutes.until' }, { time: text });
}
