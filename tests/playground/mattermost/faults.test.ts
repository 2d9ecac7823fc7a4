import assert from 'node:assert/strict';
import { after, afterEach, before, test } from 'node:test';
import { type MattermostEmulator, startMattermostEmulator } from '../../support/mattermost-emulator.ts';

let emulator: MattermostEmulator;
before(async () => {
  emulator = await startMattermostEmulator();
});
after(() => emulator.close());
afterEach(() => emulator.control('DELETE faults'));

test('errors and throttling hit the named route as often as asked', async () => {
  await emulator.control('POST faults', { kind: 'error', path: 'GET /users/me', status: 503, times: 1 });
  await emulator.control('POST faults', { kind: 'throttle', path: 'GET /teams', retryAfterSeconds: 7, times: 1 });
  assert.equal((await emulator.admin('GET users/me')).status, 503);
  assert.equal((await emulator.admin('GET users/me')).status, 200);
  const throttled = await emulator.admin('GET teams');
  assert.deepEqual(
    [throttled.status, throttled.headers.get('retry-after'), throttled.text],
    [429, '7', 'limit exceeded'],
  );
  assert.equal((await emulator.admin('GET teams')).status, 200);
});

test('down closes every request until it is lifted; the control stays', async () => {
  await emulator.control('POST faults', { kind: 'down' });
  await assert.rejects(emulator.admin('GET system/ping'));
  await emulator.control('DELETE faults');
  assert.equal((await emulator.admin('GET system/ping')).status, 200);
});

test('a hanging request is never answered', async () => {
  await emulator.control('POST faults', { kind: 'hang', path: 'GET /system/ping', times: 1 });
  const hanging = fetch(`${emulator.url}/api/v4/system/ping`, { signal: AbortSignal.timeout(200) });
  await assert.rejects(hanging, { name: 'TimeoutError' });
});

test('requests are counted by route', async () => {
  await emulator.control('DELETE requests');
  await emulator.admin('GET users/me');
  await emulator.admin('GET users/me');
  const { json } = await emulator.control('GET requests');
  assert.deepEqual(json, { 'GET /users/:user_id': 2 });
});
