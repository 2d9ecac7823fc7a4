import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { createAllowList } from '../../../../sidecar/src/store/tables/allow-list.ts';
import { createCertificates } from '../../../../sidecar/src/store/tables/certificates.ts';
import { createConnections } from '../../../../sidecar/src/store/tables/connections.ts';
import { createInstallationState } from '../../../../sidecar/src/store/tables/installation-state.ts';
import { createInvitations } from '../../../../sidecar/src/store/tables/invitations.ts';
import { createReports } from '../../../../sidecar/src/store/tables/reports.ts';
import { connection } from '../../../support/builders.ts';
import { databaseKinds } from '../../../support/databases.ts';

const HOUR = 3_600_000;

for (const kind of await databaseKinds()) {
  describe(`administration on ${kind.name}`, { skip: kind.skip }, async () => {
    if (kind.skip) return;
    const { db, drop } = await kind.create();
    after(drop);
    const connections = createConnections(db);
    const reports = createReports(db);

    it('finds, sorts and pages connections', async () => {
      const people = ['Zoe 100%', 'ann lee', 'Bob_Brown'];
      for (const [index, accountName] of people.entries()) {
        const ids = { id: `k${index}`, userId: `u${index}`, oid: `o${index}`, connectedAt: 10 - index };
        await connections.create(connection({ ...ids, accountName, accountAddress: `a${index}@example.com` }), '');
      }
      const query = { search: '', userIds: [], sort: 'account', descending: false, offset: 0, limit: 2 } as const;
      const names = async (more: object) =>
        (await reports.connections({ ...query, userIds: [], ...more })).rows.map(({ accountName }) => accountName);
      assert.deepEqual(await names({}), ['ann lee', 'Bob_Brown']);
      assert.deepEqual(await names({ offset: 2 }), ['Zoe 100%']);
      assert.deepEqual(await names({ sort: 'connected' }), ['Bob_Brown', 'ann lee']);
      assert.deepEqual(await names({ search: 'ANN' }), ['ann lee']);
      assert.deepEqual(await names({ search: 'a2@example' }), ['Bob_Brown']);
      assert.deepEqual(await names({ search: '0%' }), ['Zoe 100%'], 'a sign of patterns is a sign like any other');
      assert.deepEqual(await names({ search: 'b_b' }), ['Bob_Brown']);
      assert.deepEqual(await names({ search: 'nothing like it', userIds: ['u0'] }), ['Zoe 100%']);
      assert.equal((await reports.connections({ ...query, userIds: [] })).total, 3);
    });

    it('counts deliveries by the hour, those that became a post', async () => {
      const rows: Array<[message: string, at: number, post: string | null]> = [
        ['1', 5 * HOUR, 'p1'],
        ['2', 5 * HOUR + 100, 'p2'],
        ['3', 7 * HOUR - 1, 'p3'],
        ['4', 7 * HOUR, null],
        ['5', HOUR, 'p5'],
      ];
      for (const [id, at, post] of rows) {
        await db.query(
          `insert into deliveries (user_id, tid, chat_id, message_id, state, pending_post_id, post_id, intent_at)
           values ('u', 't', 'c', $1, 'posted', '', $2, $3)`,
          [id, post, at],
        );
      }
      assert.deepEqual(await reports.deliveriesPerHour(2 * HOUR), [
        { at: 5 * HOUR, count: 2 },
        { at: 6 * HOUR, count: 1 },
      ]);
    });

    it('replaces the allow-list as a whole', async () => {
      const list = createAllowList(db);
      await list.replace(['Ann@Example.com', 'ann@example.com', 'bob@example.com']);
      assert.deepEqual(await list.all(), ['ann@example.com', 'bob@example.com']);
      assert.equal(await list.has('BOB@example.com'), true);
      await list.replace(Array.from({ length: 1_000 }, (_, index) => `p${index}@example.com`));
      assert.deepEqual([await list.count(), await list.has('ann@example.com')], [1_000, false]);
      await list.replace([]);
      assert.equal(await list.count(), 0);
    });

    it('invites a user once, and counts those who have not connected', async () => {
      const invitations = createInvitations(db);
      assert.deepEqual([await invitations.add('u9', 1), await invitations.add('u9', 2)], [true, false]);
      await invitations.add('u0', 1);
      assert.deepEqual([await invitations.has('u9'), await invitations.has('u8')], [true, false]);
      assert.equal(await invitations.pending(), 1, 'u0 is connected');
    });

    it('keeps the last value of each name of the installation state', async () => {
      const state = createInstallationState(db);
      assert.equal(await state.read('cap'), null);
      await state.write('cap', '1', 10);
      await state.write('cap', '2', 20);
      assert.deepEqual(await state.read('cap'), { value: '2', at: 20 });
    });

    it('seals a private key anew', async () => {
      const certificates = createCertificates(db);
      await certificates.create({ id: 'c9', certificate: 'der', sealedPrivateKey: 'old', createdAt: 1 });
      await certificates.reseal('c9', 'new');
      assert.equal((await certificates.list())[0]?.sealedPrivateKey, 'new');
    });
  });
}
