import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';

const SIDECAR = fileURLToPath(new URL('../../../sidecar/src/', import.meta.url));

const catalogues = new Map(
  globSync('i18n/*.json', { cwd: SIDECAR }).map((path) => [
    basename(path, '.json'),
    JSON.parse(readFileSync(`${SIDECAR}${path}`, 'utf8')) as Record<string, string>,
  ]),
);
const english = catalogues.get('en') ?? {};

/** Names of the values of a text. */
function valuesOf(text: string): string[] {
  const names = new Set<string>();
  const visit = (elements: MessageFormatElement[]) => {
    for (const element of elements) {
      if (element.type === TYPE.literal || element.type === TYPE.pound) continue;
      names.add(element.value);
      if (element.type === TYPE.plural || element.type === TYPE.select) {
        for (const { value } of Object.values(element.options)) visit(value);
      }
    }
  };
  visit(parse(text, { ignoreTag: true }));
  return [...names].sort();
}

describe('the catalogues', () => {
  test('there are English and German', () => assert.deepEqual([...catalogues.keys()].sort(), ['de', 'en']));

  for (const [language, texts] of catalogues) {
    test(`${language} has the keys of English, in order`, () => {
      assert.deepEqual(Object.keys(texts), Object.keys(english).sort());
    });

    test(`${language} has the values of English in every text`, () => {
      for (const [key, text] of Object.entries(texts))
        assert.deepEqual(valuesOf(text), valuesOf(english[key] ?? ''), key);
    });
  }

  test('every text is used', () => {
    const code = globSync('**/*.ts', { cwd: SIDECAR })
      .map((path) => readFileSync(`${SIDECAR}${path}`, 'utf8'))
      .join('\n');
    // A key is written as it is, or as a template that begins with its namespace and has holes for the rest.
    const written = new Set([...code.matchAll(/'([\w.]+)'/g)].map(([, key]) => key ?? ''));
    const templates = [...code.matchAll(/`((?:[\w.]|\$\{[^}]*\})+)`/g)]
      .map(([, template]) => template ?? '')
      .filter((template) => /^[a-z]\w*\./i.test(template) && template.includes('${'))
      .map((template) => new RegExp(`^${template.replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '[\\w.]+')}$`));
    const unused = Object.keys(english).filter(
      (key) => !written.has(key) && !templates.some((template) => template.test(key)),
    );
    assert.deepEqual(unused, []);
  });
});
