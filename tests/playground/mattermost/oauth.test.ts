import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, test } from 'node:test';
import { createFakeClock } from '../../support/clock.ts';
import { type Json, type MattermostEmulator, startMattermostEmulator } from '../../support/mattermost-emulator.ts';

const CALLBACK = 'https://sidecar.example/callback';
const VERIFIER = 'v'.repeat(64);
const clock = createFakeClock();
let emulator: MattermostEmulator;
let alice: { id: string; token: string; cookies: string };
let client: Json;

before(async () => {
  emulator = await startMattermostEmulator({ now: clock.now });
  alice = await emulator.login('alice');
  const app = { name: 'Sidecar', description: '', homepage: 'https://sidecar.example', callback_urls: [CALLBACK] };
  const made = await emulator.admin('POST oauth/apps', app);
  assert.equal(made.status, 201);
  client = made.json;
});
after(() => emulator.close());

async function authorize(fields: Json = {}) {
  const body = {
    response_type: 'code',
    client_id: client.id,
    redirect_uri: CALLBACK,
    scope: 'user',
    state: 's',
    ...fields,
  };
  const response = await fetch(`${emulator.url}/oauth/authorize`, {
    method: 'POST',
    headers: { cookie: alice.cookies, 'X-Requested-With': 'XMLHttpRequest' },
    body: JSON.stringify(body),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

async function exchange(fields: Record<string, string>) {
  const form = { grant_type: 'authorization_code', client_id: String(client.id), redirect_uri: CALLBACK, ...fields };
  const response = await fetch(`${emulator.url}/oauth/access_token`, {
    method: 'POST',
    body: new URLSearchParams(form),
  });
  return { status: response.status, json: (await response.json()) as Json };
}

const codeOf = (redirect: unknown) => new URL(String(redirect)).searchParams.get('code') ?? '';

test('the page’s own script gets a code, which becomes that person’s session once', async () => {
  const { json } = await authorize();
  const code = codeOf(json.redirect);
  assert.equal(code.length, 52);
  const secret = String(client.client_secret);
  assert.equal((await exchange({ code, client_secret: 'wrong' })).status, 401);
  const token = await exchange({ code, client_secret: secret });
  assert.equal(token.status, 200);
  const me = await emulator.call('GET users/me', { token: String(token.json.access_token) });
  assert.equal(me.json.id, alice.id);
  assert.equal((await exchange({ code, client_secret: secret })).status, 400);
  const second = await exchange({ code: codeOf((await authorize()).json.redirect), client_secret: secret });
  assert.equal(second.json.access_token, token.json.access_token);
});

test('PKCE is enforced once asked for, and a code lives ten minutes', async () => {
  const secret = String(client.client_secret);
  const challenge = createHash('sha256').update(VERIFIER).digest('base64url');
  const pkce = async () =>
    codeOf((await authorize({ code_challenge: challenge, code_challenge_method: 'S256' })).json.redirect);
  assert.equal((await exchange({ code: await pkce(), client_secret: secret })).status, 400);
  assert.equal((await exchange({ code: await pkce(), client_secret: secret, code_verifier: VERIFIER })).status, 200);
  const late = await pkce();
  clock.advance(600_001);
  assert.equal((await exchange({ code: late, client_secret: secret, code_verifier: VERIFIER })).status, 400);
});

test('a foreign callback is 400, no login redirects to the login page, no consent shows the page', async () => {
  assert.equal((await authorize({ redirect_uri: 'https://evil.example/' })).status, 400);
  const path = `/oauth/authorize?response_type=code&client_id=${client.id}&redirect_uri=${encodeURIComponent(CALLBACK)}&state=s`;
  const away = await fetch(`${emulator.url}${path}`, { redirect: 'manual' });
  assert.equal(away.status, 302);
  assert.match(away.headers.get('location') ?? '', /^\/login\?redirect_to=%2Foauth%2Fauthorize/);
  const bob = await emulator.login('bob');
  const asked = await fetch(`${emulator.url}${path}`, { redirect: 'manual', headers: { cookie: bob.cookies } });
  assert.equal(asked.status, 200);
  const granted = await fetch(`${emulator.url}${path}`, { redirect: 'manual', headers: { cookie: alice.cookies } });
  assert.equal(granted.status, 302);
});

test('with the provider switched off everything about applications is 501', async () => {
  const off = await startMattermostEmulator({ config: { ServiceSettings: { EnableOAuthServiceProvider: false } } });
  try {
    const app = { name: 'Sidecar', description: '', homepage: 'https://sidecar.example', callback_urls: [CALLBACK] };
    assert.equal((await off.admin('POST oauth/apps', app)).status, 501);
    assert.equal((await off.admin('GET oauth/apps')).status, 501);
    assert.equal((await off.admin(`DELETE oauth/apps/${client.id}`)).status, 501);
  } finally {
    await off.close();
  }
});
