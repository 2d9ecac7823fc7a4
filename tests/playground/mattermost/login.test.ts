import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type MattermostEmulator, startMattermostEmulator } from '../../support/mattermost-emulator.ts';

let emulator: MattermostEmulator;
before(async () => {
  emulator = await startMattermostEmulator();
});
after(() => emulator.close());

test('a login sets the three cookies without SameSite, and only the token is hidden from scripts', async () => {
  const alice = await emulator.login('alice');
  assert.deepEqual(
    alice.setCookies.map((cookie) => cookie.split('=')[0]),
    ['MMAUTHTOKEN', 'MMUSERID', 'MMCSRF'],
  );
  assert.deepEqual(
    alice.setCookies.map((cookie) => /HttpOnly/.test(cookie)),
    [true, false, false],
  );
  for (const cookie of alice.setCookies) {
    assert.match(cookie, /Path=\/; .*Max-Age=2592000/);
    assert.doesNotMatch(cookie, /SameSite|Secure/);
  }
});

test('a login behind https sets Secure, a login without X-Requested-With sets no cookie', async () => {
  const body = { login_id: 'alice@example.com', password: 'Password1!' };
  const headers = { 'X-Requested-With': 'XMLHttpRequest', 'X-Forwarded-Proto': 'https' };
  const secure = await emulator.call('POST users/login', { body, headers });
  assert.match(secure.headers.getSetCookie()[0] ?? '', /; Secure/);
  const plain = await emulator.call('POST users/login', { body });
  assert.equal(plain.status, 200);
  assert.deepEqual(plain.headers.getSetCookie(), []);
  assert.match(plain.headers.get('token') ?? '', /^[a-z0-9]{26}$/);
});

test('a wrong password is 401 in the error shape', async () => {
  const answer = await emulator.call('POST users/login', { body: { login_id: 'alice', password: 'no' } });
  assert.equal(answer.status, 401);
  assert.equal(answer.json.id, 'api.user.login.invalid_credentials_email_username');
  assert.deepEqual(Object.keys(answer.json).sort(), ['detailed_error', 'id', 'message', 'request_id', 'status_code']);
  assert.equal(answer.json.detailed_error, '');
  assert.equal(answer.json.request_id, answer.headers.get('x-request-id'));
});

test('no session is 401, a wrong one too', async () => {
  for (const token of [undefined, 'x'.repeat(26)]) {
    const answer = await emulator.call('GET users/me', token === undefined ? {} : { token });
    assert.equal(answer.status, 401);
    assert.equal(answer.json.id, 'api.context.session_expired.app_error');
  }
});

test('a cookie alone cannot write: 401 and the cookies are cleared', async () => {
  const alice = await emulator.login('alice');
  const channel = await emulator.direct(alice.token, alice.id, alice.id);
  const body = { channel_id: channel, message: 'forged' };
  const forged = await emulator.call('POST posts', { body, headers: { cookie: alice.cookies } });
  assert.equal(forged.status, 401);
  assert.equal(forged.json.id, 'api.context.session_expired.app_error');
  assert.equal(
    forged.headers.getSetCookie().every((cookie) => /=; .*Max-Age=0/.test(cookie)),
    true,
  );
  const read = await emulator.call('GET users/me', { headers: { cookie: alice.cookies } });
  assert.equal(read.status, 200, 'the session itself lives on');
});

test('the CSRF token or X-Requested-With lets a cookie write; the strict setting wants the token', async () => {
  const alice = await emulator.login('alice');
  const channel = await emulator.direct(alice.token, alice.id, alice.id);
  const write = (headers: Record<string, string>) =>
    emulator.call('POST posts', {
      body: { channel_id: channel, message: 'x' },
      headers: { cookie: alice.cookies, ...headers },
    });
  assert.equal((await write({ 'X-CSRF-Token': alice.csrf })).status, 201);
  assert.equal((await write({ 'X-Requested-With': 'XMLHttpRequest' })).status, 201);
  await emulator.control('PUT config', { ServiceSettings: { ExperimentalStrictCSRFEnforcement: true } });
  assert.equal((await write({ 'X-Requested-With': 'XMLHttpRequest' })).status, 401);
  assert.equal((await write({ 'X-CSRF-Token': alice.csrf })).status, 201);
  await emulator.control('PUT config', { ServiceSettings: { ExperimentalStrictCSRFEnforcement: false } });
});

test('pages come with the headers of a Mattermost page, and without CORS', async () => {
  for (const path of [
    '/',
    '/login',
    '/playground-team/channels/town-square',
    '/admin_console/plugins/plugin_x',
    '/t/messages/@b',
  ]) {
    const page = await fetch(`${emulator.url}${path}`, { headers: { origin: 'https://sidecar.example' } });
    assert.equal(page.status, 200, path);
    assert.equal(page.headers.get('content-security-policy'), "frame-ancestors 'self'; script-src 'self'");
    assert.equal(page.headers.get('x-frame-options'), 'SAMEORIGIN');
    assert.equal(page.headers.get('referrer-policy'), 'no-referrer');
    assert.equal(page.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(page.headers.get('access-control-allow-origin'), null);
    const html = await page.text();
    assert.match(html, /http-equiv="Content-Security-Policy" content="script-src 'self' js.stripe.com\/v3"/);
    assert.doesNotMatch(html, /<script(?![^>]*\bsrc=)/);
  }
});

test('an unknown API path is 404 as JSON with the version header', async () => {
  const answer = await emulator.admin('GET nothing/here');
  assert.equal(answer.status, 404);
  assert.equal(answer.json.id, 'api.context.404.app_error');
  assert.equal(answer.headers.get('content-type'), 'application/json');
  assert.match(answer.headers.get('x-version-id') ?? '', /^11\.2\.0\./);
});

test('rate limiting, when on, answers 429 in plain text with the wait', async () => {
  const limited = await startMattermostEmulator({
    config: { RateLimitSettings: { Enable: true, PerSec: 1, MaxBurst: 2 } },
  });
  try {
    const answers = [];
    for (let count = 0; count < 4; count += 1) answers.push(await limited.call('GET system/ping'));
    const refused = answers.at(-1);
    assert.equal(answers[0]?.headers.get('x-ratelimit-remaining'), '1');
    assert.equal(refused?.status, 429);
    assert.equal(refused?.text, 'limit exceeded');
    assert.equal(refused?.headers.get('retry-after'), '1');
  } finally {
    await limited.close();
  }
});
