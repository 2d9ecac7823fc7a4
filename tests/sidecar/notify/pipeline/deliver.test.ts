import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { createWorker, type WorkerPorts } from '../../../../sidecar/src/notify/pipeline/worker.ts';
import { message, START } from '../../../support/builders.ts';
import { databaseKinds } from '../../../support/databases.ts';
import { until } from '../../../support/until.ts';
import { runUntilDeath } from './crash.ts';
import { created, createTestPipeline, deleted, edited, type TestPipeline } from './test-pipeline.ts';

for (const kind of await databaseKinds()) {
  describe(`exactly one post on ${kind.name}`, { skip: kind.skip }, async () => {
    if (kind.skip) return;
    const test = await kind.create();
    after(test.drop);
    let pipeline: TestPipeline;
    const texts = () => pipeline.mattermost.livePosts().map((post) => post.message);
    beforeEach(async () => {
      for (const table of ['lanes', 'inbox', 'deliveries', 'dead_letters']) await test.db.query(`delete from ${table}`);
      pipeline = createTestPipeline(test.db);
    });

    it('posts once, without searching the channel, and stores ids only', async () => {
      await pipeline.inbox.put([[created(message())]], START);
      await pipeline.drain();
      assert.deepEqual(texts(), ['hello']);
      assert.equal(pipeline.mattermost.lookups(), 0);
      const rows = await test.db.query('select * from deliveries');
      assert.equal(JSON.stringify(rows).includes('hello'), false);
      assert.deepEqual(await test.db.query('select id from inbox'), []);
    });

    it('posts once when the answer is lost after the post was stored', async () => {
      pipeline.mattermost.faults.push('lose answer');
      await pipeline.inbox.put([[created(message())]], START);
      await pipeline.drain();
      assert.deepEqual(texts(), ['hello']);
      assert.equal(pipeline.mattermost.posts.length, 1);
    });

    it('posts once when Mattermost is away for a while, in order', async () => {
      pipeline.mattermost.faults.push('unavailable', 'unavailable', 'lose answer', 'unavailable');
      const later = message({ id: String(START + 1), body: { type: 'text', content: 'second' } });
      await pipeline.inbox.put([[created(later), created(message())]], START);
      await pipeline.drain();
      assert.deepEqual(texts(), ['hello', 'second']);
      assert.equal(pipeline.mattermost.posts.length, 2);
    });

    it('gives up a message that Mattermost refuses and continues with the next', async () => {
      pipeline.mattermost.faults.push('refused');
      const later = message({ id: String(START + 1), body: { type: 'text', content: 'second' } });
      await pipeline.inbox.put([[created(later), created(message())]], START);
      await pipeline.drain();
      assert.deepEqual(texts(), ['second']);
      const [letter] = await test.db.query<{ reason: string; payload: string }>(
        'select reason, payload from dead_letters',
      );
      assert.equal(letter?.reason, 'mattermost_refused');
    });

    it('ends with one post when a worker is suspended between its check and its request, and another takes over', async () => {
      let wakeUp = () => {};
      pipeline.mattermost.faults.push(
        new Promise<void>((resolve) => {
          wakeUp = resolve;
        }),
      );
      await pipeline.inbox.put([[created(message())]], START);
      const stop = new AbortController();
      const sleeper = createWorker({ ...pipeline.deps('sleeper'), inbox: withoutRenewal(pipeline) }).run(stop.signal);
      await until(() => pipeline.mattermost.faults.length === 0);
      pipeline.clock.advance(60_000);
      await pipeline.drain(
        createWorker({ ...pipeline.deps('other'), inbox: { ...pipeline.inbox, releaseAbandoned: async () => {} } }),
      );
      assert.deepEqual(texts(), ['hello']);
      wakeUp();
      await until(() => pipeline.mattermost.posts.length === 2 && pipeline.mattermost.livePosts().length === 1);
      stop.abort();
      await sleeper;
      const [row] = await test.db.query<{ post_id: string }>('select post_id from deliveries');
      assert.equal(row?.post_id, pipeline.mattermost.livePosts()[0]?.id);
    });

    it('keeps the older of two copies when the one that took over posts last', async () => {
      let letGo = () => {};
      const hang = new Promise<void>((resolve) => {
        letGo = resolve;
      });
      await pipeline.inbox.put([[created(message())]], START);
      const stop = new AbortController();
      const verbs = pipeline.mattermost.verbs;
      // The sleeper's post is stored while the other one is between its look and its own request.
      pipeline.mattermost.faults.push(hang);
      const sleeper = createWorker({ ...pipeline.deps('sleeper'), inbox: withoutRenewal(pipeline) }).run(stop.signal);
      await until(() => pipeline.mattermost.faults.length === 0);
      pipeline.clock.advance(60_000);
      const createPost: typeof verbs.createPost = async (post) => {
        letGo();
        await until(() => pipeline.mattermost.posts.length === 1);
        return verbs.createPost(post);
      };
      const other = {
        ...pipeline.deps('other'),
        mattermost: { ...verbs, createPost },
        inbox: { ...pipeline.inbox, releaseAbandoned: async () => {} },
      };
      await pipeline.drain(createWorker(other));
      stop.abort();
      await sleeper;
      assert.deepEqual(
        pipeline.mattermost.livePosts().map(({ id }) => id),
        ['p1'],
      );
      const [row] = await test.db.query<{ post_id: string; state: string }>('select post_id, state from deliveries');
      assert.deepEqual([row?.post_id, row?.state], ['p1', 'posted']);
    });

    it('sends nothing once the lease has run out while the post was being written', async () => {
      await pipeline.inbox.put([[created(message())]], START);
      const deps = { ...pipeline.deps('slow'), inbox: withoutRenewal(pipeline) };
      let writing = 0;
      const draft: WorkerPorts['draft'] = async (request) => {
        writing += 1;
        if (writing === 1) pipeline.clock.advance(60_000);
        return deps.draft(request);
      };
      await pipeline.drain(createWorker({ ...deps, draft }));
      assert.equal(pipeline.mattermost.posts.length, 1);
      assert.equal(writing, 2);
    });

    for (const [story, items] of stories()) {
      it(`survives a death at every step: ${story}`, async () => {
        for (let dieAt = 1; ; dieAt++) {
          for (const moment of ['before', 'after'] as const) {
            for (const table of ['lanes', 'inbox', 'deliveries', 'dead_letters'])
              await test.db.query(`delete from ${table}`);
            pipeline = createTestPipeline(test.db);
            await pipeline.inbox.put([items], START);
            const died = await runUntilDeath(pipeline, { dieAt, moment });
            await pipeline.drain();
            const where = `step ${dieAt}, ${moment}`;
            assert.deepEqual(
              texts(),
              [story === 'deleted' ? '(deleted)' : story === 'edited' ? 'edited' : 'hello'],
              where,
            );
            assert.equal(pipeline.mattermost.posts.length, 1, where);
            if (!died) return assert.ok(dieAt > 4);
          }
        }
      });
    }
  });
}

function stories(): [string, ReturnType<typeof created>[]][] {
  const one = message();
  return [
    ['created', [created(one)]],
    ['edited', [created(one), edited(one, 'edited')]],
    ['deleted', [created(one), deleted(one)]],
  ];
}

/** An inbox for a worker that sleeps so deeply that its leases end. */
function withoutRenewal(pipeline: TestPipeline): WorkerPorts['inbox'] {
  const renew = () => Promise.reject(new Error('asleep'));
  return { ...pipeline.inbox, releaseAbandoned: async () => {}, renew };
}
