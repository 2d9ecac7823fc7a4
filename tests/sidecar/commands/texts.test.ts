import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { SETTINGS_TEXTS } from '../../../sidecar/src/commands/settings-texts.ts';
import { TEXTS } from '../../../sidecar/src/commands/texts.ts';
import { asErrorCode, explain, problemOf } from '../../../sidecar/src/commands/user-errors.ts';
import type { ErrorCode } from '../../../sidecar/src/core/errors.ts';
import { HTTP_STATUS } from '../../../sidecar/src/core/errors.ts';
import { NOW } from '../../support/clock.ts';
import { connectionOf } from './commands-in-memory.ts';

const FOLDER = new URL('../../../sidecar/src/commands/', import.meta.url);

test('every text is used, and the languages take the same values', async () => {
  const files = (await readdir(FOLDER)).filter((name) => !name.endsWith('texts.ts'));
  const sources = await Promise.all(files.map((name) => readFile(new URL(name, FOLDER), 'utf8')));
  const families = sources.flatMap((source) => [...source.matchAll(/`([a-z]+_)\$\{|`\$\{\w+\}(_[a-z]+)`/gi)]);
  const isUsed = (key: string) =>
    sources.some((source) => source.includes(`'${key}'`) || source.includes(`\`${key.split('_')[0]}_\${`)) ||
    families.some(([, start, end]) => (start && key.startsWith(start)) || (end && key.endsWith(end)));
  const marks = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(String).sort();
  const german: Record<string, string> = { ...TEXTS.de, ...SETTINGS_TEXTS.de };
  for (const [key, text] of Object.entries({ ...TEXTS.en, ...SETTINGS_TEXTS.en })) {
    assert.ok(isUsed(key), `${key} is not used`);
    assert.deepEqual(marks(german[key] ?? ''), marks(text), key);
  }
});

test('every failure has a sentence in both languages', () => {
  for (const code of Object.keys(HTTP_STATUS) as ErrorCode[]) {
    assert.match(explain(code, 'en'), /^[A-Z].{20,}\.$/, code);
    assert.match(explain(code, 'de'), /^[A-ZÄÖÜ].{20,}\.$/, code);
    assert.notEqual(explain(code, 'en'), explain(code, 'de'));
  }
});

test('the problem of a connection is its dead sign-in, else an error after the last delivery', () => {
  const error = { lastErrorCode: 'microsoft_quota', lastErrorAt: NOW };
  assert.equal(problemOf(connectionOf()), null);
  assert.equal(problemOf(connectionOf({ ...error, state: 'reconnect' })), 'reconnect_needed');
  assert.equal(problemOf(connectionOf(error)), 'microsoft_quota');
  assert.equal(problemOf(connectionOf({ ...error, lastDeliveryAt: NOW - 1 })), 'microsoft_quota');
  assert.equal(problemOf(connectionOf({ ...error, lastDeliveryAt: NOW + 1 })), null);
});

test('a code of another version counts as internal', () => {
  assert.equal(asErrorCode('microsoft_quota'), 'microsoft_quota');
  assert.equal(asErrorCode('constructor'), 'internal');
});
