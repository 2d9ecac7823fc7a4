import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { ALICE, CLIENT_ID, CONTOSO } from '../../../playground/sample.ts';
import { decrypt } from './notification-receiver.ts';
import { createSubscribedReceiver, type SubscribedReceiver } from './subscribed-receiver.ts';

describe('planned faults of delivery', () => {
  let subscribed: SubscribedReceiver;
  before(async () => {
    subscribed = await createSubscribedReceiver();
  });
  after(() => subscribed.close());
  afterEach(() => subscribed.reset());

  for (const kind of ['wrong_key', 'tampered_data', 'tampered_signature']) {
    test(`the fault ${kind} makes a notification unreadable, once`, async () => {
      await subscribed.subscribe(ALICE.oid);
      await subscribed.emulator.control('POST', '/faults', { kind, times: 1 });
      await subscribed.say('broken');
      await subscribed.flush();
      await subscribed.say('whole');
      await subscribed.flush();
      const [broken, whole] = subscribed.receiver.items();
      assert.ok(broken && whole);
      assert.throws(() => decrypt(broken, subscribed.key.privateKey));
      assert.equal((decrypt(whole, subscribed.key.privateKey).body as { content: string }).content, 'whole');
    });
  }

  for (const [kind, code] of [
    ['token_bad_signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
    ['token_expired', 'ERR_JWT_EXPIRED'],
    ['token_wrong_aud', 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['token_wrong_tid', 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
  ]) {
    test(`the fault ${kind} fails verification`, async () => {
      await subscribed.subscribe(ALICE.oid);
      await subscribed.emulator.control('POST', '/faults', { kind, times: 1 });
      await subscribed.say('hello');
      await subscribed.flush();
      const jwks = await subscribed.emulator.call<JSONWebKeySet>('GET', '/common/discovery/v2.0/keys');
      const verify = jwtVerify(
        subscribed.receiver.received[0]?.validationTokens?.[0] ?? '',
        createLocalJWKSet(jwks.json),
        {
          issuer: `${subscribed.emulator.microsoft.url}/${CONTOSO}/v2.0`,
          audience: CLIENT_ID,
        },
      );
      await assert.rejects(verify, { code });
    });
  }

  test('duplicates, losses and null tokens on demand', async () => {
    await subscribed.subscribe(ALICE.oid);
    await subscribed.emulator.control('POST', '/faults', { kind: 'duplicate', copies: 2, times: 1 });
    await subscribed.say('twice');
    await subscribed.flush();
    assert.equal(subscribed.receiver.items().length, 2);
    await subscribed.emulator.control('POST', '/faults', { kind: 'lose', times: 1 });
    await subscribed.say('gone');
    await subscribed.emulator.control('POST', '/faults', { kind: 'token_null', times: 1 });
    await subscribed.say('without tokens');
    await subscribed.flush();
    assert.equal(subscribed.receiver.items().length, 3);
    assert.equal(subscribed.receiver.received.at(-1)?.validationTokens, null);
  });

  test('a different order on demand', async () => {
    await subscribed.subscribe(ALICE.oid);
    await subscribed.emulator.control('POST', '/faults', { kind: 'reorder', window: 3, times: 1 });
    const written = [await subscribed.say('one'), await subscribed.say('two'), await subscribed.say('three')];
    await subscribed.flush();
    const arrived = subscribed.receiver.items().map((item) => decrypt(item, subscribed.key.privateKey).id);
    assert.deepEqual(arrived, written.map(({ id }) => id).reverse());
  });
});
