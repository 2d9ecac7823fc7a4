import { readdirSync, readFileSync } from 'node:fs';
import { createIntl, createIntlCache } from '@formatjs/intl';
import en from './en.json' with { type: 'json' };

/** Key of a text. English has every key; English stands in for the texts that another language lacks. */
export type TextKey = keyof typeof en;

/** Whether the catalogues have a text with this key. */
export function isTextKey(name: string): name is TextKey {
  return Object.hasOwn(en, name);
}

/** The texts of one language, ICU MessageFormat by key. */
export type Catalogue = Partial<Record<TextKey, string>>;

/** Values of the placeholders of a text. Where the text becomes Markdown, values from outside must be escaped first (`core/escape-markdown`). */
export type TextValues = Record<string, string | number>;

/** Formats texts in one language. */
export type Translate = ((key: TextKey, values?: TextValues) => string) & {
  /** BCP 47 tag of the language, in lower case. */
  readonly language: string;
};

/** Catalogues by BCP 47 tag in lower case. A language is added by adding `<tag>.json` to this folder. */
export type Catalogues = ReadonlyMap<string, Catalogue>;

const FALLBACK = 'en';
/** Texts contain `<administrator token>` and the like, which would be parsed as rich text. */
const WITHOUT_TAGS = { ignoreTag: true };
/** Locales to remember the translator of. The header comes from the browser, so their number and length need a limit. */
const MAX_LOCALES = 1000;
const MAX_LOCALE_LENGTH = 100;

/** The texts of all languages. */
export interface Translations {
  /** The translator of the available language that fits a Mattermost locale or an `Accept-Language` header best. */
  translatorFor(locale: string): Translate;
}

/** Creates translators. A text is parsed once per language, at its first use: composing a post takes about ten texts. */
export function createTranslations(catalogues: Catalogues): Translations {
  const translators = new Map<string, Translate>();
  const byLocale = new Map<string, Translate>();

  function translatorOf(language: string): Translate {
    const known = translators.get(language);
    if (known) return known;
    const messages: Record<string, string> = { ...en, ...catalogues.get(language) };
    const intl = createIntl({ locale: language, messages, onError: ignoreError }, createIntlCache());
    const translate = (key: TextKey, values?: TextValues): string => {
      const text = messages[key] ?? key;
      // Most texts have no placeholders and need no formatter.
      return values === undefined && !text.includes('{') ? text : intl.formatMessage({ id: key }, values, WITHOUT_TAGS);
    };
    const translator = Object.assign(translate, { language });
    translators.set(language, translator);
    return translator;
  }

  return {
    translatorFor: (locale) => {
      const known = byLocale.get(locale);
      if (known) return known;
      const translator = translatorOf(resolveLanguage(locale, [...catalogues.keys()]));
      if (byLocale.size < MAX_LOCALES && locale.length <= MAX_LOCALE_LENGTH) byLocale.set(locale, translator);
      return translator;
    },
  };
}

/**
 * The tag among `available` (lower case) that fits a locale (`de-AT`) or an `Accept-Language` header best: language ranges by descending
 * quality (https://www.rfc-editor.org/rfc/rfc9110#section-12.5.4), each truncated from the right until it matches
 * (https://www.rfc-editor.org/rfc/rfc4647#section-3.4). `en` when none matches, and for `*`.
 */
export function resolveLanguage(locale: string, available: readonly string[]): string {
  const wanted = locale
    .split(',')
    .map((part) => {
      const [range = '', ...parameters] = part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
      return { range: range.replaceAll('_', '-'), quality: quality === undefined ? 1 : Number(quality) || 0 };
    })
    .filter(({ quality }) => quality > 0)
    .sort((one, other) => other.quality - one.quality);
  for (const { range } of wanted) {
    for (let tag = range; tag !== '' && tag !== '*'; tag = tag.slice(0, Math.max(tag.lastIndexOf('-'), 0))) {
      if (available.includes(tag)) return tag;
    }
  }
  return FALLBACK;
}

/** Reads the catalogues of a folder: every `<tag>.json` in it. */
export function loadCatalogues(folder: URL): Catalogues {
  const files = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return new Map(
    files.map((name) => [
      name.slice(0, -'.json'.length).toLowerCase(),
      JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Catalogue,
    ]),
  );
}

const translations = createTranslations(loadCatalogues(new URL('./', import.meta.url)));

/** The translator for a Mattermost locale or an `Accept-Language` header, over the catalogues of this folder. */
export const translatorFor = translations.translatorFor;

/** A text that lacks a value is shown unformatted instead of failing the post; the default handler would write to the console. */
function ignoreError(): void {}
