import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LinkRequest } from '../../../../sidecar/src/connect/sign-in/link-policy.ts';
import { decideLink } from '../../../../sidecar/src/connect/sign-in/link-policy.ts';
import { connection, user } from '../../../support/builders.ts';

const ACCOUNT = {
  tid: '11111111-aaaa-4bbb-8ccc-000000000001',
  oid: 'aaaaaaaa-0000-4000-8000-000000000001',
  name: 'Alice Adams',
  mail: 'alice@example.com',
  userPrincipalName: 'aadams@contoso.example',
};
const FREE: LinkRequest = {
  user: user({ id: 'u1' }),
  account: ACCOUNT,
  own: null,
  holder: null,
  full: false,
  match: 'email',
};
const OTHERS = connection({ id: 'connection-2', userId: 'user-2' });

function reason(request: Partial<LinkRequest>): string {
  const decision = decideLink({ ...FREE, ...request });
  return decision.action === 'refuse' ? decision.reason : decision.action;
}

test('mail or user principal name must equal the Mattermost address, whatever the case', () => {
  assert.equal(reason({}), 'create');
  assert.equal(reason({ user: user({ email: 'ALICE@Example.com' }) }), 'create');
  assert.equal(reason({ user: user({ email: 'aadams@contoso.example' }) }), 'create');
  assert.equal(
    reason({ account: { ...ACCOUNT, mail: null }, user: user({ email: 'AADAMS@contoso.example' }) }),
    'create',
  );
  assert.equal(reason({ user: user({ email: 'bob@example.com' }) }), 'account_mismatch');
  assert.equal(reason({ user: user({ email: 'alice@example.com.evil.example' }) }), 'account_mismatch');
});

test('a mismatch names both addresses', () => {
  const decision = decideLink({ ...FREE, user: user({ email: 'bob@example.com' }) });
  assert.deepEqual(decision, {
    action: 'refuse',
    reason: 'account_mismatch',
    values: { expected: 'bob@example.com', actual: 'alice@example.com' },
  });
});

test('a hidden Mattermost address is refused, even for an account without an address', () => {
  assert.equal(reason({ user: user({ email: null }) }), 'email_hidden');
  const nameless = { ...ACCOUNT, mail: '', userPrincipalName: '' };
  assert.equal(reason({ user: user({ email: '' }), account: nameless }), 'email_hidden');
});

test('bots and deactivated users do not connect', () => {
  assert.equal(reason({ user: user({ isBot: true }) }), 'user_not_allowed');
  assert.equal(reason({ user: user({ deactivated: true }) }), 'user_not_allowed');
});

test('an account of an active user is taken, and nothing of that user is told', () => {
  const decision = decideLink({ ...FREE, holder: { connection: OTHERS, deactivated: false } });
  assert.deepEqual(decision, { action: 'refuse', reason: 'account_taken', values: {} });
});

test('an account of a deactivated or deleted user is taken over', () => {
  assert.deepEqual(decideLink({ ...FREE, holder: { connection: OTHERS, deactivated: true } }), {
    action: 'take_over',
    from: OTHERS,
  });
});

test('taking over needs no free place, a new connection does', () => {
  assert.equal(reason({ full: true }), 'limit_reached');
  assert.equal(reason({ full: true, holder: { connection: OTHERS, deactivated: true } }), 'take_over');
  const own = connection();
  assert.equal(reason({ full: true, own, holder: { connection: own, deactivated: false } }), 'renew');
});

test('the same account again renews the same connection; another one says with which the user is connected', () => {
  const own = connection();
  assert.deepEqual(decideLink({ ...FREE, own, holder: { connection: own, deactivated: false } }), {
    action: 'renew',
    connection: own,
  });
  const other = connection({ oid: 'bbbbbbbb-0000-4000-8000-000000000002', accountAddress: 'old@example.com' });
  assert.deepEqual(decideLink({ ...FREE, own: other }), {
    action: 'refuse',
    reason: 'connected_differently',
    values: { connected: 'old@example.com' },
  });
});
