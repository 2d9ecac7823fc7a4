import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EntraRefusal } from '../../../sidecar/src/entra/errors.ts';
import { entraError } from '../../../sidecar/src/entra/errors.ts';
import { readRedirectRefusal, readRefusal } from '../../../sidecar/src/entra/wire.ts';

function refusal(body: Record<string, unknown>, status = 400): EntraRefusal {
  return readRefusal({ status, body, retryAfter: null, now: 0 });
}

function renewal(body: Record<string, unknown>, status = 400): string {
  return entraError(refusal(body, status), 'renewal').code;
}

function signIn(body: Record<string, unknown>, status = 400): string {
  return entraError(refusal(body, status), 'sign-in').code;
}

const RECONNECT = [50173, 700082, 70008, 70000, 70043, 50076, 50079, 50158, 53003, 53000, 50057, 50034];
const CONSENT = [65001, 90094, 90095, 50105];
const OPERATOR = [7000215, 7000222, 700027, 7000218, 500011, 700016, 50011, 50194];
const WAIT = [90033, 90055, 50196];

test('each code says the same whether or not a suberror came with it, and whatever the OAuth error is', () => {
  for (const error of ['invalid_grant', 'interaction_required', 'invalid_client', 'something_new']) {
    for (const suberror of [undefined, 'bad_token', 'consent_required']) {
      const body = (code: number) => ({ error, error_codes: [code], ...(suberror === undefined ? {} : { suberror }) });
      for (const code of RECONNECT) assert.equal(renewal(body(code)), 'reconnect_needed', `${code} ${error}`);
      for (const code of CONSENT) assert.equal(renewal(body(code)), 'admin_consent_needed', `${code} ${error}`);
      for (const code of OPERATOR)
        assert.equal(renewal(body(code), 401), 'client_credential_invalid', `${code} ${error}`);
      for (const code of WAIT) assert.equal(renewal(body(code)), 'microsoft_unavailable', `${code} ${error}`);
    }
  }
});

test('without a code we know, the suberror, the status and then the OAuth error decide', () => {
  assert.equal(
    renewal({ error: 'invalid_grant', error_codes: [1], suberror: 'consent_required' }),
    'admin_consent_needed',
  );
  assert.equal(renewal({ error: 'odd', suberror: 'bad_token' }), 'reconnect_needed');
  assert.equal(renewal({ error: 'invalid_grant' }), 'reconnect_needed');
  assert.equal(renewal({ error: 'invalid_grant' }, 503), 'microsoft_unavailable');
  assert.equal(renewal({ error: 'invalid_client' }, 401), 'client_credential_invalid');
  assert.equal(renewal({ error: 'temporarily_unavailable' }), 'microsoft_unavailable');
});

test('an unknown refusal never disconnects a user', () => {
  assert.equal(renewal({}), 'microsoft_refused');
  assert.equal(renewal({ error: 'brand_new', error_codes: [99999999] }), 'microsoft_refused');
  assert.equal(renewal({ error: 7, error_codes: 'x' }), 'microsoft_refused');
  assert.equal(renewal({}, 500), 'microsoft_unavailable');
  assert.equal(signIn({}), 'sign_in_failed');
});

test('a limit is a limit whatever the body says, and its Retry-After is kept', () => {
  const limited = { status: 429, body: { error: 'invalid_grant', error_codes: [700082] }, retryAfter: '17', now: 0 };
  const error = entraError(readRefusal(limited), 'renewal');
  assert.equal(error.code, 'microsoft_throttled');
  assert.equal(error.retryAfterMs, 17_000);
});

test('during a sign-in the same refusals have their own codes', () => {
  assert.equal(signIn({ error: 'invalid_grant', error_codes: [54005] }), 'sign_in_failed');
  assert.equal(signIn({ error: 'invalid_grant', error_codes: [501481] }), 'sign_in_failed');
  assert.equal(signIn({ error: 'invalid_grant', error_codes: [70008] }), 'sign_in_failed');
  assert.equal(signIn({ error: 'invalid_grant', error_codes: [65001] }), 'admin_consent_needed');
  assert.equal(signIn({ error: 'invalid_request', error_codes: [50020] }), 'account_foreign_tenant');
});

test('a refusal on the redirect is read from its error and the number in its description', () => {
  const code = (error: string, description: string | null) =>
    entraError(readRedirectRefusal(error, description), 'sign-in').code;
  assert.equal(code('access_denied', 'AADSTS65004: User declined to consent.\r\nTrace ID: 1'), 'sign_in_denied');
  assert.equal(code('access_denied', 'AADSTS90094: An administrator must grant this.'), 'admin_consent_needed');
  assert.equal(code('access_denied', null), 'sign_in_denied');
  assert.equal(code('server_error', 'no number here'), 'microsoft_unavailable');
  assert.equal(code('<script>', 'AADSTS'), 'sign_in_failed');
});
