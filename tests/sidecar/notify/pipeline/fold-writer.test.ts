import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { createWorker, type WorkerPorts } from '../../../../sidecar/src/notify/pipeline/worker.ts';
import { partsOf } from '../../../../sidecar/src/notify/post/fold.ts';
import { message, START } from '../../../support/builders.ts';
import { databaseKinds } from '../../../support/databases.ts';
import { runUntilDeath } from './crash.ts';
import { created, createTestPipeline, deleted, edited, type TestPipeline } from './test-pipeline.ts';

/** The n-th message of the chat. */
function nth(n: number) {
  return message({ id: String(START + n), body: { type: 'text', content: `text ${n}` } });
}

const STEP_MS = 10;

for (const kind of await databaseKinds()) {
  describe(`bursts in one post on ${kind.name}`, { skip: kind.skip }, async () => {
    if (kind.skip) return;
    const test = await kind.create();
    after(test.drop);
    let pipeline: TestPipeline;
    const reset = async () => {
      for (const table of ['lanes', 'inbox', 'deliveries', 'dead_letters']) await test.db.query(`delete from ${table}`);
      pipeline = createTestPipeline(test.db);
      pipeline.facts.hasCards = true;
    };
    beforeEach(reset);
    const drain = (deps: WorkerPorts = pipeline.deps('one')) => pipeline.drain(createWorker(deps), STEP_MS);
    /** The messages of each standing post, in order. */
    const posts = () =>
      pipeline.mattermost.livePosts().map((post) => partsOf(post).map(({ messageId }) => Number(messageId) - START));
    const allText = () =>
      pipeline.mattermost
        .livePosts()
        .map((post) => post.message)
        .join('\n');

    it('adds messages of the next thirty seconds to the post, and begins a new post after that', async () => {
      await pipeline.inbox.put([[created(nth(1)), created(nth(2))]], START);
      await drain();
      await pipeline.inbox.put([[created(nth(3))]], pipeline.clock.now());
      await drain(pipeline.deps('another replica'));
      assert.deepEqual(posts(), [[1, 2, 3]]);
      pipeline.clock.advance(31_000);
      await pipeline.inbox.put([[created(nth(4))]], pipeline.clock.now());
      await drain();
      assert.deepEqual(posts(), [[1, 2, 3], [4]]);
    });

    it('makes a post for each message when the user wants that', async () => {
      if (pipeline.facts.connection)
        pipeline.facts.connection.preferences = { ...pipeline.facts.connection.preferences, fold: false };
      await pipeline.inbox.put([[created(nth(1)), created(nth(2))]], START);
      await drain();
      assert.deepEqual(posts(), [[1], [2]]);
    });

    it('changes and removes one message of several', async () => {
      await pipeline.inbox.put([[created(nth(1)), created(nth(2)), created(nth(3))]], START);
      await drain();
      await pipeline.inbox.put([[edited(nth(2), 'newer'), deleted(nth(1))]], pipeline.clock.now());
      await drain();
      assert.deepEqual(posts(), [[1, 2, 3]]);
      assert.equal(allText().includes('text 1'), false);
      assert.match(allText(), /\(deleted\)[\s\S]*newer[\s\S]*text 3/);
    });

    it('adds a message once when the answer to the edit is lost', async () => {
      const { editPost } = pipeline.mattermost.verbs;
      let lost = 0;
      const losing: typeof editPost = async (id, draft) => {
        await editPost(id, draft);
        lost += 1;
        if (lost === 1) throw Object.assign(new Error('cut off'));
      };
      await pipeline.inbox.put([[created(nth(1)), created(nth(2)), created(nth(3))]], START);
      await drain({ ...pipeline.deps('one'), mattermost: { ...pipeline.mattermost.verbs, editPost: losing } });
      // After a failure the next message begins a new post.
      assert.deepEqual(posts(), [[1, 2], [3]]);
    });

    it('does not write on an older state of the post', async () => {
      await pipeline.inbox.put([[created(nth(1)), created(nth(2))]], START);
      await drain();
      const { getPost } = pipeline.mattermost.verbs;
      let asked = 0;
      const lagging: typeof getPost = async (id) => {
        asked += 1;
        const post = await getPost(id);
        if (asked > 1 || post === null) return post;
        const { msteams_parts: _newer, ...props } = post.props;
        return {
          ...post,
          message: 'Bo in Budget\n\ntext 1',
          props: { ...props, msteams: { ...(props.msteams as object), body: 'text 1' } },
        };
      };
      await pipeline.inbox.put([[created(nth(3))]], pipeline.clock.now());
      await drain({ ...pipeline.deps('one'), mattermost: { ...pipeline.mattermost.verbs, getPost: lagging } });
      assert.deepEqual(posts(), [[1, 2, 3]]);
    });

    it('loses nothing when a suspended worker resumes with an old state of the post', async () => {
      await pipeline.inbox.put([[created(nth(1))]], START);
      await drain();
      await pipeline.inbox.put([[created(nth(2))]], pipeline.clock.now());
      let wakeUp = () => {};
      const asleep = new Promise<void>((resolve) => {
        wakeUp = resolve;
      });
      let sleeping = false;
      const { editPost } = pipeline.mattermost.verbs;
      const slow: typeof editPost = async (id, draft) => {
        sleeping = true;
        await asleep;
        await editPost(id, draft);
        sleeping = false;
      };
      const stop = new AbortController();
      const inbox = {
        ...pipeline.inbox,
        releaseAbandoned: async () => {},
        renew: () => Promise.reject(new Error('asleep')),
      };
      const deps = { ...pipeline.deps('sleeper'), inbox, mattermost: { ...pipeline.mattermost.verbs, editPost: slow } };
      const running = createWorker(deps).run(stop.signal);
      while (!sleeping) await new Promise((resolve) => setTimeout(resolve, 1));
      stop.abort();
      pipeline.clock.advance(29_500);
      pipeline.clock.advance(1_000);
      await pipeline.inbox.put([[created(nth(3)), created(nth(4))]], pipeline.clock.now());
      await drain({ ...pipeline.deps('other'), inbox: { ...pipeline.inbox, releaseAbandoned: async () => {} } });
      wakeUp();
      while (sleeping) await new Promise((resolve) => setTimeout(resolve, 1));
      pipeline.clock.advance(60_000);
      await running;
      assert.deepEqual(posts(), [
        [1, 2],
        [3, 4],
      ]);
    });

    it('shows each message once and in order after a death at every step', async () => {
      for (let dieAt = 1; ; dieAt++) {
        for (const moment of ['before', 'after'] as const) {
          await reset();
          await pipeline.inbox.put(
            [[created(nth(1)), created(nth(2)), edited(nth(2), 'newer'), created(nth(3))]],
            START,
          );
          const died = await runUntilDeath(pipeline, { dieAt, moment });
          await drain();
          const where = `step ${dieAt}, ${moment}`;
          assert.deepEqual(posts().flat(), [1, 2, 3], where);
          assert.match(allText(), /text 1[\s\S]*newer[\s\S]*text 3/, where);
          if (!died) return assert.ok(dieAt > 12 && posts().length === 1);
        }
      }
    });
  });
}
