import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { InteractionRequiredAuthError, type ServerError } from '@azure/msal-node';
import { createLocalJWKSet, decodeJwt, type JSONWebKeySet, jwtVerify } from 'jose';
import { ALICE, ANN, CLIENT_ID, CLIENT_SECRET, CONTOSO } from '../../../playground/sample.ts';
import {
  createEncryptionKey,
  createMsal,
  type MicrosoftEmulator,
  REDIRECT_URI,
  SCOPES,
  signIn,
  startMicrosoftEmulator,
  toAuthorizeUrl,
  walk,
} from '../../support/microsoft-emulator.ts';

const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM';
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk';

describe('Entra', () => {
  let emulator: MicrosoftEmulator;
  before(async () => {
    emulator = await startMicrosoftEmulator();
  });
  after(() => emulator.close());

  const authorizeUrl = () => toAuthorizeUrl({ code_challenge: CHALLENGE });

  function token(form: Record<string, string>) {
    const credentials = { client_id: CLIENT_ID, client_secret: CLIENT_SECRET };
    return emulator.call<{
      error: string;
      error_codes: number[];
      suberror?: string;
      refresh_token: string;
      access_token: string;
      error_description: string;
    }>('POST', `/${CONTOSO}/oauth2/v2.0/token`, { form: { ...credentials, ...form } });
  }

  async function newCode(oid = ALICE.oid): Promise<string> {
    return (await walk(emulator, authorizeUrl(), { oid })).searchParams.get('code') ?? '';
  }

  function redeem(code: string, change: Record<string, string> = {}) {
    return token({
      grant_type: 'authorization_code',
      code,
      redirect_uri: REDIRECT_URI,
      code_verifier: VERIFIER,
      ...change,
    });
  }

  test('msal-node signs a person in with PKCE and nonce, and refreshes silently', async () => {
    const { msal, result, back } = await signIn(emulator, ALICE.oid);
    assert.equal(back.searchParams.get('state'), 'the-state');
    assert.equal(result.account?.homeAccountId, `${ALICE.oid}.${CONTOSO}`);
    assert.equal(result.account?.username, ALICE.mail);
    assert.deepEqual(result.scopes.filter((scope) => SCOPES.includes(scope)).sort(), [...SCOPES].sort());
    assert.ok(result.account);
    const silent = await msal.acquireTokenSilent({ account: result.account, scopes: SCOPES, forceRefresh: true });
    assert.notEqual(silent.accessToken, result.accessToken);
    assert.equal((await emulator.call('GET', '/v1.0/me', { token: silent.accessToken })).json.id, ALICE.oid);
  });

  test('the id token is signed with a published key and names app, issuer and nonce', async () => {
    const { result } = await signIn(emulator, ANN.oid);
    const jwks = await emulator.call<JSONWebKeySet>('GET', '/common/discovery/v2.0/keys');
    const { payload } = await jwtVerify(result.idToken, createLocalJWKSet(jwks.json), {
      issuer: `${emulator.microsoft.url}/${CONTOSO}/v2.0`,
      audience: CLIENT_ID,
    });
    assert.deepEqual([payload.oid, payload.tid, payload.nonce], [ANN.oid, CONTOSO, 'the-nonce']);
  });

  test('msal-node gets an app token by secret and by certificate', async () => {
    const scopes = ['https://graph.microsoft.com/.default'];
    const bySecret = await createMsal(emulator).acquireTokenByClientCredential({ scopes });
    assert.ok((decodeJwt(bySecret?.accessToken ?? '').roles as string[]).includes('Chat.Read.All'));
    const made = await createEncryptionKey();
    const thumbprintSha256 = new X509Certificate(made.pem).fingerprint256.replaceAll(':', '');
    const byCertificate = () =>
      createMsal(emulator, {
        clientCertificate: { thumbprintSha256, privateKey: made.privateKey },
      }).acquireTokenByClientCredential({ scopes });
    await assert.rejects(
      byCertificate,
      (error: ServerError) => error.errorCode === 'invalid_client' && error.message.includes('AADSTS700027'),
    );
    await emulator.control('POST', '/app/certificates', { pem: made.pem });
    assert.ok((await byCertificate())?.accessToken);
  });

  test('a wrong secret is 401 invalid_client 7000215, none is 7000218', async () => {
    const wrong = await token({
      grant_type: 'client_credentials',
      scope: 'https://graph.microsoft.com/.default',
      client_secret: 'no',
    });
    assert.deepEqual([wrong.status, wrong.json.error, wrong.json.error_codes], [401, 'invalid_client', [7000215]]);
    assert.match(
      wrong.json.error_description,
      /^AADSTS7000215: .*\r\nTrace ID: .*\r\nCorrelation ID: .*\r\nTimestamp: /,
    );
    const form = {
      grant_type: 'client_credentials',
      client_id: CLIENT_ID,
      scope: 'https://graph.microsoft.com/.default',
    };
    const none = await emulator.call<{ error_codes: number[] }>('POST', `/${CONTOSO}/oauth2/v2.0/token`, { form });
    assert.deepEqual([none.status, none.json.error_codes], [401, [7000218]]);
  });

  test('a code works once', async () => {
    const code = await newCode();
    assert.equal((await redeem(code)).status, 200);
    assert.deepEqual((await redeem(code)).json.error_codes, [54005]);
  });

  for (const [what, change, code] of [
    ['another verifier', { code_verifier: `${VERIFIER}x` }, 501481],
    ['another redirect address', { redirect_uri: 'https://localhost:9443/other' }, 50011],
    ['an unknown code', { code: 'nonsense' }, 70000],
  ] as const) {
    test(`a code with ${what} is invalid_grant ${code}`, async () => {
      const answer = await redeem(await newCode(), change);
      assert.deepEqual([answer.status, answer.json.error, answer.json.error_codes], [400, 'invalid_grant', [code]]);
    });
  }

  test('a used refresh token stays valid, a revoked one is 50173', async () => {
    const first = (await redeem(await newCode(ANN.oid))).json.refresh_token;
    const refresh = (refresh_token: string) =>
      token({ grant_type: 'refresh_token', refresh_token, scope: 'User.Read offline_access' });
    const second = await refresh(first);
    assert.notEqual(second.json.refresh_token, first);
    assert.equal((await refresh(first)).status, 200);
    await emulator.control('POST', '/faults', { kind: 'revoke', oid: ANN.oid });
    for (const old of [first, second.json.refresh_token]) {
      const answer = await refresh(old);
      assert.deepEqual(
        [answer.json.error, answer.json.error_codes, answer.json.suberror],
        ['invalid_grant', [50173], 'bad_token'],
      );
    }
  });

  test('a refresh token sleeps for 90 days at most, a code for ten minutes', async () => {
    const { refresh_token } = (await redeem(await newCode())).json;
    const code = await newCode();
    await emulator.control('POST', '/clock', { advanceMs: 11 * 60_000 });
    assert.deepEqual((await redeem(code)).json.error_codes, [70008]);
    await emulator.control('POST', '/clock', { advanceMs: 90 * 86_400_000 });
    const answer = await token({ grant_type: 'refresh_token', refresh_token, scope: 'User.Read' });
    assert.deepEqual([answer.json.error, answer.json.error_codes], ['invalid_grant', [700082]]);
  });

  test('a planned error reaches msal-node as it would from Microsoft', async () => {
    const { msal, result } = await signIn(emulator, ALICE.oid);
    assert.ok(result.account);
    const silent = { account: result.account, scopes: SCOPES, forceRefresh: true };
    await emulator.control('POST', '/faults', {
      kind: 'entra_error',
      error: 'invalid_grant',
      code: 700082,
      suberror: 'bad_token',
      grant: 'refresh_token',
      times: 1,
    });
    await assert.rejects(() => msal.acquireTokenSilent(silent), InteractionRequiredAuthError);
  });

  test('claims of the next id token can be changed', async () => {
    await emulator.control('POST', '/faults', { kind: 'id_token', claims: { nonce: 'another' } });
    await assert.rejects(
      () => signIn(emulator, ALICE.oid),
      (error: ServerError) => error.errorCode === 'nonce_mismatch',
    );
    await signIn(emulator, ALICE.oid);
  });
});
