import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { ALICE, ANN, CHAT_ALICE_ANN, CHAT_BUDGET, CLIENT_ID, CONTOSO, DEV } from '../../../playground/sample.ts';
import { createMsal, signIn, subscriptionBody } from '../../support/microsoft-emulator.ts';
import { decrypt } from './notification-receiver.ts';
import { createSubscribedReceiver, type SubscribedReceiver } from './subscribed-receiver.ts';

const MINUTE = 60_000;

describe('delivery', () => {
  let subscribed: SubscribedReceiver;
  before(async () => {
    subscribed = await createSubscribedReceiver();
  });
  after(() => subscribed.close());
  afterEach(() => subscribed.reset());

  test('a message arrives encrypted, with a validation token of Microsoft’s change tracking', async () => {
    const { id, clientState } = await subscribed.subscribe(ALICE.oid);
    const message = await subscribed.say('over to you');
    await subscribed.flush();
    const [received] = subscribed.receiver.received;
    const [item] = received?.value ?? [];
    assert.ok(item);
    assert.deepEqual(
      [item.subscriptionId, item.clientState, item.changeType, item.tenantId],
      [id, clientState, 'created', CONTOSO],
    );
    assert.equal(item.resource, `chats('${CHAT_ALICE_ANN.id}')/messages('${message.id}')`);
    const plain = decrypt(item, subscribed.key.privateKey);
    assert.deepEqual(
      [plain.id, plain.chatId, plain.body],
      [message.id, CHAT_ALICE_ANN.id, { contentType: 'text', content: 'over to you' }],
    );
    const jwks = await subscribed.emulator.call<JSONWebKeySet>('GET', '/common/discovery/v2.0/keys');
    const { payload } = await jwtVerify(received?.validationTokens?.[0] ?? '', createLocalJWKSet(jwks.json), {
      issuer: `${subscribed.emulator.microsoft.url}/${CONTOSO}/v2.0`,
      audience: CLIENT_ID,
    });
    assert.deepEqual([payload.azp, payload.ver, payload.tid], ['0bf30f3b-4a52-48df-9a82-234910c4a086', '2.0', CONTOSO]);
  });

  test('every member’s subscription hears of it, the writer’s too, in one POST', async () => {
    const subscriptions = await Promise.all([ALICE.oid, ANN.oid, DEV.oid].map((oid) => subscribed.subscribe(oid)));
    await subscribed.say('to three', CHAT_BUDGET.id);
    await subscribed.flush();
    assert.equal(subscribed.receiver.received.length, 1);
    assert.deepEqual(
      subscribed.receiver
        .items()
        .map((item) => item.subscriptionId)
        .sort(),
      subscriptions.map(({ id }) => id).sort(),
    );
    assert.equal(subscribed.receiver.received[0]?.validationTokens?.length, 1);
  });

  test('the app’s tenant-wide subscription gets every message of the tenant', async () => {
    const scopes = ['https://graph.microsoft.com/.default'];
    const token = (await createMsal(subscribed.emulator).acquireTokenByClientCredential({ scopes }))?.accessToken ?? '';
    const body = subscriptionBody('', { ...subscribed.rich(), resource: '/chats/getAllMessages' });
    assert.equal((await subscribed.emulator.call('POST', '/v1.0/subscriptions', { token, body })).status, 201);
    await subscribed.say('for the record');
    await subscribed.flush();
    assert.equal(subscribed.receiver.items().length, 1);
  });

  test('edits and deletions are told when asked for', async () => {
    await subscribed.subscribe(ALICE.oid);
    const { id } = await subscribed.say('draft');
    const path = `/chats/${encodeURIComponent(CHAT_ALICE_ANN.id)}/messages/${id}`;
    await subscribed.emulator.control('PATCH', path, { body: { contentType: 'text', content: 'final' } });
    await subscribed.emulator.control('DELETE', path);
    await subscribed.flush();
    assert.deepEqual(
      subscribed.receiver
        .items()
        .map((item) => item.changeType)
        .sort(),
      ['created', 'deleted', 'updated'],
    );
  });

  test('a refused notification comes again until it is taken', async () => {
    await subscribed.subscribe(ALICE.oid);
    let refusals = 2;
    subscribed.answer = () => (refusals-- > 0 ? 503 : 202);
    const { id } = await subscribed.say('again');
    await subscribed.flush();
    assert.equal(subscribed.receiver.items().length, 1);
    const { items } = await subscribed.emulator.control<{
      items: { attempts: { result: number }[]; status: string }[];
    }>('GET', `/notifications?message=${id}`);
    assert.deepEqual(
      items[0]?.attempts.map(({ result }) => result),
      [503, 503, 202],
    );
    assert.equal(items[0]?.status, 'acknowledged');
  });

  test('after four hours of refusals it is lost', async () => {
    await subscribed.subscribe(ALICE.oid, { expirationDateTime: new Date(Date.now() + 4000 * MINUTE).toISOString() });
    const first = Promise.withResolvers<void>();
    subscribed.answer = ({ path }) => {
      first.resolve();
      return path === '/notify' ? 500 : 202;
    };
    const { id } = await subscribed.say('never');
    await first.promise;
    await subscribed.emulator.control('POST', '/clock', { advanceMs: 4 * 60 * MINUTE });
    await subscribed.flush();
    const { items } = await subscribed.emulator.control<{ items: { status: string }[] }>(
      'GET',
      `/notifications?message=${id}`,
    );
    assert.equal(items[0]?.status, 'lost');
  });

  test('without a living token nothing is delivered until the subscription is authorized again', async () => {
    const { id } = await subscribed.subscribe(ALICE.oid);
    await subscribed.emulator.control('POST', '/faults', { kind: 'expire_access_tokens' });
    await subscribed.receiver.until(() =>
      subscribed.receiver.items().some((item) => item.lifecycleEvent === 'reauthorizationRequired'),
    );
    await subscribed.say('held back');
    const counts = await subscribed.flush();
    assert.equal(counts.held, 1);
    const { token } = await signIn(subscribed.emulator, ALICE.oid);
    assert.equal(
      (await subscribed.emulator.call('POST', `/v1.0/subscriptions/${id}/reauthorize`, { token })).status,
      204,
    );
    await subscribed.flush();
    assert.equal(subscribed.receiver.items().filter((item) => item.changeType === 'created').length, 1);
  });

  test('reauthorizationRequired comes before the end, and the end takes the subscription', async () => {
    const { id, token } = await subscribed.subscribe(ALICE.oid);
    await subscribed.emulator.control('POST', '/clock', { advanceMs: 36 * MINUTE });
    await subscribed.receiver.until(() =>
      subscribed.receiver.items().some((item) => item.lifecycleEvent === 'reauthorizationRequired'),
    );
    assert.equal((await subscribed.renew(id, token)).status, 200);
    await subscribed.emulator.control('POST', '/clock', { advanceMs: 3 * 24 * 60 * MINUTE });
    const { token: fresh } = await signIn(subscribed.emulator, ALICE.oid);
    assert.equal((await subscribed.renew(id, fresh)).status, 404);
  });

  test('a removed subscription is told of', async () => {
    const { id } = await subscribed.subscribe(ALICE.oid);
    await subscribed.emulator.control('DELETE', `/subscriptions/${id}`);
    await subscribed.flush();
    assert.deepEqual(
      subscribed.receiver.items().map((item) => [item.subscriptionId, item.lifecycleEvent]),
      [[id, 'subscriptionRemoved']],
    );
  });

  test('PATCH and reauthorize within ten minutes is noted', async () => {
    const { id, token } = await subscribed.subscribe(ALICE.oid);
    await subscribed.renew(id, token);
    await subscribed.emulator.call('POST', `/v1.0/subscriptions/${id}/reauthorize`, { token });
    const { value } = await subscribed.emulator.control<{ value: { violations: string[] }[] }>('GET', '/subscriptions');
    assert.equal(value[0]?.violations.length, 1);
  });

  test('a thousand notifications', async () => {
    await subscribed.subscribe(ALICE.oid);
    await Promise.all(Array.from({ length: 1000 }, (_, index) => subscribed.say(`number ${index}`)));
    const { flushed } = await subscribed.flush();
    assert.equal(flushed, true);
    assert.equal(subscribed.receiver.items().length, 1000);
  });
});
