import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { CONTOSO } from '../../../../playground/sample.ts';
import { connectionOwner } from '../../../../sidecar/src/core/owner.ts';
import type { Subscription } from '../../../../sidecar/src/core/ports/subscriptions.ts';
import { DEFAULT_PREFERENCES } from '../../../../sidecar/src/core/preferences.ts';
import { createInbox } from '../../../../sidecar/src/store/queue/inbox.ts';
import { createCertificates } from '../../../../sidecar/src/store/tables/certificates.ts';
import { createConnections } from '../../../../sidecar/src/store/tables/connections.ts';
import { createLeases } from '../../../../sidecar/src/store/tables/leases.ts';
import { createSignIns } from '../../../../sidecar/src/store/tables/sign-ins.ts';
import { createSubscriptions } from '../../../../sidecar/src/store/tables/subscriptions.ts';
import { connection, inboxItem } from '../../../support/builders.ts';
import { databaseKinds } from '../../../support/databases.ts';

function subscription(over: Partial<Subscription> = {}): Subscription {
  const resource = '/users/o/chats/getAllMessages';
  const ids = { id: 's1', owner: connectionOwner('k1'), tid: CONTOSO, certificateId: 'c1', clientStateHash: 'h' };
  return { ...ids, resource, notificationUrl: null, expiresAt: 100, renewedAt: 10, createdAt: 1, ...over };
}

for (const kind of await databaseKinds()) {
  describe(`tables on ${kind.name}`, { skip: kind.skip }, async () => {
    if (kind.skip) return;
    const { db, drop } = await kind.create();
    after(drop);
    const connections = createConnections(db);
    const subscriptions = createSubscriptions(db);

    it('finds a connection by id, user and account, as it was created', async () => {
      const ann = connection();
      await connections.create(ann, 'sealed');
      assert.deepEqual(await connections.find('k1'), ann);
      assert.deepEqual(await connections.findByUser('u1'), ann);
      assert.deepEqual(await connections.findByAccount(ann), ann);
      assert.equal(await connections.find('other'), null);
      assert.equal(await connections.tokenCache('k1'), 'sealed');
    });

    it('refuses a second connection of a user or of an account', async () => {
      const sameUser = connection({ id: 'k2', oid: 'another' });
      const sameAccount = connection({ id: 'k2', userId: 'another' });
      await assert.rejects(connections.create(sameUser, ''), { code: 'account_taken' });
      await assert.rejects(connections.create(sameAccount, ''), { code: 'account_taken' });
    });

    it('changes what may change and pages through the rest', async () => {
      await connections.create(connection({ id: 'k2', userId: 'u2', oid: 'o2' }), '');
      await connections.setState({ id: 'k2', state: 'reconnect', errorCode: 'reconnect_needed', now: 7 });
      await connections.changePreferences('k2', (now) => ({ ...now, enabled: false, when: 'away' }));
      await connections.saveTokenCache('k2', 'newer');
      const changed = await connections.find('k2');
      assert.deepEqual(
        [changed?.state, changed?.lastErrorCode, changed?.lastErrorAt],
        ['reconnect', 'reconnect_needed', 7],
      );
      assert.deepEqual(changed?.preferences, DEFAULT_PREFERENCES);
      assert.equal(await connections.tokenCache('k2'), 'newer');
      await connections.setState({ id: 'k2', state: 'connected', errorCode: null, now: 8 });
      const end = { id: 'k2', sealedTokenCache: 'newer', errorCode: 'reconnect_needed', now: 9 } as const;
      assert.equal(await connections.endSignIn({ ...end, sealedTokenCache: 'older' }), false);
      const ended = await Promise.all([connections.endSignIn(end), connections.endSignIn(end)]);
      assert.deepEqual(ended.sort(), [false, true]);
      assert.equal((await connections.find('k2'))?.lastErrorAt, 9);
      await connections.setState({ id: 'k2', state: 'connected', errorCode: null, now: 10 });
      assert.equal((await connections.find('k2'))?.lastErrorAt, null);
      const ids = async (afterId: string | null) => (await connections.list({ afterId, limit: 1 })).map(({ id }) => id);
      assert.deepEqual([await ids(null), await ids('k1'), await ids('k2')], [['k1'], ['k2'], []]);
      assert.equal(await connections.count(), 2);
    });

    it('lists the subscriptions that are due, of connections whose sign-in works', async () => {
      await subscriptions.save(subscription());
      await subscriptions.save(subscription({ id: 's2', owner: connectionOwner('k2'), renewedAt: 5 }));
      await subscriptions.save(subscription({ id: 's3', owner: connectionOwner('k2'), renewedAt: 50 }));
      const due = async (before: number) => (await subscriptions.dueBefore(before, 10)).map(({ id }) => id);
      assert.deepEqual(await due(11), ['s2', 's1']);
      await connections.setState({ id: 'k2', state: 'reconnect', errorCode: 'reconnect_needed', now: 1 });
      assert.deepEqual(await due(100), ['s1']);
      await subscriptions.setRenewed({ id: 's1', expiresAt: 300, renewedAt: 200 });
      await subscriptions.setRenewed({ id: 's3', expiresAt: 300, renewedAt: 200, certificateId: 'c2' });
      assert.deepEqual(await subscriptions.find('s1'), subscription({ expiresAt: 300, renewedAt: 200 }));
      assert.equal((await subscriptions.find('s3'))?.certificateId, 'c2');
      assert.equal((await subscriptions.all()).length, 3);
      assert.equal((await subscriptions.byOwner(connectionOwner('k2'))).length, 2);
    });

    it('removes a connection with its subscriptions and its waiting work', async () => {
      const inbox = createInbox(db, { holdMs: 0 });
      await inbox.put(
        [
          [
            inboxItem({ owner: connectionOwner('k2') }),
            inboxItem({ owner: connectionOwner('k2'), chatId: 'c2' }),
            inboxItem(),
          ],
        ],
        1,
      );
      await connections.remove('k2');
      await connections.remove('k2');
      assert.equal(await connections.find('k2'), null);
      assert.deepEqual(await subscriptions.byOwner(connectionOwner('k2')), []);
      const left = await inbox.backlog();
      assert.deepEqual([left.items, left.chatQueues], [1, 1]);
    });

    it('lets one of several at once consume a link or a state, before it expires', async () => {
      const signIns = createSignIns(db);
      await signIns.createLink({ hash: 'l', userId: 'u1', expiresAt: 100 });
      assert.deepEqual(await signIns.peekLink('l', 99), { userId: 'u1' });
      assert.equal(await signIns.consumeLink('l', 100), null);
      const links = await Promise.all([1, 2, 3].map(() => signIns.consumeLink('l', 99)));
      assert.equal(links.filter((link) => link !== null).length, 1);
      const state = { userId: 'u1', browserHash: 'b', sealed: 's' };
      await signIns.createState({ ...state, hash: 'h', expiresAt: 100 });
      const states = await Promise.all([1, 2, 3].map(() => signIns.consumeState('h', 99)));
      assert.deepEqual(
        states.filter((found) => found !== null),
        [state],
      );
      await signIns.createLink({ hash: 'old', userId: 'u1', expiresAt: 100 });
      await signIns.purge(100);
      assert.equal(await signIns.peekLink('old', 1), null);
    });

    it('keeps certificates, newest first', async () => {
      const certificates = createCertificates(db);
      const one = { id: 'a', certificate: 'DER', sealedPrivateKey: 'sealed', createdAt: 1 };
      await certificates.create(one);
      await certificates.create({ ...one, id: 'b', createdAt: 2 });
      assert.deepEqual(
        (await certificates.list()).map(({ id }) => id),
        ['b', 'a'],
      );
      await certificates.remove('b');
      assert.deepEqual(await certificates.list(), [one]);
    });

    it('gives a lease to one holder at a time and refuses a holder whose lease expired', async () => {
      const leases = createLeases(db);
      const ask = (holder: string, now: number) => leases.acquire({ name: 'sweep', holder, now, ms: 10 });
      const won = (await Promise.all([ask('a', 0), ask('b', 0), ask('c', 0)])).filter((lease) => lease !== null);
      assert.equal(won.length, 1);
      const [first] = won;
      assert.ok(first);
      assert.equal(await leases.renew(first, 5, 10), true);
      assert.equal(await ask('z', 14), null);
      const second = await ask('z', 15);
      assert.ok(second && second.fencingToken > first.fencingToken);
      assert.equal(await leases.renew(first, 16, 10), false);
      await leases.release(first);
      assert.equal(await ask('y', 16), null);
      await leases.release(second);
      assert.ok(await ask('y', 16));
    });
  });
}
