import assert from 'node:assert/strict';
import test from 'node:test';
import { DAY, HOUR, MINUTE } from '../../../../sidecar/src/core/time.ts';
import type {
  FoundSubscription,
  ListedSubscription,
  SubscriptionAction,
  WantedSubscription,
} from '../../../../sidecar/src/graph/subscriptions/plan.ts';
import {
  compare,
  plan,
  RENEW_AFTER_MAX,
  RENEW_AFTER_MIN,
  renewAt,
} from '../../../../sidecar/src/graph/subscriptions/plan.ts';

const NOW = Date.parse('2026-11-21T10:00:00Z');
const WANTED: WantedSubscription = {
  resource: '/users/o/chats/getAllMessages',
  notificationUrl: 'https://a/n',
  certificateId: 'k2',
};

function found(changes: Partial<FoundSubscription> = {}): FoundSubscription {
  return {
    id: 's1',
    resource: WANTED.resource,
    notificationUrl: WANTED.notificationUrl,
    certificateId: 'k2',
    expiresAt: NOW + DAY,
    renewedAt: NOW - MINUTE,
    ...changes,
  };
}

const wait = (one: FoundSubscription): SubscriptionAction => ({ do: 'wait', until: renewAt(one) });
const DUE = NOW - HOUR;

const ROWS: Record<
  string,
  [wanted: WantedSubscription | null, found: FoundSubscription[], actions: SubscriptionAction[]]
> = {
  'nothing there': [WANTED, [], [{ do: 'create' }]],
  'all well': [WANTED, [found()], [wait(found())]],
  'address unknown': [WANTED, [found({ notificationUrl: null })], [wait(found())]],
  'time to renew': [WANTED, [found({ renewedAt: DUE })], [{ do: 'renew', id: 's1', withCertificate: false }]],
  'time to renew, certificate rotated': [
    WANTED,
    [found({ renewedAt: DUE, certificateId: 'k1' })],
    [{ do: 'renew', id: 's1', withCertificate: true }],
  ],
  'certificate rotated, not yet time': [WANTED, [found({ certificateId: 'k1' })], [wait(found())]],
  expired: [WANTED, [found({ expiresAt: NOW })], [{ do: 'forget', id: 's1' }, { do: 'create' }]],
  'our address changed': [
    WANTED,
    [found({ notificationUrl: 'https://old/n' })],
    [{ do: 'remove', id: 's1' }, { do: 'create' }],
  ],
  'another resource': [
    WANTED,
    [found({ resource: '/users/x/chats/getAllMessages' })],
    [{ do: 'remove', id: 's1' }, { do: 'create' }],
  ],
  'two where one belongs': [
    WANTED,
    [found({ id: 'old', renewedAt: NOW - 2 * MINUTE }), found()],
    [{ do: 'remove', id: 'old' }, wait(found())],
  ],
  'one expired, one good': [
    WANTED,
    [found({ id: 'old', expiresAt: NOW - 1 }), found()],
    [{ do: 'forget', id: 'old' }, wait(found())],
  ],
  'a stray serves nobody': [WANTED, [found({ isStray: true })], [{ do: 'remove', id: 's1' }, { do: 'create' }]],
  'nothing wanted, nothing there': [null, [], []],
  'nothing wanted': [
    null,
    [found(), found({ id: 's2', expiresAt: NOW })],
    [
      { do: 'remove', id: 's1' },
      { do: 'forget', id: 's2' },
    ],
  ],
};

for (const [name, [wanted, rows, actions]] of Object.entries(ROWS)) {
  test(`plan: ${name}`, () => assert.deepEqual(plan(wanted, rows, NOW), actions));
}

test('renewals lie between 30 and 45 minutes after the last one, and are spread', () => {
  const delays = Array.from({ length: 3_000 }, (_, n) => renewAt({ id: `s${n}`, renewedAt: NOW }) - NOW);
  assert.ok(delays.every((delay) => delay >= RENEW_AFTER_MIN && delay < RENEW_AFTER_MAX));
  for (let from = RENEW_AFTER_MIN; from < RENEW_AFTER_MAX; from += MINUTE) {
    const share = delays.filter((delay) => delay >= from && delay < from + MINUTE).length;
    assert.ok(share > 100 && share < 300, `${share} of 3,000 in one minute of fifteen`);
  }
});

const LISTED = {
  id: 's1',
  resource: WANTED.resource,
  notificationUrl: WANTED.notificationUrl,
  expiresAt: NOW + 2 * DAY,
};

const COMPARED: Record<
  string,
  [rows: FoundSubscription[], listed: ListedSubscription[], actions: SubscriptionAction[]]
> = {
  'both agree': [[found()], [LISTED], [wait(found())]],
  'Graph has lost it': [[found()], [], [{ do: 'forget', id: 's1' }, { do: 'create' }]],
  'Graph lets it expire': [[found()], [{ ...LISTED, expiresAt: NOW }], [{ do: 'forget', id: 's1' }, { do: 'create' }]],
  'it leads elsewhere in truth': [
    [found()],
    [{ ...LISTED, notificationUrl: 'https://old/n' }],
    [{ do: 'remove', id: 's1' }, { do: 'create' }],
  ],
  'encrypted for a key that is not ours any more': [
    [found({ certificateId: 'lost' })],
    [LISTED],
    [{ do: 'renew', id: 's1', withCertificate: true }],
  ],
  'a leftover at our address': [
    [found()],
    [LISTED, { ...LISTED, id: 'stray' }],
    [{ do: 'remove', id: 'stray' }, wait(found())],
  ],
  'a leftover without the leading slash': [
    [],
    [{ ...LISTED, id: 'stray', resource: WANTED.resource.slice(1) }],
    [{ do: 'remove', id: 'stray' }, { do: 'create' }],
  ],
  'what others have is left alone': [
    [found()],
    [
      LISTED,
      { ...LISTED, id: 'a', resource: '/chats/getAllMessages' },
      { ...LISTED, id: 'b', notificationUrl: 'https://another/n' },
    ],
    [wait(found())],
  ],
};

for (const [name, [rows, listed, actions]] of Object.entries(COMPARED)) {
  test(`compared with Graph: ${name}`, () => {
    assert.deepEqual(plan(WANTED, compare(WANTED, rows, listed), NOW), actions);
  });
}
