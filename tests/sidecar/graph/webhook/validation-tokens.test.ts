import assert from 'node:assert/strict';
import test from 'node:test';
import type { JWTPayload } from 'jose';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { CLIENT_ID, CONTOSO, FABRIKAM } from '../../../../playground/sample.ts';
import { PUBLISHER_APP_ID } from '../../../../sidecar/src/core/microsoft-graph.ts';
import { HOUR } from '../../../../sidecar/src/core/time.ts';
import { createTokenVerifier } from '../../../../sidecar/src/graph/webhook/validation-tokens.ts';
import { createFakeClock } from '../../../support/clock.ts';
import { startHttp } from '../../../support/servers.ts';
import { fixture } from '../microsoft-example.ts';

type Key = Awaited<ReturnType<typeof generateKeyPair>>;

async function setUp(options: { clientId?: string; tenants?: string[]; start?: number } = {}) {
  const clock = createFakeClock(options.start);
  const key = await generateKeyPair('RS256');
  const published = new Map([['k1', key]]);
  const state = { down: false };
  const server = await startHttp(async () => {
    if (state.down) return { status: 503 };
    const keys = await Promise.all(
      [...published].map(async ([kid, { publicKey }]) => ({ ...(await exportJWK(publicKey)), kid })),
    );
    return { body: { keys } };
  });
  const verify = createTokenVerifier({
    clientId: options.clientId ?? CLIENT_ID,
    keysUrl: `${server.url}/common/discovery/v2.0/keys`,
    issuers: (tid) => [`https://sts.windows.net/${tid}/`, `https://login.microsoftonline.com/${tid}/v2.0`],
    publisherAppId: PUBLISHER_APP_ID,
    tenants: options.tenants ?? [CONTOSO],
    clock,
    fetch,
  });
  const seconds = Math.floor(clock.now() / 1000);
  const v2 = {
    aud: CLIENT_ID,
    iss: `https://login.microsoftonline.com/${CONTOSO}/v2.0`,
    nbf: seconds - 10,
    exp: seconds + 3600,
    azp: PUBLISHER_APP_ID,
    tid: CONTOSO,
    ver: '2.0',
  };
  const sign = (claims: JWTPayload, by: Key = key, kid = 'k1') =>
    new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid }).sign(by.privateKey);
  return { clock, key, published, state, server, verify, v2, sign, seconds };
}

test('tokens of both versions prove their tenant', async (t) => {
  const { server, verify, v2, sign } = await setUp();
  t.after(server.close);
  assert.deepEqual(await verify([await sign(v2)]), new Set([CONTOSO]));
  const { azp: appid, ...rest } = v2;
  const v1 = { ...rest, appid, ver: '1.0', iss: `https://sts.windows.net/${CONTOSO}/` };
  assert.deepEqual(await verify([await sign(v1), await sign(v2)]), new Set([CONTOSO]));
});

test("Microsoft's example token is accepted in its own time", async (t) => {
  const { claims } = fixture('validation-token-claims');
  const tid = String(claims.tid);
  const { server, verify, sign } = await setUp({
    clientId: String(claims.aud),
    tenants: [tid],
    start: 1_565_050_000_000,
  });
  t.after(server.close);
  assert.deepEqual(await verify([await sign(claims)]), new Set([tid]));
});

test('every forged claim is refused, and names the check that failed', async (t) => {
  const { server, verify, v2, sign, seconds, clock } = await setUp();
  t.after(server.close);
  const other = await generateKeyPair('RS256');
  const { azp, tid, exp, ...without } = v2;
  const forged: Record<string, [check: string, token: string]> = {
    'another audience': ['aud', await sign({ ...v2, aud: '00000003-0000-0000-c000-000000000000' })],
    'another caller': ['caller', await sign({ ...v2, azp: CLIENT_ID })],
    'no caller': ['caller', await sign({ ...without, tid, exp })],
    'a version 1 caller in the wrong claim': ['caller', await sign({ ...v2, ver: '1.0' })],
    'another tenant': ['tid', await sign({ ...v2, tid: FABRIKAM, iss: `https://sts.windows.net/${FABRIKAM}/` })],
    'no tenant': ['tid', await sign({ ...without, azp, exp })],
    'the issuer of another tenant': ['iss', await sign({ ...v2, iss: `https://sts.windows.net/${FABRIKAM}/` })],
    'another issuer': ['iss', await sign({ ...v2, iss: 'https://evil.example/' })],
    'a time that is over': ['exp', await sign({ ...v2, exp: seconds - 3600 })],
    'no end': ['exp', await sign({ ...without, azp, tid })],
    'a time to come': ['nbf', await sign({ ...v2, nbf: seconds + 3600 })],
    'another key under the same name': ['signature', await sign(v2, other)],
    'another key under another name': ['signature', await sign(v2, other, 'k9')],
    'no signature': ['signature', `${(await sign(v2)).split('.').slice(0, 2).join('.')}.`],
    'algorithm none': [
      'signature',
      `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await sign(v2)).split('.')[1]}.`,
    ],
    'no token': ['signature', 'eyJ0eXAiOiJKV1QiLCJhb...'],
  };
  for (const [name, [check, token]] of Object.entries(forged)) {
    const wanted = (error: { code?: string; fields?: { check?: string } }) =>
      error.code === 'unauthorized' && error.fields?.check === check;
    await assert.rejects(verify([token]), wanted, name);
    await assert.rejects(verify([await sign(v2), token]), wanted, `${name}, beside a good one`);
  }
  const good = await sign(v2);
  await verify([good]);
  clock.advance(2 * HOUR);
  await assert.rejects(verify([good]), { code: 'unauthorized' }, 'remembered beyond its end');
});

test('a new key is fetched once, and unknown ones do not make us fetch again and again', async (t) => {
  const { clock, server, published, verify, v2, sign } = await setUp();
  t.after(server.close);
  await verify([await sign(v2)]);
  assert.equal(server.seen.length, 1);
  const next = await generateKeyPair('RS256');
  published.set('k2', next);
  clock.advance(60_000);
  assert.deepEqual(await verify([await sign(v2, next, 'k2')]), new Set([CONTOSO]));
  assert.equal(server.seen.length, 2);
  const forger = await generateKeyPair('RS256');
  for (let n = 0; n < 5; n++) {
    await assert.rejects(verify([await sign(v2, forger, `forged-${n}`)]), { code: 'unauthorized' });
  }
  assert.equal(server.seen.length, 2);
});

test('without keys it cannot be told, which is not a forgery; known keys serve on', async (t) => {
  const { clock, server, state, verify, v2, sign } = await setUp();
  t.after(server.close);
  state.down = true;
  await assert.rejects(verify([await sign(v2)]), { code: 'microsoft_unavailable' });
  state.down = false;
  await verify([await sign(v2)]);
  state.down = true;
  clock.advance(90 * 60_000);
  const later = Math.floor(clock.now() / 1000) + 3600;
  assert.deepEqual(await verify([await sign({ ...v2, exp: later })]), new Set([CONTOSO]));
});
