import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { generate } from 'selfsigned';
import { ALICE, CLIENT_SECRET, CONTOSO } from '../../../playground/sample.ts';
import type { AppError } from '../../../sidecar/src/core/errors.ts';
import type { Entra } from '../../../sidecar/src/core/ports/entra.ts';
import { MINUTE } from '../../../sidecar/src/core/time.ts';
import type { EntraOptions } from '../../../sidecar/src/entra/client.ts';
import { createEntra } from '../../../sidecar/src/entra/client.ts';
import { createRunningClock } from '../../support/clock.ts';
import type { Network } from '../../support/sign-in-environment.ts';
import { entraOptions, startNetwork } from '../../support/sign-in-environment.ts';

const VERIFIER = 'a-verifier-of-forty-three-characters-or-more';

describe('Entra', () => {
  let network: Network;

  before(async () => {
    network = await startNetwork();
  });
  afterEach(async () => {
    network.answers.change = null;
    await network.control('DELETE', '/faults');
    await network.control('PUT', '/app', { secrets: [CLIENT_SECRET], expiredSecrets: [] });
  });
  after(() => network.close());

  function entraWith(changed: Partial<EntraOptions> = {}) {
    return createEntra(entraOptions(network, changed));
  }

  /** Signs Alice in without a browser of her own, and returns the code. */
  async function aliceCode(entra: Entra): Promise<string> {
    const challenge = createHash('sha256').update(VERIFIER).digest('base64url');
    const authorizeUrl = await entra.authorizeUrl({ state: 'state', nonce: 'nonce', challenge });
    const page = await (await network.reach(authorizeUrl, {})).text();
    const post = (path: string, form: Record<string, string>) =>
      network.reach(`${network.url}/${CONTOSO}/${path}`, {
        method: 'POST',
        redirect: 'manual',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams(form).toString(),
      });
    const flow = /name="flow" value="([^"]+)"/.exec(page)?.[1] ?? '';
    const login = await post('login', { flow, person: ALICE.oid });
    const back = login.status === 302 ? login : await post('consent', { flow, decision: 'accept' });
    return new URL(back.headers.get('location') ?? '').searchParams.get('code') ?? '';
  }

  async function aliceCache(entra: Entra): Promise<string> {
    const redemption = await entra.redeem({ code: await aliceCode(entra), verifier: VERIFIER, nonce: 'nonce' });
    assert.ok(redemption.kind === 'signed-in');
    return redemption.access.cache;
  }

  test('a code is refused with another verifier, another nonce, a second time, or when Entra did not make it', async () => {
    const entra = entraWith();
    const refused = (code: string, verifier: string, nonce: string) =>
      assert.rejects(entra.redeem({ code, verifier, nonce }), { code: 'sign_in_failed' });
    await refused(await aliceCode(entra), VERIFIER.toUpperCase(), 'nonce');
    await refused(await aliceCode(entra), VERIFIER, 'another-nonce');
    const code = await aliceCode(entra);
    await entra.redeem({ code, verifier: VERIFIER, nonce: 'nonce' });
    await refused(code, VERIFIER, 'nonce');
    await refused('made-up', VERIFIER, 'nonce');
  });

  test('a renewal names whose token it is, and its lifetime is the one that Entra gave', async () => {
    const clock = createRunningClock();
    const entra = entraWith({ clock });
    network.answers.change = async (url, response) => {
      if (!url.includes('/token')) return response;
      return Response.json({ ...((await response.json()) as object), expires_in: 4000 });
    };
    const cache = await aliceCache(entra);
    const now = clock.now();
    clock.now = () => now;
    const { account, expiresAt, token } = await entra.accessToken({ cache });
    assert.deepEqual(account, { tid: CONTOSO, oid: ALICE.oid });
    assert.equal(expiresAt - now, 4_000_000);
    assert.ok(token);
  });

  test('the cache that is kept holds a refresh token and neither access nor id token', async () => {
    const kept = JSON.parse(await aliceCache(entraWith()));
    assert.equal(Object.keys(kept.RefreshToken).length, 1);
    assert.deepEqual([kept.AccessToken, kept.IdToken], [{}, {}]);
  });

  test('a cache without an account asks to connect again', async () => {
    await assert.rejects(entraWith().accessToken({ cache: '{}' }), { code: 'reconnect_needed' });
  });

  for (const suberror of [undefined, 'bad_token', 'message_only']) {
    test(`700082 ends the sign-in with the suberror ${suberror}`, async () => {
      const entra = entraWith();
      const cache = await aliceCache(entra);
      await network.fault({ kind: 'entra_error', error: 'invalid_grant', code: 700082, ...(suberror && { suberror }) });
      await assert.rejects(entra.accessToken({ cache }), { code: 'reconnect_needed' });
    });
  }

  test('revoked grants end the sign-in', async () => {
    const entra = entraWith();
    const cache = await aliceCache(entra);
    await network.fault({ kind: 'revoke', oid: ALICE.oid });
    await assert.rejects(entra.accessToken({ cache }), { code: 'reconnect_needed' });
  });

  test('a claims challenge ends the sign-in during a renewal, when no user can answer it', async () => {
    const entra = entraWith();
    const cache = await aliceCache(entra);
    const body = { error: 'interaction_required', error_codes: [50076], claims: '{"access_token":{}}' };
    await network.fault({ kind: 'error', operation: 'token', status: 400, body });
    await assert.rejects(entra.accessToken({ cache }), { code: 'reconnect_needed' });
  });

  for (const [name, fault] of [
    ['500 with nothing', { kind: 'error', operation: 'token', status: 500, body: {} }],
    ['502 with a page', { kind: 'error', operation: 'token', status: 502, body: '<html>Bad gateway</html>' }],
    [
      '503 that says invalid_grant',
      { kind: 'error', operation: 'token', status: 503, body: { error: 'invalid_grant' } },
    ],
    ['temporarily_unavailable', { kind: 'entra_error', error: 'temporarily_unavailable', code: 90033 }],
  ] as const) {
    test(`${name} is temporary: the same cache works afterwards`, async () => {
      const entra = entraWith();
      const cache = await aliceCache(entra);
      await network.fault({ ...fault, times: 1 });
      await assert.rejects(entra.accessToken({ cache }), { code: 'microsoft_unavailable' });
      assert.ok((await entra.accessToken({ cache })).token);
    });
  }

  test('an Entra that cannot be reached is temporary', async () => {
    const entra = entraWith({ authorityUrl: 'https://localhost:1' });
    await assert.rejects(entra.authorizeUrl({ state: 's', nonce: 'n', challenge: 'c' }), {
      code: 'microsoft_unavailable',
    });
  });

  test('a limit pauses all calls for exactly as long as Entra asked', async () => {
    const clock = createRunningClock();
    const entra = entraWith({ clock });
    const cache = await aliceCache(entra);
    await network.fault({ kind: 'throttle', operation: 'token', retryAfterSeconds: 90, times: 1 });
    await assert.rejects(entra.accessToken({ cache }), { code: 'microsoft_throttled', retryAfterMs: 90_000 });
    await network.control('DELETE', '/requests');
    clock.advance(80_000);
    await assert.rejects(entra.accessToken({ cache }), { code: 'microsoft_throttled' });
    const { counts } = (await network.control('GET', '/requests')) as { counts: Record<string, number> };
    assert.equal(counts['POST token'] ?? 0, 0);
    clock.advance(10_000);
    assert.ok((await entra.accessToken({ cache })).token);
  });

  for (const [name, change, aadsts] of [
    ['a wrong', { secrets: ['another'] }, 7000215],
    ['an expired', { secrets: [], expiredSecrets: [CLIENT_SECRET] }, 7000222],
  ] as const) {
    test(`${name} client secret is reported, disconnects no user, and recovers by itself`, async () => {
      const problems: Array<AppError | null> = [];
      const clock = createRunningClock();
      const entra = entraWith({ clock, onCredential: (problem) => problems.push(problem) });
      const cache = await aliceCache(entra);
      await network.control('PUT', '/app', change);
      for (const wait of [0, MINUTE, MINUTE]) {
        clock.advance(wait);
        await assert.rejects(entra.accessToken({ cache }), { code: 'client_credential_invalid' });
      }
      assert.deepEqual(
        problems.map((problem) => problem?.fields?.aadsts),
        [aadsts, aadsts, aadsts],
      );
      await network.control('PUT', '/app', { secrets: [CLIENT_SECRET], expiredSecrets: [] });
      clock.advance(MINUTE);
      assert.ok((await entra.accessToken({ cache })).token);
      assert.ok((await entra.accessToken({ cache })).token);
      assert.deepEqual(problems.slice(3), [null]);
    });
  }

  test('a certificate proves the app as well as a secret; an unknown one is refused', async () => {
    const [known, unknown] = await Promise.all([generate([], { keySize: 2048 }), generate([], { keySize: 2048 })]);
    await network.control('POST', '/app/certificates', { pem: known.cert });
    const withKey = (pair: typeof known) =>
      entraWith({ credentials: [{ certificatePem: pair.cert, keyPem: pair.private }] });
    assert.ok((await withKey(known).appToken()).token);
    const cache = await aliceCache(withKey(known));
    assert.ok((await withKey(known).accessToken({ cache })).token);
    await assert.rejects(withKey(unknown).appToken(), { code: 'client_credential_invalid' });
  });

  test('one discovery per process, one request per renewal', async () => {
    const seen: string[] = [];
    network.answers.change = async (url, response) => {
      seen.push(new URL(url).pathname.replace(/^\/[^/]+/, ''));
      return response;
    };
    const entra = entraWith();
    const cache = await aliceCache(entra);
    seen.length = 0;
    await entra.accessToken({ cache });
    await entra.accessToken({ cache });
    assert.deepEqual(seen, ['/oauth2/v2.0/token', '/oauth2/v2.0/token']);
  });

  test('without a fetch of its own it trusts what NODE_EXTRA_CA_CERTS names', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'entra-'));
    await writeFile(join(folder, 'ca.pem'), network.certificatePem);
    const script = `
      import { createEntra } from ${JSON.stringify(new URL('../../../sidecar/src/entra/client.ts', import.meta.url).href)};
      const entra = createEntra({
        ...${JSON.stringify({ ...entraOptions(network), clock: undefined, metrics: undefined, fetch: undefined })},
        clock: { now: Date.now, sleep: async () => {} },
        metrics: { outbound() {} },
      });
      console.log(typeof (await entra.appToken()).token);
    `;
    try {
      const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') },
      });
      assert.equal(stdout.trim(), 'string');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
