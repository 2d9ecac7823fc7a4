import { globSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type MessageFormatElement, parse, TYPE } from '@formatjs/icu-messageformat-parser';

export const SIDECAR = fileURLToPath(new URL('../../../sidecar/src/', import.meta.url));

/** The texts of every language, by its tag. */
export const CATALOGUES: ReadonlyMap<string, Record<string, string>> = new Map(
  globSync('i18n/*.json', { cwd: SIDECAR })
    .sort()
    .map((path) => [
      basename(path, '.json'),
      JSON.parse(readFileSync(`${SIDECAR}${path}`, 'utf8')) as Record<string, string>,
    ]),
);

/** The placeholders of a text: their names in order, and whether each takes a number. */
export function placeholdersOf(text: string): Array<{ name: string; isNumber: boolean }> {
  const found = new Map<string, boolean>();
  const visit = (elements: MessageFormatElement[]) => {
    for (const element of elements) {
      if (element.type === TYPE.literal || element.type === TYPE.pound) continue;
      found.set(element.value, element.type === TYPE.plural || element.type === TYPE.number);
      if (element.type === TYPE.plural || element.type === TYPE.select) {
        for (const { value } of Object.values(element.options)) visit(value);
      }
    }
  };
  visit(parse(text, { ignoreTag: true }));
  return [...found].sort(([one], [other]) => (one < other ? -1 : 1)).map(([name, isNumber]) => ({ name, isNumber }));
}
