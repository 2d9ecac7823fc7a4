import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { createWorker, type WorkerPorts } from '../../../../sidecar/src/notify/pipeline/worker.ts';
import { partsOf } from '../../../../sidecar/src/notify/post/fold.ts';
import { message, START } from '../../../support/builders.ts';
import { databaseKinds } from '../../../support/databases.ts';
import { runUntilDeath } from './crash.ts';
import { created, createWorld, deleted, edited, type World } from './test-pipeline.ts';

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
    let world: World;
    const reset = async () => {
      for (const table of ['lanes', 'inbox', 'deliveries', 'dead_letters']) await test.db.query(`delete from ${table}`);
      world = createWorld(test.db);
      world.facts.hasCards = true;
    };
    beforeEach(reset);
    const drain = (deps: WorkerPorts = world.deps('one')) => world.drain(createWorker(deps), STEP_MS);
    /** The messages of each standing post, in order. */
    const posts = () =>
      world.mattermost.livePosts().map((post) => partsOf(post).map(({ messageId }) => Number(messageId) - START));
    const allText = () =>
      world.mattermost
        .livePosts()
        .map((post) => post.message)
        .join('\n');

    it('adds messages of the next thirty seconds to the post, and begins a new post after that', async () => {
      await world.inbox.put([[created(nth(1)), created(nth(2))]], START);
      await drain();
      await world.inbox.put([[created(nth(3))]], world.clock.now());
      await drain(world.deps('another replica'));
      assert.deepEqual(posts(), [[1, 2, 3]]);
      world.clock.advance(31_000);
      await world.inbox.put([[created(nth(4))]], world.clock.now());
      await drain();
      assert.deepEqual(posts(), [[1, 2, 3], [4]]);
    });

    it('makes a post for each message when the user wants that', async () => {
      if (world.facts.connection)
        world.facts.connection.preferences = { ...world.facts.connection.preferences, fold: false };
      await world.inbox.put([[created(nth(1)), created(nth(2))]], START);
      await drain();
      assert.deepEqual(posts(), [[1], [2]]);
    });

    it('changes and removes one message of several', async () => {
      await world.inbox.put([[created(nth(1)), created(nth(2)), created(nth(3))]], START);
      await drain();
      await world.inbox.put([[edited(nth(2), 'newer'), deleted(nth(1))]], world.clock.now());
      await drain();
      assert.deepEqual(posts(), [[1, 2, 3]]);
      assert.equal(allText().includes('text 1'), false);
      assert.match(allText(), /\(deleted\)[\s\S]*newer[\s\S]*text 3/);
    });

    it('adds a message once when the answer to the edit is lost', async () => {
      const { editPost } = world.mattermost.verbs;
      let lost = 0;
      const losing: typeof editPost = async (id, draft) => {
        await editPost(id, draft);
        lost += 1;
        if (lost === 1) throw Object.assign(new Error('cut off'));
      };
      await world.inbox.put([[created(nth(1)), created(nth(2)), created(nth(3))]], START);
      await drain({ ...world.deps('one'), mattermost: { ...world.mattermost.verbs, editPost: losing } });
      // After a failure the next message begins a new post.
      assert.deepEqual(posts(), [[1, 2], [3]]);
    });

    it('does not write on an older state of the post', async () => {
      await world.inbox.put([[created(nth(1)), created(nth(2))]], START);
      await drain();
      const { getPost } = world.mattermost.verbs;
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
      await world.inbox.put([[created(nth(3))]], world.clock.now());
      await drain({ ...world.deps('one'), mattermost: { ...world.mattermost.verbs, getPost: lagging } });
      assert.deepEqual(posts(), [[1, 2, 3]]);
    });

    it('loses nothing when a suspended worker resumes with an old state of the post', async () => {
      await world.inbox.put([[created(nth(1))]], START);
      await drain();
      await world.inbox.put([[created(nth(2))]], world.clock.now());
      let wakeUp = () => {};
      const asleep = new Promise<void>((resolve) => {
        wakeUp = resolve;
      });
      let sleeping = false;
      const { editPost } = world.mattermost.verbs;
      const slow: typeof editPost = async (id, draft) => {
        sleeping = true;
        await asleep;
        await editPost(id, draft);
        sleeping = false;
      };
      const stop = new AbortController();
      const inbox = {
        ...world.inbox,
        releaseAbandoned: async () => {},
        renew: () => Promise.reject(new Error('asleep')),
      };
      const deps = { ...world.deps('sleeper'), inbox, mattermost: { ...world.mattermost.verbs, editPost: slow } };
      const running = createWorker(deps).run(stop.signal);
      while (!sleeping) await new Promise((resolve) => setTimeout(resolve, 1));
      stop.abort();
      world.clock.advance(29_500);
      world.clock.advance(1_000);
      await world.inbox.put([[created(nth(3)), created(nth(4))]], world.clock.now());
      await drain({ ...world.deps('other'), inbox: { ...world.inbox, releaseAbandoned: async () => {} } });
      wakeUp();
      while (sleeping) await new Promise((resolve) => setTimeout(resolve, 1));
      world.clock.advance(60_000);
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
          await world.inbox.put([[created(nth(1)), created(nth(2)), edited(nth(2), 'newer'), created(nth(3))]], START);
          const died = await runUntilDeath(world, { dieAt, moment });
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
