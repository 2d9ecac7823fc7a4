import assert from 'node:assert/strict';
import test from 'node:test';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { connectionOwner, ownerKey } from '../../../../sidecar/src/core/owner.ts';
import { DAY, HOUR, MINUTE } from '../../../../sidecar/src/core/time.ts';
import { createSubscriptionManager } from '../../../../sidecar/src/graph/subscriptions/manager.ts';
import type { KnownSubscription } from '../../../../sidecar/src/graph/webhook/accept-notifications.ts';
import { hashClientState } from '../../../../sidecar/src/graph/webhook/accept-notifications.ts';
import { OID } from '../../../support/builders.ts';
import { setUpManager } from './subscriptions-in-memory.ts';

test('a subscription is created as Graph wants it, and only the hash of its secret is kept', async (t) => {
  const { manager, graph, server, alice, rows, clock, tokens } = await setUpManager();
  t.after(server.close);
  await manager.ensure(alice);
  const [made] = graph.subscriptions.values();
  const body = JSON.parse(server.seen[0]?.body ?? '');
  const { clientState, expirationDateTime, ...rest } = body;
  assert.deepEqual(rest, {
    changeType: 'created,updated,deleted',
    notificationUrl: 'https://sidecar.example/graph/notifications',
    lifecycleNotificationUrl: 'https://sidecar.example/graph/lifecycle',
    resource: `/users/${OID}/chats/getAllMessages`,
    includeResourceData: true,
    encryptionCertificate: 'DER of cert-1',
    encryptionCertificateId: 'cert-1',
    latestSupportedTlsVersion: 'v1_2',
  });
  assert.ok(clientState.length >= 32 && clientState.length <= 128);
  const lifetime = Date.parse(expirationDateTime) - clock.now();
  assert.ok(lifetime > 2 * DAY && lifetime <= 4_320 * MINUTE);
  assert.equal(server.seen[0]?.headers.prefer, 'include-unknown-enum-members');
  const row = rows.get(made?.id ?? '');
  assert.equal(row?.clientStateHash, hashClientState(clientState));
  assert.ok(!JSON.stringify(row).includes(clientState));
  assert.ok((tokens[0]?.[1] ?? 0) >= 45 * MINUTE, 'the token must outlive the time to the next renewal');
});

test('ensuring twice, even at once, makes one subscription and one request', async (t) => {
  const { manager, server, alice, rows, requests } = await setUpManager();
  t.after(server.close);
  await Promise.all([manager.ensure(alice), manager.ensure(alice)]);
  await manager.ensure(alice);
  assert.equal(rows.size, 1);
  assert.deepEqual(requests(), ['POST']);
});

test('a subscription whose secret is lost is replaced', async (t) => {
  const { manager, graph, server, alice, rows, requests } = await setUpManager();
  t.after(server.close);
  await manager.ensure(alice);
  const [lost] = rows.keys();
  rows.clear();
  await manager.ensure(alice);
  assert.deepEqual(requests(), ['POST', 'POST', 'DELETE', 'POST']);
  assert.deepEqual([...rows.keys()], [...graph.subscriptions.keys()]);
  assert.notEqual([...rows.keys()][0], lost);
});

test('a conflict that names no id is solved by looking', async (t) => {
  const { manager, graph, server, alice, rows, requests } = await setUpManager();
  t.after(server.close);
  await manager.ensure(alice);
  rows.clear();
  graph.state.conflictNamesId = false;
  await manager.ensure(alice);
  assert.deepEqual(requests(), ['POST', 'POST', 'GET', 'DELETE', 'POST']);
  assert.deepEqual([...rows.keys()], [...graph.subscriptions.keys()]);
});

test("another replica's subscription of the same connection is adopted", async (t) => {
  const { manager, deps, graph, server, alice, rows, requests } = await setUpManager();
  t.after(server.close);
  await manager.ensure(alice);
  const [id] = rows.keys();
  const late = { ...deps.subscriptions, byOwner: async () => [] };
  await createSubscriptionManager({ ...deps, subscriptions: late }).ensure(alice);
  assert.deepEqual(requests(), ['POST', 'POST', 'PATCH']);
  assert.deepEqual([...rows.keys()], [id]);
  assert.equal(graph.subscriptions.size, 1);
});

test('a renewal extends, and brings the new certificate after a rotation', async (t) => {
  const { manager, graph, server, alice, rows, clock, keys, requests } = await setUpManager();
  t.after(server.close);
  await manager.ensure(alice);
  clock.advance(46 * MINUTE);
  await manager.ensure(alice);
  assert.deepEqual(Object.keys(JSON.parse(server.seen[1]?.body ?? '')), ['expirationDateTime']);
  keys.current = 'cert-2';
  clock.advance(46 * MINUTE);
  await manager.ensure(alice);
  assert.deepEqual(requests(), ['POST', 'PATCH', 'PATCH']);
  const [made] = graph.subscriptions.values();
  const [row] = rows.values();
  assert.equal(made?.encryptionCertificateId, 'cert-2');
  assert.equal(row?.certificateId, 'cert-2');
  assert.equal(row?.renewedAt, clock.now());
  assert.equal(row?.expiresAt, Date.parse(made?.expirationDateTime ?? ''));
});

test('a subscription Graph has lost is made anew at its renewal', async (t) => {
  const { manager, graph, server, alice, rows, clock, requests } = await setUpManager();
  t.after(server.close);
  await manager.ensure(alice);
  graph.subscriptions.clear();
  clock.advance(HOUR);
  await manager.ensure(alice);
  assert.deepEqual(requests(), ['POST', 'PATCH', 'POST']);
  assert.deepEqual([...rows.keys()], [...graph.subscriptions.keys()]);
});

test('a subscription that brings messages to an old address is replaced, known or found out', async (t) => {
  for (const keepsAddress of [true, false]) {
    const { manager, deps, graph, server, alice, rows, clock } = await setUpManager();
    t.after(server.close);
    await manager.ensure(alice);
    for (const [id, row] of keepsAddress ? [] : rows) rows.set(id, { ...row, notificationUrl: null });
    const moved = createSubscriptionManager({ ...deps, publicUrl: 'https://new.example' });
    clock.advance(HOUR);
    await moved.ensure(alice);
    const [made] = graph.subscriptions.values();
    assert.equal(graph.subscriptions.size, 1);
    assert.equal(made?.notificationUrl, 'https://new.example/graph/notifications');
    assert.deepEqual([...rows.keys()], [made?.id]);
  }
});

test('stopping deletes at Graph and here, also when Graph or the sign-in fails', async (t) => {
  const { manager, graph, server, alice, rows, connections } = await setUpManager();
  t.after(server.close);
  await manager.ensure(alice);
  await manager.stop(alice);
  assert.equal(graph.subscriptions.size + rows.size, 0);
  await manager.stop(alice);
  await manager.ensure(alice);
  graph.state.fail = () => ({ status: 500, body: {} });
  await manager.stop(alice);
  assert.equal(rows.size, 0);
  graph.state.fail = () => null;
  graph.subscriptions.clear();
  await manager.ensure(alice);
  connections.set(alice.id, { ...alice, state: 'reconnect' });
  await manager.stop(alice);
  assert.equal(rows.size, 0);
});

test('a lifecycle event renews once, replaces what was removed, and leaves the rest alone', async (t) => {
  const { manager, graph, server, alice, rows, clock, requests, connections } = await setUpManager();
  t.after(server.close);
  await manager.ensure(alice);
  const about = (event: string, subscriptionId = [...rows.keys()][0] ?? '') => ({
    subscriptionId,
    owner: connectionOwner(alice.id),
    event,
  });
  await manager.onLifecycle(about('reauthorizationrequired'));
  assert.deepEqual(requests(), ['POST'], 'it was just made');
  clock.advance(15 * MINUTE);
  await Promise.all([
    manager.onLifecycle(about('reauthorizationrequired')),
    manager.onLifecycle(about('reauthorizationrequired')),
  ]);
  assert.deepEqual(requests(), ['POST', 'PATCH']);
  for (const event of ['missed', 'somethingnew']) await manager.onLifecycle(about(event));
  assert.deepEqual(requests(), ['POST', 'PATCH']);
  graph.subscriptions.clear();
  await manager.onLifecycle(about('subscriptionremoved'));
  assert.deepEqual(requests(), ['POST', 'PATCH', 'POST']);
  assert.deepEqual([...rows.keys()], [...graph.subscriptions.keys()]);
  connections.set(alice.id, { ...alice, state: 'reconnect' });
  clock.advance(HOUR);
  await manager.onLifecycle(about('reauthorizationrequired'));
  assert.equal(requests().length, 3);
});

test('a sign-in found dead in the middle of a renewal stops the subscription without waiting for itself', async (t) => {
  const { manager, server, alice, rows, clock, connections, requests } = await setUpManager({
    tokenFor: async (owner) => {
      const known = connections.get(ownerKey(owner));
      if (known && clock.now() > started) {
        await manager.stop({ ...known, state: 'reconnect' });
        throw new AppError('reconnect_needed', 'dead');
      }
      return 'token';
    },
  });
  const started = clock.now();
  t.after(server.close);
  await manager.ensure(alice);
  clock.advance(HOUR);
  await assert.rejects(manager.ensure(alice), { code: 'reconnect_needed' });
  assert.equal(rows.size, 0);
  assert.deepEqual(requests(), ['POST']);
});

test('a refused token is replaced once, within the same try', async (t) => {
  const tokens = ['ended before its time', 'fresh', 'never asked for'];
  const { manager, graph, server, alice, rows } = await setUpManager({ tokenFor: async () => tokens.shift() ?? '' });
  t.after(server.close);
  graph.state.fail = ({ headers }) => (headers.authorization === 'Bearer fresh' ? null : { status: 401, body: {} });
  await manager.ensure(alice);
  assert.equal(rows.size, 1);
  assert.deepEqual(tokens, ['never asked for']);
});

test('the webhook knows a subscription whose creation is still under way', async (t) => {
  const { manager, graph, server, alice, rows } = await setUpManager();
  t.after(server.close);
  const asked: Array<Promise<KnownSubscription | null>> = [];
  let early = '';
  graph.state.fail = ({ method, body }) => {
    if (method !== 'POST' || asked.length > 0) return null;
    early = '0a0a0a0a-0000-4000-8000-000000000001';
    asked.push(manager.find(early));
    return { status: 201, body: { ...JSON.parse(body), id: early } };
  };
  await manager.ensure(alice);
  assert.deepEqual((await asked[0])?.owner, connectionOwner(alice.id));
  assert.equal(await manager.find('0a0a0a0a-0000-4000-8000-00000000ffff'), null);
  rows.delete(early);
  assert.ok(await manager.find(early), 'from memory');
  await manager.stop(alice);
});
