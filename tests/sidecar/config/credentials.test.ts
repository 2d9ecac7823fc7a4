import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readEnv } from '../../../sidecar/src/config/config.ts';
import { AppError } from '../../../sidecar/src/core/errors.ts';

const TENANT = '11111111-aaaa-4bbb-8ccc-000000000001';
const OTHER = '22222222-AAAA-4bbb-8ccc-000000000002';
const GOOD = {
  MATTERMOST_URL: 'https://mattermost.example',
  MATTERMOST_BOT_TOKEN: 'token',
  MATTERMOST_COMMAND_TOKEN: 'abcdefghijklmnopqrstuvwxyz',
  MICROSOFT_TENANT_ID: TENANT,
  MICROSOFT_CLIENT_ID: '33333333-aaaa-4bbb-8ccc-000000000003',
  MICROSOFT_CLIENT_SECRET: 'secret',
  PUBLIC_URL: 'https://sidecar.example',
};

function refused(env: Record<string, string>, sentence: RegExp): void {
  const isRefused = (error: unknown) =>
    error instanceof AppError && error.code === 'config_invalid' && sentence.test(error.message);
  assert.throws(() => readEnv({ ...GOOD, ...env }), isRefused);
}

describe('the settings of accounts', () => {
  test('default to one tenant, the same address, one credential, no alert users and no proxy', () => {
    const { microsoft, mattermost, accountMatch, alertUsers, proxy } = readEnv(GOOD);
    assert.deepEqual(microsoft.allowedTenants, [TENANT]);
    assert.deepEqual(microsoft.credentials, [{ secret: 'secret' }]);
    assert.deepEqual([accountMatch, mattermost.oauth, alertUsers, proxy], ['email', null, [], null]);
  });

  test('ACCOUNT_MATCH=any requires the OAuth application that proves the session', () => {
    refused({ ACCOUNT_MATCH: 'any' }, /MATTERMOST_OAUTH_CLIENT_ID/);
    refused({ ACCOUNT_MATCH: 'any', MATTERMOST_OAUTH_CLIENT_ID: 'id' }, /MATTERMOST_OAUTH_CLIENT_SECRET/);
    const oauth = { MATTERMOST_OAUTH_CLIENT_ID: 'id', MATTERMOST_OAUTH_CLIENT_SECRET: 'hush' };
    const { accountMatch, mattermost } = readEnv({ ...GOOD, ACCOUNT_MATCH: 'any', ...oauth });
    assert.deepEqual([accountMatch, mattermost.oauth], ['any', { clientId: 'id', clientSecret: 'hush' }]);
  });

  test('the next credential may be a secret or a complete certificate', () => {
    const folder = mkdtempSync(join(tmpdir(), 'config-'));
    try {
      const [certificate, key] = [join(folder, 'c.pem'), join(folder, 'k.pem')];
      writeFileSync(certificate, 'certificate');
      writeFileSync(key, 'key');
      const next = { MICROSOFT_CLIENT_CERTIFICATE_NEXT_FILE: certificate, MICROSOFT_CLIENT_KEY_NEXT_FILE: key };
      assert.deepEqual(readEnv({ ...GOOD, ...next }).microsoft.credentials, [
        { secret: 'secret' },
        { certificatePem: 'certificate', keyPem: 'key' },
      ]);
      assert.deepEqual(readEnv({ ...GOOD, MICROSOFT_CLIENT_SECRET_NEXT: 'next' }).microsoft.credentials[1], {
        secret: 'next',
      });
      refused({ MICROSOFT_CLIENT_CERTIFICATE_NEXT_FILE: certificate }, /MICROSOFT_CLIENT_KEY_NEXT_FILE/);
      refused({ ...next, MICROSOFT_CLIENT_SECRET_NEXT: 'next' }, /Keep one of the two/);
      const { MICROSOFT_CLIENT_SECRET: _secret, ...without } = GOOD;
      assert.throws(() => readEnv({ ...without, MICROSOFT_CLIENT_SECRET_NEXT: 'next' }), { code: 'config_invalid' });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('tenants, names and proxies are lists', () => {
    const { microsoft, alertUsers, proxy } = readEnv({
      ...GOOD,
      MICROSOFT_ALLOWED_TENANTS: `${TENANT}, ${OTHER},${OTHER}`,
      ALERT_USERS: '@Ann, bob',
      https_proxy: 'http://proxy.example:3128',
      NO_PROXY: 'mattermost.example',
    });
    assert.deepEqual(microsoft.allowedTenants, [TENANT, OTHER.toLowerCase()]);
    assert.deepEqual(alertUsers, ['ann', 'bob']);
    assert.deepEqual(proxy, { http: null, https: 'http://proxy.example:3128', no: 'mattermost.example' });
    refused({ MICROSOFT_ALLOWED_TENANTS: 'contoso.com' }, /MICROSOFT_ALLOWED_TENANTS/);
    refused({ ALERT_USERS: 'ann@example.com' }, /ALERT_USERS/);
    refused({ ALERT_USER: 'ann' }, /ALERT_USER: there is no such setting/);
  });
});
