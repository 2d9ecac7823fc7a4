import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, type TestContext, test } from 'node:test';
import { withSettings } from '../../../scripts/docs.ts';
import { readEnv } from '../../../sidecar/src/config/config.ts';
import { processEnv } from '../../../sidecar/src/config/environment.ts';
import { SETTING_NAMES, settingOf } from '../../../sidecar/src/config/settings.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';

const COMPLETE = {
  MATTERMOST_URL: 'https://mattermost.example/',
  MATTERMOST_BOT_TOKEN: 'token',
  MATTERMOST_COMMAND_TOKEN: 'abcdefghijklmnopqrstuvwxyz',
  MICROSOFT_TENANT_ID: '11111111-AAAA-4bbb-8ccc-000000000001',
  MICROSOFT_CLIENT_ID: '33333333-aaaa-4bbb-8ccc-000000000003',
  MICROSOFT_CLIENT_SECRET: 'secret',
  PUBLIC_URL: 'https://sidecar.example',
};

/** The problems that the environment is refused with, one per line. */
function problemsOf(env: Record<string, string | undefined>): string[] {
  try {
    readEnv(env);
    return [];
  } catch (error) {
    assert.ok(error instanceof AppError && error.code === 'config_invalid');
    return error.message.split('\n  ').slice(1);
  }
}

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'settings-'));
  t.after(() => rmSync(folder, { recursive: true }));
  return folder;
}

describe('the table of settings', () => {
  test('is what docs/operations.md shows (npm run docs writes it)', () => {
    const page = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
    assert.equal(page, withSettings(page));
  });

  test('has keys that Mattermost can store: lower case, each once', () => {
    const keys = SETTING_NAMES.map((name) => settingOf(name).key).filter((key) => key !== null);
    assert.equal(new Set(keys).size, keys.length);
    for (const key of keys) assert.match(key, /^[a-z][a-z_]*$/);
  });

  test('describes each setting in a sentence of one line', () => {
    for (const name of SETTING_NAMES) assert.match(settingOf(name).help, /^(?!.*[|\n]).+[.…]$/u, name);
  });
});

describe('the environment', () => {
  test('fills in the defaults', () => {
    const config = readEnv(COMPLETE);
    assert.deepEqual(
      [config.host, config.port, config.dataDir, config.feed, config.logLevel, config.leaseMs],
      ['127.0.0.1', 8066, './data', 'personal', 'info', 30_000],
    );
    assert.deepEqual(
      [config.databaseUrl, config.encryptionKeys, config.maxConnections, config.metricsToken, config.forwardFilesUpTo],
      [null, null, null, null, null],
    );
    assert.deepEqual(
      [config.mattermost.url, config.mattermost.internalUrl, config.microsoft.tenantId],
      ['https://mattermost.example', 'https://mattermost.example', '11111111-aaaa-4bbb-8ccc-000000000001'],
    );
  });

  test('is refused with every problem at once', () => {
    assert.deepEqual(
      problemsOf({
        ...COMPLETE,
        MATTERMOST_URL: undefined,
        MATTERMOST_BOT_TOKEN: ' ',
        MICROSOFT_TENANT_ID: 'contoso.com',
        PUBLIC_URL: 'http://sidecar.example',
        PORT: '0',
        LOG_LEVEL: 'loud',
        FORWARD_FILES: 'yes',
        ENCRYPTION_KEYS: 'k1:short',
      }),
      [
        'MATTERMOST_URL: missing. Set it to an absolute URL.',
        'MATTERMOST_BOT_TOKEN: missing. Set it to a value.',
        'MICROSOFT_TENANT_ID: not the directory (tenant) id, a GUID.',
        'FORWARD_FILES: "yes" is not one of true, false.',
        'ENCRYPTION_KEYS: write id:base64 with 32 bytes each (openssl rand -base64 32), separated by commas.',
        'PUBLIC_URL: must start with https://, Microsoft delivers nowhere else.',
        'PORT: not a whole number between 1 and 65535.',
        'LOG_LEVEL: "loud" is not one of debug, info, warn, error.',
      ],
    );
  });

  test('is refused with a misspelt name, and the nearest one is named', () => {
    assert.deepEqual(
      problemsOf({ ...COMPLETE, MATERMOST_URL: 'x', MICROSOFT_CLIENT_SECRETS: 'x', FORWARD_FILE: 'true' }),
      [
        'MICROSOFT_CLIENT_SECRETS: there is no such setting. The nearest name is MICROSOFT_CLIENT_SECRET.',
        'FORWARD_FILE: there is no such setting. The nearest name is FORWARD_FILES.',
      ],
    );
    assert.deepEqual(problemsOf({ ...COMPLETE, MICROSOFT_CLIENT_KEY: 'pem' }), [
      'MICROSOFT_CLIENT_KEY: there is no such setting. The nearest name is MICROSOFT_CLIENT_KEY_FILE.',
    ]);
  });

  test('takes secrets from files, and only one of the two ways', (t) => {
    const path = join(folderOf(t), 'token');
    writeFileSync(path, 'from a file\n');
    const { MATTERMOST_BOT_TOKEN: _, ...others } = COMPLETE;
    assert.equal(readEnv({ ...others, MATTERMOST_BOT_TOKEN_FILE: path }).mattermost.botToken, 'from a file');
    assert.deepEqual(problemsOf({ ...COMPLETE, MATTERMOST_BOT_TOKEN_FILE: path }), [
      'MATTERMOST_BOT_TOKEN: set both directly and by MATTERMOST_BOT_TOKEN_FILE. Keep one.',
    ]);
    assert.ok(
      problemsOf({ ...others, MATTERMOST_BOT_TOKEN_FILE: `${path}.gone` }).includes(
        `MATTERMOST_BOT_TOKEN_FILE: the file ${path}.gone cannot be read.`,
      ),
    );
    assert.match(
      problemsOf({ ...COMPLETE, MATTERMOST_URL_FILE: path }).join(),
      /MATTERMOST_URL_FILE: there is no such/,
    );
  });

  test('reads keys, sizes and lists', () => {
    const key = Buffer.alloc(32, 7);
    const config = readEnv({
      ...COMPLETE,
      ENCRYPTION_KEYS: `k2:${key.toString('base64')}, k1:${key.toString('base64')}`,
      FORWARD_FILES: 'true',
      FORWARD_FILES_MAX_MB: '3',
    });
    assert.deepEqual(config.encryptionKeys, [
      { id: 'k2', key },
      { id: 'k1', key },
    ]);
    assert.equal(config.forwardFilesUpTo, 3 * 1024 * 1024);
  });

  test('goes before the settings of a file', (t) => {
    const path = join(folderOf(t), 'settings.env');
    writeFileSync(path, 'PATH=/nowhere\nMSTEAMS_CONNECT_TEST=from the file\n');
    const env = processEnv(path);
    assert.deepEqual([env.PATH, env.MSTEAMS_CONNECT_TEST], [process.env.PATH, 'from the file']);
    assert.throws(() => processEnv(`${path}.gone`), { code: 'config_invalid' });
  });
});
