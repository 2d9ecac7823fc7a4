import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from '../../../sidecar/src/commands/parse.ts';
import { PHRASES } from '../../../sidecar/src/commands/table.ts';

test('every phrase is understood, in any case and with any spaces', () => {
  for (const phrase of PHRASES) {
    assert.deepEqual(parse(phrase), { phrase });
    assert.deepEqual(parse(`  ${phrase.toUpperCase().replace(' ', ' \t ')}\n`), { phrase });
  }
});

test('nothing at all means help', () => {
  assert.deepEqual(parse(''), { phrase: 'help' });
  assert.deepEqual(parse('   '), { phrase: 'help' });
});

const NEAREST: Array<[string, string | null]> = [
  ['conect', 'connect'],
  ['disconect', 'disconnect'],
  ['stats', 'status'],
  ['notification', 'notifications'],
  ['notifications onn', 'notifications on'],
  ['notificatons toggel', 'notifications toggle'],
  ['connect now', 'connect'],
  ['xyz', null],
  ['on', null],
  ['😀', null],
];

for (const [words, nearest] of NEAREST) {
  test(`"${words}" is nearest to ${nearest ?? 'nothing'}`, () => {
    assert.deepEqual(parse(words), { unknown: words, nearest });
  });
}

test('endless words are cut', () => {
  const parsed = parse('x'.repeat(10_000));
  assert.ok('unknown' in parsed);
  assert.equal(parsed.unknown.length, 40);
});
