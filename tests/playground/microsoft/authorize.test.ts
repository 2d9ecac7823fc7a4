import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ALICE, CLIENT_ID, CONTOSO, MALLORY } from '../../../playground/sample.ts';
import {
  toAuthorizeUrl as authorizeUrl,
  type MicrosoftEmulator,
  pick,
  REDIRECT_URI,
  startMicrosoftEmulator,
  walk,
} from '../../support/microsoft-emulator.ts';

describe('the sign-in pages', () => {
  let emulator: MicrosoftEmulator;
  before(async () => {
    emulator = await startMicrosoftEmulator();
  });
  after(() => emulator.close());

  test('a redirect address that is not registered letter for letter is answered with a page', async () => {
    const page = await emulator.call('GET', authorizeUrl({ redirect_uri: `${REDIRECT_URI}/` }));
    assert.equal(page.status, 400);
    assert.match(page.text, /AADSTS50011/);
  });

  for (const [what, change] of Object.entries({
    'no challenge': { code_challenge: null },
    'a plain challenge': { code_challenge_method: 'plain' },
    'no scope': { scope: null },
    'an unknown prompt': { prompt: 'maybe' },
  })) {
    test(`an authorize request with ${what} is sent back as invalid_request`, async () => {
      const answer = await emulator.call('GET', authorizeUrl(change));
      const back = new URL(String(answer.headers.location));
      assert.deepEqual(
        [answer.status, back.searchParams.get('error'), back.searchParams.get('state')],
        [302, 'invalid_request', 's'],
      );
    });
  }

  test('declining sends access_denied AADSTS65004 back', async () => {
    const back = await walk(emulator, authorizeUrl({ prompt: 'consent' }), { oid: ALICE.oid, decision: 'decline' });
    assert.equal(back.searchParams.get('error'), 'access_denied');
    assert.match(back.searchParams.get('error_description') ?? '', /^AADSTS65004/);
  });

  test('accounts of another tenant are refused', async () => {
    const page = await pick(emulator, authorizeUrl(), MALLORY.oid);
    assert.equal(page.status, 403);
    assert.match(page.text, /AADSTS50020/);
  });

  test('prompt=none without a session is login_required', async () => {
    const answer = await emulator.call('GET', authorizeUrl({ prompt: 'none' }));
    assert.equal(new URL(String(answer.headers.location)).searchParams.get('error'), 'login_required');
  });

  test('under the managed policy Chat.Read needs an administrator, once', async () => {
    await emulator.control('POST', '/faults', { kind: 'admin_consent_required' });
    const asking = authorizeUrl({ scope: 'openid Chat.Read', prompt: 'consent' });
    assert.match((await pick(emulator, asking, ALICE.oid)).text, /AADSTS90094/);
    const query = new URLSearchParams({
      client_id: CLIENT_ID,
      redirect_uri: REDIRECT_URI,
      scope: 'Chat.Read',
      state: 'a',
    });
    const page = await emulator.call('GET', `/${CONTOSO}/v2.0/adminconsent?${query}`);
    const flow = /name="flow" value="([^"]+)"/.exec(page.text)?.[1] ?? '';
    const done = await emulator.call('POST', `/${CONTOSO}/adminconsent`, { form: { flow, decision: 'accept' } });
    const back = new URL(String(done.headers.location)).searchParams;
    assert.deepEqual([back.get('admin_consent'), back.get('tenant'), back.get('state')], ['True', CONTOSO, 'a']);
    assert.match((await pick(emulator, asking, ALICE.oid)).text, /data-testid="accept"/);
    await emulator.control('DELETE', '/faults');
  });

  test('form_post carries the answer in a form', async () => {
    await walk(emulator, authorizeUrl(), { oid: ALICE.oid });
    const page = await pick(emulator, authorizeUrl({ response_mode: 'form_post' }), ALICE.oid);
    assert.match(page.text, /id="post-back"/);
    assert.match(page.text, /name="code"/);
  });

  test('a single-tenant app is refused on organizations with AADSTS50194', async () => {
    const url = authorizeUrl().replace(CONTOSO, 'organizations');
    assert.match((await emulator.call('GET', url)).text, /AADSTS50194/);
  });
});
