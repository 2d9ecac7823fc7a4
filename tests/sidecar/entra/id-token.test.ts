import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { createLocalJWKSet, createRemoteJWKSet, customFetch, exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { ErrorCode } from '../../../sidecar/src/core/errors.ts';
import type { IdTokenExpectation } from '../../../sidecar/src/entra/id-token.ts';
import { verifyIdToken } from '../../../sidecar/src/entra/id-token.ts';

const TENANT = '11111111-aaaa-4bbb-8ccc-000000000001';
const CLIENT = '33333333-aaaa-4bbb-8ccc-000000000003';
const NOW = Date.UTC(2026, 10, 21, 10);
const SECONDS = NOW / 1000;
const GOOD = {
  iss: `https://login.example/${TENANT}/v2.0`,
  aud: CLIENT,
  tid: TENANT,
  oid: 'AAAAAAAA-0000-4000-8000-000000000001',
  nonce: 'the-nonce',
  name: 'Alice Adams',
  preferred_username: 'alice@example.com',
  iat: SECONDS,
  nbf: SECONDS,
  exp: SECONDS + 3600,
};

describe('the id token', () => {
  let expected: IdTokenExpectation;
  let sign: (claims: Record<string, unknown>, options?: { foreignKey?: boolean; kid?: string }) => Promise<string>;

  before(async () => {
    const [ours, theirs] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
    const jwk = { ...(await exportJWK(ours.publicKey)), kid: 'key-1', alg: 'RS256', use: 'sig' };
    sign = (claims, { foreignKey = false, kid = 'key-1' } = {}) =>
      new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign((foreignKey ? theirs : ours).privateKey);
    expected = {
      keys: createLocalJWKSet({ keys: [jwk] }),
      clientId: CLIENT,
      tenants: [TENANT],
      issuer: (tid) => `https://login.example/${tid}/v2.0`,
      nonce: 'the-nonce',
      now: NOW,
    };
  });

  async function refused(token: string | Promise<string>, code: ErrorCode, changed: Partial<IdTokenExpectation> = {}) {
    await assert.rejects(verifyIdToken(await token, { ...expected, ...changed }), { code });
  }

  test('is accepted when everything fits; ids come in lower case', async () => {
    assert.deepEqual(await verifyIdToken(await sign(GOOD), expected), {
      tid: TENANT,
      oid: 'aaaaaaaa-0000-4000-8000-000000000001',
      name: 'Alice Adams',
    });
  });

  test('is refused with another nonce or none', async () => {
    await refused(sign({ ...GOOD, nonce: 'forged' }), 'sign_in_failed');
    const { nonce: _nonce, ...without } = GOOD;
    await refused(sign(without), 'sign_in_failed');
  });

  test('is refused for another audience', async () => {
    await refused(sign({ ...GOOD, aud: '99999999-aaaa-4bbb-8ccc-000000000009' }), 'sign_in_failed');
  });

  test('of another organization is refused by its own name', async () => {
    const tid = '22222222-aaaa-4bbb-8ccc-000000000002';
    await refused(sign({ ...GOOD, tid, iss: `https://login.example/${tid}/v2.0` }), 'account_foreign_tenant');
  });

  test('is refused when the issuer is another one, even with the right tenant id', async () => {
    await refused(sign({ ...GOOD, iss: `https://evil.example/${TENANT}/v2.0` }), 'sign_in_failed');
    await refused(
      sign({ ...GOOD, iss: 'https://login.example/22222222-aaaa-4bbb-8ccc-000000000002/v2.0' }),
      'sign_in_failed',
    );
  });

  test('is refused outside its lifetime, with five minutes for the clocks', async () => {
    await verifyIdToken(await sign({ ...GOOD, exp: SECONDS - 240 }), expected);
    await refused(sign({ ...GOOD, exp: SECONDS - 360 }), 'sign_in_failed');
    await refused(sign({ ...GOOD, nbf: SECONDS + 360 }), 'sign_in_failed');
    const { exp: _exp, ...endless } = GOOD;
    await refused(sign(endless), 'sign_in_failed');
  });

  test('is refused with a tampered body, a foreign key, an unknown key or no signature', async () => {
    const [header, , signature] = (await sign(GOOD)).split('.');
    const body = Buffer.from(JSON.stringify({ ...GOOD, oid: 'another-account' })).toString('base64url');
    await refused(`${header}.${body}.${signature}`, 'sign_in_failed');
    await refused(sign(GOOD, { foreignKey: true }), 'sign_in_failed');
    await refused(sign(GOOD, { kid: 'key-2' }), 'sign_in_failed');
    const none = Buffer.from(JSON.stringify({ alg: 'none' })).toString('base64url');
    await refused(`${none}.${Buffer.from(JSON.stringify(GOOD)).toString('base64url')}.`, 'sign_in_failed');
    await refused('not a token', 'sign_in_failed');
  });

  test('is refused without an object id', async () => {
    const { oid: _oid, ...anonymous } = GOOD;
    await refused(sign(anonymous), 'sign_in_failed');
  });

  test('waits when the signing keys cannot be had', async () => {
    const keysThat = (answer: () => Promise<Response>) =>
      createRemoteJWKSet(new URL('https://login.example/keys'), { [customFetch]: answer });
    const token = sign(GOOD);
    const away = keysThat(() => Promise.reject(new TypeError('fetch failed')));
    await refused(token, 'microsoft_unavailable', { keys: away });
    const broken = keysThat(async () => new Response('busy', { status: 503 }));
    await refused(token, 'microsoft_unavailable', { keys: broken });
  });
});
