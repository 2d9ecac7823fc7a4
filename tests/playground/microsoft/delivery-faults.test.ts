import assert from 'node:assert/strict';
import { after, afterEach, before, describe, test } from 'node:test';
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose';
import { ALICE, CLIENT_ID, CONTOSO } from '../../../playground/sample.ts';
import { decrypt } from './notification-receiver.ts';
import { createDeliveryStage, type DeliveryStage } from './subscribed-receiver.ts';

describe('planned faults of delivery', () => {
  let stage: DeliveryStage;
  before(async () => {
    stage = await createDeliveryStage();
  });
  after(() => stage.close());
  afterEach(() => stage.reset());

  for (const kind of ['wrong_key', 'tampered_data', 'tampered_signature']) {
    test(`the fault ${kind} makes a notification unreadable, once`, async () => {
      await stage.subscribe(ALICE.oid);
      await stage.scene.control('POST', '/faults', { kind, times: 1 });
      await stage.say('broken');
      await stage.flush();
      await stage.say('whole');
      await stage.flush();
      const [broken, whole] = stage.receiver.items();
      assert.ok(broken && whole);
      assert.throws(() => decrypt(broken, stage.key.privateKey));
      assert.equal((decrypt(whole, stage.key.privateKey).body as { content: string }).content, 'whole');
    });
  }

  for (const [kind, code] of [
    ['token_bad_signature', 'ERR_JWS_SIGNATURE_VERIFICATION_FAILED'],
    ['token_expired', 'ERR_JWT_EXPIRED'],
    ['token_wrong_aud', 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
    ['token_wrong_tid', 'ERR_JWT_CLAIM_VALIDATION_FAILED'],
  ]) {
    test(`the fault ${kind} fails verification`, async () => {
      await stage.subscribe(ALICE.oid);
      await stage.scene.control('POST', '/faults', { kind, times: 1 });
      await stage.say('hello');
      await stage.flush();
      const jwks = await stage.scene.call<JSONWebKeySet>('GET', '/common/discovery/v2.0/keys');
      const verify = jwtVerify(stage.receiver.received[0]?.validationTokens?.[0] ?? '', createLocalJWKSet(jwks.json), {
        issuer: `${stage.scene.microsoft.url}/${CONTOSO}/v2.0`,
        audience: CLIENT_ID,
      });
      await assert.rejects(verify, { code });
    });
  }

  test('duplicates, losses and null tokens on demand', async () => {
    await stage.subscribe(ALICE.oid);
    await stage.scene.control('POST', '/faults', { kind: 'duplicate', copies: 2, times: 1 });
    await stage.say('twice');
    await stage.flush();
    assert.equal(stage.receiver.items().length, 2);
    await stage.scene.control('POST', '/faults', { kind: 'lose', times: 1 });
    await stage.say('gone');
    await stage.scene.control('POST', '/faults', { kind: 'token_null', times: 1 });
    await stage.say('without tokens');
    await stage.flush();
    assert.equal(stage.receiver.items().length, 3);
    assert.equal(stage.receiver.received.at(-1)?.validationTokens, null);
  });

  test('a different order on demand', async () => {
    await stage.subscribe(ALICE.oid);
    await stage.scene.control('POST', '/faults', { kind: 'reorder', window: 3, times: 1 });
    const written = [await stage.say('one'), await stage.say('two'), await stage.say('three')];
    await stage.flush();
    const arrived = stage.receiver.items().map((item) => decrypt(item, stage.key.privateKey).id);
    assert.deepEqual(arrived, written.map(({ id }) => id).reverse());
  });
});
