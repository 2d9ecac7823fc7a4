/** The languages that are complete. Others fall back to English. */
export type Language = 'en' | 'de';

/** The texts of one feature: every key in every language, or it does not compile. `{name}` marks a value. */
export type Catalogue<Key extends string> = Record<Language, Record<Key, string>>;

/** The language for a Mattermost locale such as `de`, `de-AT` or `fr`. */
export function languageOf(locale: string): Language {
  return locale.toLowerCase().startsWith('de') ? 'de' : 'en';
}

/** Fills `{name}` marks; a mark without a value stays visible, so that a test or a reader notices. */
export function fill(text: string, values: Record<string, string | number> = {}): string {
  return text.replace(/\{(\w+)\}/g, (mark, name: string) => (name in values ? String(values[name]) : mark));
}
