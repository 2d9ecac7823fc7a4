import { useIntl } from 'react-intl';

/** `until 15:00`, with the day when it is not near, or `for good`; in the person's language and time zone. */
export function useUntil(until: number | null): string {
  const intl = useIntl();
  if (until === null) return intl.formatMessage({ id: 'msteams_connect.mutes.good' });
  const time = { hour: 'numeric', minute: '2-digit' } as const;
  const isToday = new Date(until).toDateString() === new Date().toDateString();
  const text = isToday ? intl.formatTime(until, time) : intl.formatDate(until, { weekday: 'short', ...time });
  return intl.formatMessage({ id: 'msteams_connect.mutes.until' }, { time: text });
}
