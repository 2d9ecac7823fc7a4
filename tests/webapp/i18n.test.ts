import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { readCatalogues, translationsFor } from '../../webapp/src/translations.ts';

type Texts = Record<string, string>;

const source = fileURLToPath(new URL('../../webapp/src', import.meta.url));
const code = globSync('**/*.{ts,tsx}', { cwd: source })
  .map((path) => readFileSync(join(source, path), 'utf8'))
  .join('\n');
const catalogues = new Map(
  globSync('i18n/*.json', { cwd: source }).map((path) => [
    basename(path, '.json'),
    JSON.parse(readFileSync(join(source, path), 'utf8')) as Texts,
  ]),
);
const en = catalogues.get('en') ?? {};
const de = catalogues.get('de') ?? {};

function placeholders(text: string): string[] {
  return [...text.matchAll(/(?<!(?:=\d|one|other) )\{(\w+)(?=[,}])/g)].map((match) => match[1] ?? '').sort();
}

test('every language has the keys of English with the same values in them', () => {
  assert.ok(Object.keys(en).length > 0);
  for (const [language, texts] of catalogues) {
    assert.deepEqual(Object.keys(texts).sort(), Object.keys(en).sort(), language);
    for (const [key, text] of Object.entries(texts)) {
      assert.deepEqual(placeholders(text), placeholders(en[key] ?? ''), `${language} ${key}`);
    }
  }
});

test('every key is used, and every key that is used exists', () => {
  const used = [...code.matchAll(/msteams_connect\.[a-z_.A-Z]+[a-zA-Z]/g)].map(([key]) => key);
  const families = [...code.matchAll(/`(msteams_connect\.[a-z.]+\.)\$\{/g)].map((match) => match[1] ?? '');
  const isUsed = (key: string) => used.includes(key) || families.some((family) => key.startsWith(family));
  assert.deepEqual(
    Object.keys(en).filter((key) => !isUsed(key)),
    [],
  );
  const exists = (key: string) => key in en || families.some((family) => family.startsWith(`${key}.`));
  assert.deepEqual(
    used.filter((key) => !exists(key)),
    [],
  );
});

test('a locale reads the catalogue that fits, every other one English', () => {
  for (const locale of ['de', 'de-AT', 'DE']) assert.deepEqual(translationsFor(locale), de, locale);
  for (const locale of ['en', 'en-AU', 'fr', 'den', '']) assert.deepEqual(translationsFor(locale), en, locale);
});

test('a further file is a further language; English stands for what it lacks', () => {
  const three = readCatalogues({
    './i18n/en.json': { hello: 'Hello', bye: 'Bye' },
    './i18n/de.json': { hello: 'Hallo', bye: 'Tschüss' },
    './i18n/pt-BR.json': { hello: 'Olá' },
  });
  assert.deepEqual(translationsFor('pt-BR', three), { hello: 'Olá', bye: 'Bye' });
  assert.deepEqual(translationsFor('pt', three), { hello: 'Hello', bye: 'Bye' });
  assert.deepEqual(translationsFor('de-CH', three), { hello: 'Hallo', bye: 'Tschüss' });
});
