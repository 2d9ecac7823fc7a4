import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, test } from 'node:test';
import { generate } from 'selfsigned';
import { ALICE, ANN, BOB, CHAT_BUDGET } from '../../../playground/sample.ts';
import {
  createEncryptionKey,
  type MicrosoftEmulator,
  signIn,
  startMicrosoftEmulator,
  subscriptionBody,
} from '../../support/microsoft-emulator.ts';
import { startReceiver } from './notification-receiver.ts';

const MINUTE = 60_000;

interface Reply {
  id: string;
  clientState: string | null;
  expirationDateTime: string;
  value: Reply[];
  error: { code: string; message: string };
}

describe('subscriptions', () => {
  let emulator: MicrosoftEmulator;
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let certificate: string;
  let token: string;
  before(async () => {
    emulator = await startMicrosoftEmulator({ organizationQuota: 3 });
    receiver = await startReceiver(emulator.authority);
    certificate = (await createEncryptionKey()).base64;
    token = (await signIn(emulator, ALICE.oid)).token;
  });
  after(async () => {
    await emulator.close();
    await receiver.close();
  });

  const body = (more: Record<string, unknown> = {}) =>
    subscriptionBody(ALICE.oid, {
      includeResourceData: true,
      encryptionCertificate: certificate,
      encryptionCertificateId: 'key-1',
      notificationUrl: `${receiver.url}/notify`,
      ...more,
    });
  const create = (more: Record<string, unknown> = {}, by = token) =>
    emulator.call<Reply>('POST', '/v1.0/subscriptions', { token: by, body: body(more) });
  const later = (minutes: number) => new Date(Date.now() + minutes * MINUTE).toISOString();
  const on = (method: string, id: string, more: object = {}) =>
    emulator.call<Reply>(method, `/v1.0/subscriptions/${id}`, { token, ...more });

  test('create, read, list, renew and delete', async () => {
    const before = receiver.handshakes.length;
    const made = await create({
      expirationDateTime: later(4000),
      lifecycleNotificationUrl: `${receiver.url}/lifecycle`,
    });
    assert.equal(made.status, 201, made.text);
    assert.equal(receiver.handshakes.length, before + 2);
    assert.match(receiver.handshakes[before] ?? '', /^Validation: Testing client .* 100% a\+b$/);
    const { id } = made.json;
    assert.equal((await on('GET', id)).json.clientState, null);
    assert.deepEqual(
      (await emulator.call<Reply>('GET', '/v1.0/subscriptions', { token })).json.value.map((one) => one.id),
      [id],
    );
    assert.equal((await on('PATCH', id, { body: {} })).json.error.code, 'InvalidRequest');
    const renewed = await on('PATCH', id, { body: { expirationDateTime: later(50) } });
    assert.equal(renewed.status, 200);
    assert.ok(Date.parse(renewed.json.expirationDateTime) < Date.now() + 51 * MINUTE);
    assert.equal((await on('DELETE', id)).status, 204);
    assert.equal((await on('DELETE', id)).status, 404);
  });

  test('the same combination twice is 409 with the id', async () => {
    const first = await create();
    const second = await create();
    assert.equal(second.status, 409);
    assert.equal(
      second.json.error.message,
      `Subscription Id ${first.json.id} already exists for the requested combination`,
    );
    await on('DELETE', first.json.id);
  });

  test('others neither see nor change it', async () => {
    const { id } = (await create()).json;
    const bob = (await signIn(emulator, BOB.oid)).token;
    assert.equal((await on('GET', id, { token: bob })).status, 404);
    assert.equal((await on('PATCH', id, { token: bob, body: { expirationDateTime: later(50) } })).status, 404);
    await on('DELETE', id);
  });

  test('what lives less than 45 minutes is lifted to it', async () => {
    const made = await create({ expirationDateTime: later(5) });
    assert.ok(Date.parse(made.json.expirationDateTime) > Date.now() + 44 * MINUTE);
    await on('DELETE', made.json.id);
  });

  for (const [what, more, status, text] of [
    ['an unknown property', { changetype: 'created' }, 400, /Could not process subscription creation payload/],
    ['web push', { vapidPublicKey: 'x' }, 400, /Could not process/],
    ['an unknown change type', { changeType: 'moved' }, 400, /changeType/],
    ['plain http', { notificationUrl: 'http://localhost/notify' }, 400, /HTTPS/],
    [
      'more than three days',
      { expirationDateTime: later(4400), lifecycleNotificationUrl: 'https://localhost/l' },
      400,
      /can only be 4320 minutes/,
    ],
    ['an end in the past', { expirationDateTime: later(-5) }, 400, /future/],
    [
      'more than an hour without a lifecycle address',
      { expirationDateTime: later(70) },
      400,
      /lifecycleNotificationUrl is a required property/,
    ],
    ['TLS 1.3', { latestSupportedTlsVersion: 'v1_3' }, 400, /Invalid property value for LatestSupportedTlsVersion/],
    ['a long client state', { clientState: 'x'.repeat(129) }, 400, /clientState/],
    ['no certificate', { encryptionCertificate: null }, 400, /encryptionCertificate/],
    ['rubbish for a certificate', { encryptionCertificate: 'AAAA' }, 400, /Cannot find the requested object/],
    ['somebody else’s chats', { resource: `/users/${ANN.oid}/chats/getAllMessages` }, 403, /Status Code: Forbidden/],
    [
      'the whole tenant with a person’s token',
      { resource: '/chats/getAllMessages' },
      401,
      /Chat\.Read\.All,Chat\.ReadWrite\.All/,
    ],
    ['/me/chats', { resource: '/me/chats/getAllMessages' }, 500, /Specified method is not supported/],
    ['an unknown resource', { resource: '/me/messages' }, 400, /not supported/],
  ] as const) {
    test(`${what} is refused with ${status}`, async () => {
      const answer = await create(more);
      assert.equal(answer.status, status, answer.text);
      assert.match(answer.json.error.message, text);
    });
  }

  test('a bare public key and a short or elliptic key are no certificate', async () => {
    const bare = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'der' });
    const elliptic = (await generate([{ name: 'commonName', value: 'x' }], { keyType: 'ec', algorithm: 'sha256' }))
      .cert;
    for (const encryptionCertificate of [bare.toString('base64'), elliptic.replace(/-----[A-Z ]+-----|\s/g, '')]) {
      const answer = await create({ encryptionCertificate });
      assert.deepEqual([answer.status, answer.json.error.code], [400, 'ValidationError']);
    }
  });

  test('an endpoint that does not give the token back is refused', async () => {
    for (const path of ['refusing', 'encoded']) {
      const answer = await create({ notificationUrl: `${receiver.url}/${path}` });
      assert.deepEqual([answer.status, answer.json.error.code], [400, 'ValidationError']);
      assert.match(answer.json.error.message, /^Subscription validation request failed\./);
    }
  });

  test('without the permission it is 403', async () => {
    const { token: poor } = await signIn(emulator, BOB.oid, ['User.Read']);
    const answer = await create({ resource: `/users/${BOB.oid}/chats/getAllMessages` }, poor);
    assert.deepEqual([answer.status, answer.json.error.code], [403, 'ExtensionError']);
  });

  test('an exceeded quota of the tenant is 403', async () => {
    const ids: string[] = [];
    for (const changeType of ['created', 'updated', 'deleted']) ids.push((await create({ changeType })).json.id);
    const answer = await create({ resource: `/chats/${CHAT_BUDGET.id}/messages` });
    assert.equal(answer.status, 403);
    assert.match(answer.json.error.message, /limit of 3/);
    for (const id of ids) await on('DELETE', id);
  });
});
