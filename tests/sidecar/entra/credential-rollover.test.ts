import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { decodeJwt, decodeProtectedHeader } from 'jose';
import { generate } from 'selfsigned';
import { CLIENT_ID, CLIENT_SECRET } from '../../../playground/sample.ts';
import { MINUTE } from '../../../sidecar/src/core/time.ts';
import type { EntraOptions } from '../../../sidecar/src/entra/client.ts';
import { createEntra } from '../../../sidecar/src/entra/client.ts';
import { createRunningClock } from '../../support/clock.ts';
import type { Network } from '../../support/sign-in-environment.ts';
import { entraOptions, startNetwork } from '../../support/sign-in-environment.ts';

describe('rolling over the credential of the app registration', () => {
  let network: Network;

  before(async () => {
    network = await startNetwork();
  });
  afterEach(async () => {
    await network.control('PUT', '/app', { secrets: [CLIENT_SECRET], expiredSecrets: [] });
  });
  after(() => network.close());

  function entraWith(credentials: EntraOptions['credentials']) {
    const clock = createRunningClock();
    const rolls: number[] = [];
    const problems: unknown[] = [];
    const forms: URLSearchParams[] = [];
    const entra = createEntra({
      ...entraOptions(network, { clock, credentials, onRollOver: (position) => rolls.push(position) }),
      onCredential: (problem) => problems.push(problem?.fields?.aadsts ?? null),
      fetch: async (url, init) => {
        if (init.method === 'POST') forms.push(new URLSearchParams(init.body));
        return network.entraFetch(url, init);
      },
    });
    return { entra, clock, rolls, problems, forms };
  }

  test('the next secret is used once the one before is refused, and remembered; no alarm is raised', async () => {
    const { entra, rolls, problems, forms } = entraWith([{ secret: CLIENT_SECRET }, { secret: 'the-next' }]);
    await entra.appToken();
    await network.control('PUT', '/app', { secrets: ['the-next'], expiredSecrets: [CLIENT_SECRET] });
    await entra.appToken();
    await entra.appToken();
    const secrets = forms.map((form) => form.get('client_secret'));
    assert.deepEqual(secrets, [CLIENT_SECRET, CLIENT_SECRET, 'the-next', 'the-next']);
    assert.deepEqual([rolls, problems], [[1], []]);
  });

  test('a next secret that is not registered yet does no harm', async () => {
    const { entra, rolls, forms } = entraWith([{ secret: CLIENT_SECRET }, { secret: 'not yet' }]);
    await entra.appToken();
    await entra.appToken();
    assert.equal(forms.length, 2);
    assert.deepEqual(rolls, []);
  });

  test('from a secret to a certificate and to its successor; assertions are PS256 with the chain', async () => {
    const [first, second] = await Promise.all([generate([], { keySize: 2048 }), generate([], { keySize: 2048 })]);
    const of = (pair: typeof first) => ({ certificatePem: pair.cert, keyPem: pair.private });
    await network.control('POST', '/app/certificates', { pem: second.cert });
    const { entra, forms } = entraWith([of(first), of(second)]);
    assert.ok((await entra.appToken()).token);
    const assertion = forms.at(-1)?.get('client_assertion') ?? '';
    const header = decodeProtectedHeader(assertion);
    assert.equal(header.alg, 'PS256');
    assert.equal(header.x5c?.length, 1);
    assert.ok(header['x5t#S256']);
    assert.equal(decodeJwt(assertion).iss, CLIENT_ID);

    const mixed = entraWith([{ secret: 'gone' }, of(second)]);
    assert.ok((await mixed.entra.appToken()).token);
    assert.deepEqual(mixed.rolls, [1]);
  });

  test('when all are refused it is the one in use that is told of, and Entra is left alone for a minute', async () => {
    const { entra, clock, problems, forms } = entraWith([{ secret: 'expired' }, { secret: 'wrong' }]);
    await network.control('PUT', '/app', { secrets: [], expiredSecrets: ['expired'] });
    await assert.rejects(entra.appToken(), { code: 'client_credential_invalid' });
    await assert.rejects(entra.appToken(), { code: 'client_credential_invalid' });
    assert.equal(forms.length, 2);
    assert.deepEqual(problems, [7000222]);
    await network.control('PUT', '/app', { secrets: ['wrong'], expiredSecrets: [] });
    clock.advance(MINUTE);
    await entra.appToken();
    assert.deepEqual(problems, [7000222, null]);
  });

  test('what another credential cannot mend is not tried with it', async () => {
    const { entra, forms } = entraWith([{ secret: CLIENT_SECRET }, { secret: CLIENT_SECRET }]);
    await network.fault({ kind: 'entra_error', error: 'unauthorized_client', code: 700016, times: 1 });
    await assert.rejects(entra.appToken(), { code: 'client_credential_invalid' });
    assert.equal(forms.length, 1);
  });
});
