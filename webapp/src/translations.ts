import { createIntl } from 'react-intl';

/** Texts by key, ICU MessageFormat. */
type Texts = Record<string, string>;

/** Texts by language, a BCP 47 tag in lower case. */
type Catalogues = ReadonlyMap<string, Texts>;

const FALLBACK = 'en';

/** Every `<tag>.json` of the folder, put in by Vite while building. Adding a language is adding its file. */
const catalogues = readCatalogues(import.meta.glob<Texts>('./i18n/*.json', { eager: true, import: 'default' }));

/** Catalogues by the paths of their files. English stands for the texts that another language lacks. */
export function readCatalogues(files: Record<string, Texts>): Catalogues {
  const named = Object.entries(files).map(([path, texts]) => {
    return [path.replace(/^.*\/|\.json$/g, '').toLowerCase(), texts] as const;
  });
  const english = new Map(named).get(FALLBACK);
  return new Map(named.map(([tag, texts]) => [tag, { ...english, ...texts }]));
}

/**
 * The texts in the language of a locale (`de-AT`): the tag is cut from the right until there is a catalogue for it
 * (RFC 4647 §3.4); English where there is none.
 */
export function translationsFor(locale: string, available: Catalogues = catalogues): Texts {
  for (let tag = locale.toLowerCase(); tag !== ''; tag = tag.slice(0, Math.max(tag.lastIndexOf('-'), 0))) {
    const texts = available.get(tag);
    if (texts) return texts;
  }
  return available.get(FALLBACK) ?? {};
}

/** Translates keys in the user's current language, for texts that Mattermost renders outside of our components. */
export function createTranslate(locale: () => string): (id: string) => string {
  return (id) => createIntl({ locale: locale(), messages: translationsFor(locale()) }).formatMessage({ id });
}
