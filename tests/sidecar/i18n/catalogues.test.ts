import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { CATALOGUES, placeholdersOf, SIDECAR } from './catalogues.ts';

const english = CATALOGUES.get('en') ?? {};

describe('the catalogues', () => {
  test('there are English and German', () => assert.deepEqual([...CATALOGUES.keys()], ['de', 'en']));

  for (const [language, texts] of CATALOGUES) {
    test(`${language} has the keys of English, in order`, () => {
      assert.deepEqual(Object.keys(texts), Object.keys(english).sort());
    });

    test(`${language} has the placeholders of English in every text`, () => {
      for (const [key, text] of Object.entries(texts))
        assert.deepEqual(placeholdersOf(text), placeholdersOf(english[key] ?? ''), key);
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
