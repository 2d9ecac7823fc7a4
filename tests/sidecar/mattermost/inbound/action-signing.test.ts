import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HOUR } from '../../../../sidecar/src/core/time.ts';
import { createActionSigner } from '../../../../sidecar/src/mattermost/inbound/action-signing.ts';
import { ALICE, BOB, sealerOf } from '../../../support/builders.ts';
import { createFakeClock, NOW } from '../../../support/clock.ts';

const ACTION = { userId: ALICE, action: 'disconnect_confirm', expiresAt: NOW + HOUR };

test('a signed action is good for its user until its time', () => {
  const clock = createFakeClock();
  const signer = createActionSigner(sealerOf('a'), clock);
  const signed = signer.sign(ACTION);
  assert.equal(signer.verify(ALICE, signed), 'disconnect_confirm');
  assert.equal(signer.verify(ALICE, signed), 'disconnect_confirm');
  assert.throws(() => signer.verify(BOB, signed), { code: 'forbidden' });
  clock.advance(HOUR);
  assert.throws(() => signer.verify(ALICE, signed), { code: 'link_expired' });
});

test('a changed character anywhere makes it void', () => {
  const signer = createActionSigner(sealerOf('a'), createFakeClock());
  const signed = signer.sign(ACTION);
  for (let index = 0; index < signed.length; index += 1) {
    const other = signed[index] === '1' ? '2' : '1';
    const changed = signed.slice(0, index) + other + signed.slice(index + 1);
    assert.throws(() => signer.verify(ALICE, changed), { code: 'forbidden' }, `position ${index}`);
  }
});

test('a text that is not a signed action is forbidden', () => {
  const signer = createActionSigner(sealerOf('a'), createFakeClock());
  const signed = signer.sign(ACTION);
  const [expiry, mac] = signed.split('.');
  for (const text of [
    '',
    'connect',
    `${signed}x`,
    signed.slice(1),
    `${expiry}..connect`,
    `${expiry}.${mac}.`,
    `${expiry}.é${mac?.slice(1)}.connect`,
  ]) {
    assert.throws(() => signer.verify(ALICE, text), { code: 'forbidden' }, text);
  }
});

test('buttons signed before a key change stay good while the old key is configured', () => {
  const clock = createFakeClock();
  const signed = createActionSigner(sealerOf('old'), clock).sign(ACTION);
  assert.equal(createActionSigner(sealerOf('new', 'old'), clock).verify(ALICE, signed), 'disconnect_confirm');
  assert.throws(() => createActionSigner(sealerOf('new'), clock).verify(ALICE, signed), { code: 'forbidden' });
});
