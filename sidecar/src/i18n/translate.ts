import { readdirSync, readFileSync } from 'node:fs';
import { createIntl, createIntlCache } from '@formatjs/intl';
import en from './en.json' with { type: 'json' };

/** Names one text of the catalogues. English is complete; another language shows English for what it lacks. */
export type TextKey = keyof typeof en;

/** Whether there is a text with that name. */
export function isTextKey(name: string): name is TextKey {
  return Object.hasOwn(en, name);
}

/** The texts of one language, ICU MessageFormat by key. */
export type Catalogue = Partial<Record<TextKey, string>>;

/** What stands for `{name}` in a text. Text from outside must be made plain first (see `core/escape-markdown`). */
export type TextValues = Record<string, string | number>;

/** The text of a key in one language, with its values. */
export type Translate = ((key: TextKey, values?: TextValues) => string) & {
  /** The language of the texts, as a BCP 47 tag. */
  readonly language: string;
};

/** Languages by their tag in lower case; adding one is adding a file `<tag>.json` beside this one. */
export type Catalogues = ReadonlyMap<string, Catalogue>;

const FALLBACK = 'en';
/** `<` is a character like others: texts may hold `<administrator token>`. */
const WITHOUT_TAGS = { ignoreTag: true };

export interface Translations {
  /** The texts in the best language there is for a Mattermost locale or an `Accept-Language` header. */
  translatorFor(locale: string): Translate;
}

/** Formatters are made once per text and language and kept: a post is composed with about ten of them. */
export function createTranslations(catalogues: Catalogues): Translations {
  const translators = new Map<string, Translate>();
  const byLocale = new Map<string, Translate>();

  function translatorOf(language: string): Translate {
    const known = translators.get(language);
    if (known) return known;
    const messages: Record<string, string> = { ...en, ...catalogues.get(language) };
    const intl = createIntl({ locale: language, messages, onError: leaveAsItIs }, createIntlCache());
    const translate = (key: TextKey, values?: TextValues): string => {
      const text = messages[key] ?? key;
      // Most texts hold nothing to fill in.
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
      // The header is the browser's: anything may stand in it.
      if (byLocale.size < 1000) byLocale.set(locale, translator);
      return translator;
    },
  };
}

/**
 * The language among `available` (lower case) that fits a locale (`de-AT`) or an `Accept-Language` header
 * (RFC 9110 §12.5.4, RFC 4647 §3.4): by falling quality, each range cut from the right until it fits. English where none does.
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

/** The catalogues of a folder: every `<tag>.json` in it. */
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

/** The texts for a Mattermost locale or an `Accept-Language` header, from the catalogues of this folder. */
export const translatorFor = translations.translatorFor;

/** A text whose value is missing is shown with its mark, so that a test or a reader notices; nothing fails because of a word. */
function leaveAsItIs(): void {}
