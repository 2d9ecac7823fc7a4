import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { promisify } from 'node:util';
import { keyFile } from '../../../sidecar/src/config/key-file.ts';

const MODULE = new URL('../../../sidecar/src/config/key-file.ts', import.meta.url).href;
/** Waits for a common instant, so that all of them find no file. */
const SCRIPT = `
  const { keysFrom } = await import(${JSON.stringify(MODULE)});
  while (Date.now() < Number(process.argv[2]));
  console.log(keysFrom(process.argv[1])[0]?.key.toString('base64') ?? 'none');
`;

describe('the key of a first start', () => {
  test('is the same for processes that start at once over one directory', async (t) => {
    const dataDir = mkdtempSync(join(tmpdir(), 'keys-'));
    t.after(() => rmSync(dataDir, { recursive: true }));
    const at = String(Date.now() + 1_500);
    const start = () => promisify(execFile)(process.execPath, ['--input-type=module', '-e', SCRIPT, dataDir, at]);
    const keys = (await Promise.all(Array.from({ length: 6 }, start))).map(({ stdout }) => stdout.trim());
    assert.equal(new Set(keys).size, 1);
    assert.equal(Buffer.from(keys[0] ?? '', 'base64').length, 32);
    assert.deepEqual(readdirSync(dataDir), ['encryption.key']);
    assert.equal(statSync(keyFile(dataDir)).mode & 0o777, 0o600);
  });
});
