import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { parseEnv } from 'node:util';
import { isAllowed, parseAllowList } from '../../../sidecar/src/admin/allow-list.ts';
import { createConnectedUsers } from '../../../sidecar/src/admin/connected-users.ts';
import { azurePlan, commandLine, filled } from '../../../sidecar/src/admin/setup/azure.ts';
import { readBundle } from '../../../sidecar/src/admin/setup/plugin-bundle.ts';
import { change } from '../../../sidecar/src/cli/settings-file.ts';

describe('the allow-list', () => {
  const parsed: Array<[what: string, text: string, emails: string[], errors: number[]]> = [
    ['one address a line', 'Ann@Example.com\n\nbob@example.com\n', ['ann@example.com', 'bob@example.com'], []],
    ['CSV with a column email', 'name,E-Mail\nAnn,"ann@example.com"\n', ['ann@example.com'], []],
    ['CSV of a German spreadsheet', '\uFEFFName;email\r\nAnn;ann@example.com\r\n', ['ann@example.com'], []],
    ['a quoted name with a comma in it', 'name,email\n"Lee, Ann",ann@example.com\n', ['ann@example.com'], []],
    ['quotes within a quoted name', 'name,email\n"Ann ""the"" Lee",ann@example.com\n', ['ann@example.com'], []],
    ['quotes within a bare name', 'name,email\nAnn "the" Lee,ann@example.com\n', ['ann@example.com'], []],
    ['a name of two lines', 'name,email\n"Lee\nAnn",ann@example.com\nx,bob\n', ['ann@example.com'], [4]],
    ['lines of different lengths', 'name,email\nAnn\nBob,bob@example.com,x\n', ['bob@example.com'], [2]],
    [
      'a quote that is never closed',
      'name,email\nBob,bob@example.com\n\n"Lee,ann@example.com\nEve,eve@example.com\n',
      ['bob@example.com'],
      [4],
    ],
    ['one address twice', 'ann@example.com\nANN@example.com', ['ann@example.com'], []],
    ['wrong lines, each named', 'ann@example.com\nAnn\n<ann@example.com>\n', ['ann@example.com'], [2, 3]],
    ['nothing', '', [], []],
  ];
  for (const [what, text, emails, errors] of parsed) {
    test(`reads ${what}`, () => {
      const list = parseAllowList(text);
      assert.deepEqual(list.emails, emails);
      assert.deepEqual(
        list.errors.map(({ line }) => line),
        errors,
      );
    });
  }

  test('admits everybody while it is empty, and nobody without an address afterwards', async () => {
    const list = (emails: string[]) => ({
      allowList: { count: async () => emails.length, has: async (email: string) => emails.includes(email) },
    });
    assert.equal(await isAllowed(list([]), null), true);
    assert.equal(await isAllowed(list(['ann@example.com']), 'ann@example.com'), true);
    assert.equal(await isAllowed(list(['ann@example.com']), 'bob@example.com'), false);
    assert.equal(await isAllowed(list(['ann@example.com']), null), false);
  });
});

test('the report is CSV with quoted cells, and no spreadsheet takes one for a formula', async () => {
  const row = {
    id: 'c1',
    userId: 'u1',
    accountName: 'Ann "the" Lee',
    accountAddress: '=HYPERLINK("x")',
    state: 'connected' as const,
    connectedAt: Date.UTC(2026, 0, 2),
    lastDeliveryAt: null,
    lastErrorAt: null,
    lastErrorCode: null,
  };
  const users = createConnectedUsers({
    reports: { connections: async () => ({ total: 1, rows: [row] }) },
    connections: { find: async () => null },
    disconnect: async () => false,
    searchUsers: async () => [],
    usersByIds: async () => [{ id: 'u1', username: '-ann' }],
    explain: () => '',
  });
  let report = '';
  for await (const part of users.report()) report += part;
  assert.deepEqual(report.split('\r\n'), [
    'mattermost_username,account_name,account,state,connected_at,last_delivery_at,last_error_at,last_error',
    `"'-ann","Ann ""the"" Lee","'=HYPERLINK(""x"")","connected","2026-01-02T00:00:00.000Z","","",""`,
    '',
  ]);
});

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

test('the settings file keeps what others wrote into it', () => {
  const text = '# ours\nexport A_B=1\nSECRET="x y"\n\nGONE=1\n';
  assert.equal(change(text, { A_B: '2', NEW: '3', GONE: null }), '# ours\nA_B=2\nSECRET="x y"\nNEW=3\n');
  for (const value of ['a#b', "it's", 'say "x"', ' spaces ', 'plain~._-']) {
    assert.equal(parseEnv(change('', { VALUE: value })).VALUE, value);
  }
});

describe('the app registration', () => {
  const wish = { sidecarUrl: 'https://sidecar.example', tenantFeed: false, forwardsFiles: false, name: 'Teams' };
  const plan = azurePlan(wish);

  test('asks for the delegated permissions and nothing else', () => {
    const names = plan.permissions.map(({ name, type }) => `${name} ${type}`);
    assert.deepEqual(names, ['User.Read Scope', 'Chat.Read Scope', 'Presence.Read Scope', 'offline_access Scope']);
    assert.equal(plan.redirectUrl, 'https://sidecar.example/oauth/callback');
    const forAll = azurePlan({ ...wish, tenantFeed: true });
    assert.deepEqual(
      forAll.permissions.filter(({ type }) => type === 'Role').map(({ name }) => name),
      ['Chat.Read.All', 'Presence.Read.All'],
    );
  });

  test('asks for the files that a user may read only when files are forwarded', () => {
    const { permissions, steps } = azurePlan({ ...wish, forwardsFiles: true });
    const files = permissions.filter(({ name }) => name === 'Files.Read.All');
    assert.deepEqual(files, [{ name: 'Files.Read.All', id: 'df85f4d6-205c-4ac5-a5ea-6bf408dba283', type: 'Scope' }]);
    assert.ok(steps.some(({ words }) => words.join(' ').includes('df85f4d6-205c-4ac5-a5ea-6bf408dba283')));
    assert.ok(!plan.permissions.some(({ name }) => name === 'Files.Read.All'));
  });

  test('is told as commands that a shell understands', () => {
    assert.equal(commandLine(['ad', 'x', `it's`]), `az ad x 'it'\\''s'`);
    assert.deepEqual(filled(['--id', '{clientId}', '{secret}'], { clientId: 'a' }), ['--id', 'a', '{secret}']);
  });
});
