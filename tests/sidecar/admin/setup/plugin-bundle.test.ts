import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { readBundle } from '../../../../sidecar/src/admin/setup/plugin-bundle.ts';

describe('the packed plugin', () => {
  const URL_OF_SIDECAR = 'https://sidecar.example';

  /** Packs and unpacks with the system's tar, as Mattermost's own tools and administrators do. */
  function folderOf(t: TestContext) {
    const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
    t.after(() => rmSync(folder, { recursive: true }));
    return {
      pack: (files: Record<string, string>): Buffer => {
        for (const [path, content] of Object.entries(files)) {
          mkdirSync(join(folder, dirname(path)), { recursive: true });
          writeFileSync(join(folder, path), content, { mode: path.endsWith('.sh') ? 0o755 : 0o644 });
        }
        return execFileSync('tar', ['-czf', '-', '-C', folder, ...new Set(Object.keys(files).map(top))]);
      },
      list: (archive: Buffer) => execFileSync('tar', ['-tvzf', '-'], { input: archive, encoding: 'utf8' }),
      read: (archive: Buffer, path: string) =>
        execFileSync('tar', ['-xzOf', '-', path], { input: archive, encoding: 'utf8' }),
    };
  }

  const top = (path: string) => path.split('/')[0] ?? path;

  test('gets the address into its manifest, and its other files stay as they are', async (t) => {
    const { pack, list, read } = folderOf(t);
    const manifest = JSON.stringify({ id: 'ours', version: '1.2.3', props: { other: 1 } });
    const deep = `ours/${'long-name/'.repeat(15)}main.js`;
    const packed = pack({ 'ours/plugin.json': manifest, [deep]: 'x'.repeat(700), 'ours/server.sh': '#!/bin/sh\n' });
    const { id, version, archive } = await readBundle(packed, URL_OF_SIDECAR);
    assert.deepEqual([id, version], ['ours', '1.2.3']);
    assert.deepEqual(JSON.parse(read(archive, 'ours/plugin.json')), {
      id: 'ours',
      version: '1.2.3',
      props: { other: 1, sidecar_url: URL_OF_SIDECAR },
    });
    assert.equal(read(archive, deep), 'x'.repeat(700));
    assert.match(list(archive), /^-rwxr-xr-x .* ours\/server\.sh$/m);
    assert.equal(list(archive).split('\n').length, list(packed).split('\n').length);
    assert.deepEqual((await readBundle(packed, URL_OF_SIDECAR)).archive, archive);
  });

  test('is refused when it is something else', async (t) => {
    const { pack } = folderOf(t);
    const refused = { name: 'AppError', code: 'bad_request' };
    await assert.rejects(readBundle(Buffer.from('no archive'), URL_OF_SIDECAR), refused);
    await assert.rejects(readBundle(pack({ 'readme.txt': 'hello' }), URL_OF_SIDECAR), refused);
    await assert.rejects(readBundle(pack({ 'plugin.json': '{' }), URL_OF_SIDECAR), refused);
  });
});
