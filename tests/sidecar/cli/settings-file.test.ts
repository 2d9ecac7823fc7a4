import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseEnv } from 'node:util';
import { change } from '../../../sidecar/src/cli/settings-file.ts';

test('the settings file keeps other lines, and quotes values that need it', () => {
  const text = '# ours\nexport A_B=1\nSECRET="x y"\n\nGONE=1\n';
  assert.equal(change(text, { A_B: '2', NEW: '3', GONE: null }), '# ours\nA_B=2\nSECRET="x y"\nNEW=3\n');
  for (const value of ['a#b', "it's", 'say "x"', ' spaces ', 'plain~._-']) {
    assert.equal(parseEnv(change('', { VALUE: value })).VALUE, value);
  }
});
