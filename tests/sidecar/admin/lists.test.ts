import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { parseEnv } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import { isAllowed, parseAllowList } from '../../../sidecar/src/admin/allow-list.ts';
import { createConnectedUsers } from '../../../sidecar/src/admin/connected-users.ts';
import { azurePlan, commandLine, filled } from '../../../sidecar/src/admin/setup/azure.ts';
import { readBundle, withSidecarUrl } from '../../../sidecar/src/admin/setup/plugin-bundle.ts';
import { change } from '../../../sidecar/src/cli/settings-file.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';

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
  /** A tar archive by hand: header block, content, padding, two empty blocks. */
  function tar(files: Record<string, string>): Buffer {
    const blocks = Object.entries(files).flatMap(([name, content]) => {
      const header = Buffer.alloc(512);
      header.write(name);
      header.write(content.length.toString(8).padStart(11, '0'), 124);
      header.write('ustar', 257);
      header.fill(' ', 148, 156);
      header.write(
        header
          .reduce((sum, byte) => sum + byte, 0)
          .toString(8)
          .padStart(6, '0'),
        148,
      );
      return [header, Buffer.from(content), Buffer.alloc((512 - (content.length % 512)) % 512)];
    });
    return Buffer.concat([...blocks, Buffer.alloc(1024)]);
  }

  test('gets the address into its manifest, and its other files stay as they are', () => {
    const manifest = JSON.stringify({ id: 'ours', version: '1.2.3', props: { other: 1 } });
    const packed = gzipSync(tar({ 'ours/plugin.json': manifest, 'ours/main.js': 'x'.repeat(700) }));
    const changed = withSidecarUrl(packed, 'https://sidecar.example');
    assert.equal(readBundle(changed).version, '1.2.3');
    const bytes = gunzipSync(changed);
    assert.match(bytes.toString(), /"other": 1,\n {4}"sidecar_url": "https:\/\/sidecar\.example"/);
    assert.match(bytes.toString(), /x{700}/);
    const sum = Number.parseInt(bytes.subarray(148, 154).toString(), 8);
    const header = Buffer.from(bytes.subarray(0, 512)).fill(' ', 148, 156);
    assert.equal(
      header.reduce((total, byte) => total + byte, 0),
      sum,
    );
    assert.equal(bytes.length % 512, 0);
  });

  test('is refused when it is something else', () => {
    const isRefusal = (error: unknown) => error instanceof AppError && error.code === 'bad_request';
    assert.throws(() => readBundle(Buffer.from('no archive')), isRefusal);
    assert.throws(() => readBundle(gzipSync(tar({ 'readme.txt': 'hello' }))), isRefusal);
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
