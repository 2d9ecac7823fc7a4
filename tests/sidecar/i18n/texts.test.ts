import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { TextKey } from '../../../sidecar/src/i18n/translate.ts';
import { translatorFor } from '../../../sidecar/src/i18n/translate.ts';
import { CATALOGUES, placeholdersOf } from './catalogues.ts';

/**
 * Every text as a reader sees it, with sample values: a name for each placeholder, and 1, 2 and 1234 where the text depends on a number.
 * After a wanted change: `node --test --test-update-snapshots tests/sidecar/i18n/texts.test.ts`, then read the difference.
 */
for (const [language, texts] of CATALOGUES) {
  test(`the texts in ${language} are the known ones`, (t) => {
    const translate = translatorFor(language);
    const lines = Object.entries(texts).flatMap(([key, text]) => {
      const placeholders = placeholdersOf(text);
      const numbers = placeholders.some(({ isNumber }) => isNumber) ? [1, 2, 1234] : [0];
      return numbers.map((number) => {
        const values = Object.fromEntries(
          placeholders.map(({ name, isNumber }) => [name, isNumber ? number : `‹${name}›`]),
        );
        return `${key}${numbers.length > 1 ? ` [${number}]` : ''}: ${translate(key as TextKey, values)}`;
      });
    });
    t.assert.fileSnapshot(lines.join('\n'), fileURLToPath(new URL(`texts.${language}.txt`, import.meta.url)), {
      serializers: [String],
    });
  });
}
