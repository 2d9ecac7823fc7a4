import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import de from '../../webapp/src/i18n/de.json' with { type: 'json' };
import en from '../../webapp/src/i18n/en.json' with { type: 'json' };
import { translationsFor } from '../../webapp/src/translations.ts';

const source = fileURLToPath(new URL('../../webapp/src', import.meta.url));
const code = globSync('**/*.{ts,tsx}', { cwd: source })
  .map((path) => readFileSync(join(source, path), 'utf8'))
  .join('\n');

function placeholders(text: string): string[] {
  return [...text.matchAll(/(?<!(?:=\d|one|other) )\{(\w+)(?=[,}])/g)].map((match) => match[1] ?? '').sort();
}

test('English and German have the same keys with the same values in them', () => {
  assert.deepEqual(Object.keys(de).sort(), Object.keys(en).sort());
  for (const [key, text] of Object.entries(en)) {
    assert.deepEqual(placeholders((de as Record<string, string>)[key] ?? ''), placeholders(text), key);
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

test('a German locale reads German, every other one English', () => {
  assert.equal(translationsFor('de-AT'), de);
  assert.equal(translationsFor('fr'), en);
});
