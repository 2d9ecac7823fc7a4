import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { noticeContext } from '../../../sidecar/src/core/ports/digests.ts';
import { DEFAULT_PREFERENCES } from '../../../sidecar/src/core/preferences.ts';
import { HOUR, MINUTE } from '../../../sidecar/src/core/time.ts';
import { type DigestPorts, runDigests } from '../../../sidecar/src/notify/digest-job.ts';
import { createWorker, type WorkerPorts } from '../../../sidecar/src/notify/pipeline/worker.ts';
import { createConnections } from '../../../sidecar/src/store/tables/connections.ts';
import { createDigests } from '../../../sidecar/src/store/tables/digests.ts';
import { createNotices } from '../../../sidecar/src/store/tables/notices.ts';
import { connection, message, START, sealerOf } from '../../support/builders.ts';
import { databaseKinds } from '../../support/databases.ts';
import { silentLog } from '../../support/log.ts';
import { until } from '../../support/until.ts';
import { created, createTestPipeline, deleted, type TestPipeline } from './pipeline/test-pipeline.ts';

const QUIET = { from: '00:00', to: '00:00', timeZone: 'UTC', digestAt: '12:00' };
const sealer = sealerOf('a');
const signal = new AbortController().signal;

for (const kind of await databaseKinds()) {
  describe(`digest on ${kind.name}`, { skip: kind.skip }, async () => {
    if (kind.skip) return;
    const test = await kind.create();
    after(test.drop);
    const connections = createConnections(test.db);
    const digests = createDigests(test.db);
    let pipeline: TestPipeline;
    let deps: DigestPorts;

    const texts = () => pipeline.mattermost.livePosts().map((post) => post.message);
    const due = () => pipeline.clock.advance(25 * HOUR);

    beforeEach(async () => {
      const tables = ['lanes', 'inbox', 'deliveries', 'dead_letters', 'digests', 'digest_items', 'connections'];
      for (const table of tables) await test.db.query(`delete from ${table}`);
      pipeline = createTestPipeline(test.db);
      const quiet = connection({ preferences: { ...DEFAULT_PREFERENCES, enabled: true, quietHours: QUIET } });
      pipeline.facts.connection = quiet;
      await connections.create(quiet, 'sealed');
      deps = {
        digests,
        mattermost: pipeline.mattermost.verbs,
        sealer,
        clock: pipeline.clock,
        random: () => 0,
        log: silentLog,
        connection: connections.find,
        user: pipeline.deps('x').user,
      };
    });

    /** One round of the job. Resolves to how many digests it took. */
    async function round(ports = deps): Promise<number> {
      let took = 0;
      const claim: DigestPorts['digests']['claim'] = async (request) => {
        const claimed = await ports.digests.claim(request);
        took = claimed.length;
        return claimed;
      };
      await runDigests({ ...ports, digests: { ...ports.digests, claim } }, signal);
      return took;
    }

    /** Messages of chats, held through the pipeline, their names sealed as the real notice does. */
    async function defer(...ids: [chatId: string, id: number][]) {
      const items = ids.map(([chatId, id]) => created(message({ chatId, id: String(START + id) })));
      await pipeline.inbox.put([items], START);
      const notice: WorkerPorts['notice'] = async ({ key, message: { chatId, id, createdAt } }) => {
        const link = `https://teams.example/${chatId}/${id}`;
        const names = { sender: 'Bo', chatTitle: `Chat ${chatId}`, chatKind: 'group', mentioned: false };
        return sealer.seal(JSON.stringify({ ...names, link, sentAt: createdAt }), noticeContext(key));
      };
      await pipeline.drain(createWorker({ ...pipeline.deps('holder'), notice }), 1);
    }

    it('stores deferred messages without their text, and posts them once when they are due', async () => {
      await defer(['c1', 1], ['c1', 2], ['c2', 3]);
      assert.deepEqual(pipeline.counted, ['held', 'held', 'held']);
      const rows = await test.db.query('select * from digest_items');
      assert.equal(rows.length, 3);
      // A sealed text may hold two letters of a name by chance.
      assert.doesNotMatch(JSON.stringify(rows), /hello|sender|Chat c/);
      assert.equal(await round(), 0);
      due();
      assert.equal(await round(), 1);
      assert.equal(await round(), 0);
      const [text = '', ...more] = texts();
      assert.deepEqual(more, []);
      assert.match(text, /3 messages arrived/);
      assert.match(text, /- \*\*\[Chat c1\]\(https:\/\/teams\.example\/c1\/\d+1\)\*\* · Bo · 2 messages\n/);
      assert.deepEqual(await test.db.query('select * from digest_items'), []);
      assert.deepEqual(await test.db.query('select * from digests'), []);
      const listed = await createNotices(test.db).list('u1', 50);
      assert.deepEqual(new Set(listed.map(({ postId }) => postId)), new Set(['p1']));
      assert.equal(listed.length, 3);
    });

    it('posts once when the answer is lost, and when Mattermost is away', async () => {
      pipeline.mattermost.faults.push('unavailable', 'lose answer');
      await defer(['c1', 1]);
      due();
      for (let attempt = 0; attempt < 5; attempt += 1) {
        await round();
        pipeline.clock.advance(10 * MINUTE);
      }
      assert.equal(pipeline.mattermost.posts.length, 1);
      assert.deepEqual(await test.db.query('select * from digests'), []);
    });

    it('posts once when its holder dies after posting, and another takes over', async () => {
      await defer(['c1', 1]);
      due();
      const dies = { ...digests, close: () => new Promise<never>(() => {}) };
      void round({ ...deps, digests: dies });
      await until(() => pipeline.mattermost.posts.length === 1);
      assert.equal(await round(), 0);
      pipeline.clock.advance(2 * MINUTE);
      assert.equal(await round(), 1);
      assert.equal(pipeline.mattermost.posts.length, 1);
    });

    it('ends with one post when the holder is suspended between its search and its request', async () => {
      await defer(['c1', 1]);
      due();
      let wakeUp = () => {};
      pipeline.mattermost.faults.push(new Promise<void>((resolve) => (wakeUp = resolve)));
      const sleeper = round();
      await until(() => pipeline.mattermost.faults.length === 0);
      pipeline.clock.advance(2 * MINUTE);
      assert.equal(await round(), 1);
      wakeUp();
      await sleeper;
      assert.equal(pipeline.mattermost.posts.length, 2);
      assert.equal(texts().length, 1);
    });

    it('is shared by replicas, each digest by one', async () => {
      await defer(['c1', 1]);
      due();
      const took = await Promise.all([round(), round()]);
      assert.equal(took[0] + took[1], 1);
      assert.equal(pipeline.mattermost.posts.length, 1);
    });

    it('leaves out messages deleted in Teams meanwhile, and digests that are not wanted any more', async () => {
      await defer(['c1', 1], ['c1', 2]);
      await pipeline.inbox.put([[deleted(message({ id: String(START + 1) }))]], START);
      await pipeline.drain(undefined, 1);
      due();
      await round();
      assert.match(texts()[0] ?? '', /one message arrived/);
      await defer(['c1', 3]);
      await connections.changePreferences('k1', (now) => ({ ...now, enabled: false }));
      due();
      assert.equal(await round(), 1);
      assert.equal(pipeline.mattermost.posts.length, 1);
      assert.deepEqual(await test.db.query('select * from digest_items'), []);
    });

    it('comes at once when quiet hours are switched off, and goes with the connection', async () => {
      await defer(['c1', 1]);
      await connections.changePreferences('k1', (now) => ({ ...now, quietHours: null }));
      assert.equal(await round(), 1);
      await defer(['c1', 2]);
      await connections.remove('k1');
      assert.deepEqual(await test.db.query('select * from digest_items'), []);
      assert.deepEqual(await createNotices(test.db).list('u1', 50), []);
    });
  });
}
