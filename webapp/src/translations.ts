import { createIntl } from 'react-intl';
import de from './i18n/de.json' with { type: 'json' };
import en from './i18n/en.json' with { type: 'json' };

/** English is the language of every locale without a file of its own. */
export function translationsFor(locale: string): Record<string, string> {
  return locale.toLowerCase().startsWith('de') ? de : en;
}

/** Translates keys in the user's current language, for texts that Mattermost renders outside of our components. */
export function createTranslate(locale: () => string): (id: string) => string {
  return (id) => createIntl({ locale: locale(), messages: translationsFor(locale()) }).formatMessage({ id });
}
