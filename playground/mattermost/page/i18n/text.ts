import { useIntl } from 'react-intl';
import type { AppState } from '../types.ts';
import { de } from './de.ts';
import { en, type TextKey } from './en.ts';

/** Messages of a locale: English below, the locale's own above, then every plugin's. */
export function messagesFor(locale: string, translations: AppState['views']['translations']): Record<string, string> {
  const own: Record<string, string> = locale === 'de' ? { ...en, ...de } : { ...en };
  for (const translate of Object.values(translations)) Object.assign(own, translate(locale));
  return own;
}

/** The function that looks up one of the page's own texts. */
export function useText(): (key: TextKey, values?: Record<string, string | number>) => string {
  const intl = useIntl();
  return (key, values) => intl.formatMessage({ id: key, defaultMessage: en[key] }, values);
}
