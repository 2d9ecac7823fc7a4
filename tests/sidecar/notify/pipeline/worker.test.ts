import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { createWorker } from '../../../../sidecar/src/notify/pipeline/worker.ts';
import { message, START } from '../../../support/builders.ts';
import { databaseKinds } from '../../../support/databases.ts';
import { until } from '../../../support/until.ts';
import { created, createTestPipeline, type TestPipeline } from './test-pipeline.ts';

for (const kind of await databaseKinds()) {
  describe(`worker on ${kind.name}`, { skip: kind.skip }, async () => {
    if (kind.skip) return;
    const test = await kind.create();
    after(test.drop);
    let pipeline: TestPipeline;
    const texts = () => pipeline.mattermost.livePosts().map((post) => post.message);
    const say = (content: string, over: Parameters<typeof message>[0] = {}) =>
      message({ ...over, body: { type: 'text', content } });
    beforeEach(async () => {
      for (const table of ['lanes', 'inbox', 'deliveries', 'dead_letters']) await test.db.query(`delete from ${table}`);
      pipeline = createTestPipeline(test.db);
    });

    it('keeps the order of each chat, whatever the order of arrival', async () => {
      const chats = ['c1', 'c2', 'c3'];
      const all = chats.flatMap((chatId) =>
        [3, 1, 2].map((n) => created(say(`${chatId} ${n}`, { chatId, id: `${START + n}` }))),
      );
      await pipeline.inbox.put([all], START);
      await pipeline.drain();
      for (const chat of chats) {
        assert.deepEqual(
          texts().filter((text) => text.includes(chat)),
          [1, 2, 3].map((n) => `${chat} ${n}`),
        );
      }
    });

    it('posts each message once when several workers share the inbox', async () => {
      const all = Array.from({ length: 60 }, (_, n) =>
        created(say(`m${n}`, { chatId: `c${n % 7}`, id: `${START + n}` })),
      );
      await pipeline.inbox.put([all], START);
      const stop = new AbortController();
      const others = ['a', 'b'].map((holder) => {
        const deps = pipeline.deps(holder);
        return createWorker({ ...deps, inbox: { ...deps.inbox, releaseAbandoned: async () => {} } }).run(stop.signal);
      });
      await pipeline.drain(createWorker(pipeline.deps('c')), 0);
      stop.abort();
      await Promise.all(others);
      assert.equal(pipeline.mattermost.posts.length, 60);
      assert.equal(new Set(texts()).size, 60);
      for (let chat = 0; chat < 7; chat++) {
        const order = texts()
          .map((text) => Number(text.slice(1)))
          .filter((n) => n % 7 === chat);
        assert.deepEqual(
          order,
          [...order].sort((a, b) => a - b),
        );
      }
    });

    it('does not let a waiting chat delay the others', async () => {
      let release = () => {};
      pipeline.mattermost.faults.push(
        new Promise<void>((resolve) => {
          release = resolve;
        }),
      );
      await pipeline.inbox.put([[created(say('slow'))]], START);
      const stop = new AbortController();
      const running = createWorker(pipeline.deps('h')).run(stop.signal);
      await until(() => pipeline.mattermost.faults.length === 0);
      await pipeline.inbox.put([[created(say('quick', { chatId: 'c2' }))]], START);
      await until(() => texts().includes('quick'));
      assert.deepEqual(texts(), ['quick']);
      release();
      await until(() => texts().includes('slow'));
      stop.abort();
      await running;
    });

    it('waits for Retry-After, and no message overtakes another', async () => {
      const deps = pipeline.deps('h');
      let calls = 0;
      const createPost: typeof deps.mattermost.createPost = async (post) => {
        calls += 1;
        if (calls === 1) throw new AppError('mattermost_throttled', 'slow down', { retryAfterMs: 60_000 });
        return deps.mattermost.createPost(post);
      };
      await pipeline.inbox.put([[created(say('one'))]], START);
      const stop = new AbortController();
      const worker = createWorker({ ...deps, mattermost: { ...deps.mattermost, createPost } });
      const running = worker.run(stop.signal);
      await until(async () => (await pipeline.inbox.nextReadyAt()) === START + 60_000);
      await pipeline.inbox.put([[created(say('two', { id: `${START + 1}` }))]], START);
      deps.ready.wake();
      pipeline.clock.advance(59_999);
      assert.deepEqual(
        await pipeline.inbox.claim({ holder: 'x', limit: 9, now: pipeline.clock.now(), leaseMs: 1 }),
        [],
      );
      assert.equal(calls, 1);
      pipeline.clock.advance(1);
      await until(() => texts().length === 2);
      stop.abort();
      await running;
      assert.deepEqual(texts(), ['one', 'two']);
    });

    it('keeps the lease of a chat that takes long', async () => {
      let release = () => {};
      pipeline.mattermost.faults.push(
        new Promise<void>((resolve) => {
          release = resolve;
        }),
      );
      await pipeline.inbox.put([[created(say('slow'))]], START);
      const deps = pipeline.deps('h');
      let renewals = 0;
      const renew: typeof deps.inbox.renew = async (request) => {
        const renewed = await deps.inbox.renew(request);
        renewals += 1;
        return renewed;
      };
      const stop = new AbortController();
      const running = createWorker({ ...deps, inbox: { ...deps.inbox, renew } }).run(stop.signal);
      await until(() => pipeline.mattermost.faults.length === 0);
      for (let round = 1; round <= 10; round++) {
        pipeline.clock.advance(15_000);
        await until(() => renewals >= round);
      }
      const stolen = await pipeline.inbox.claim({ holder: 'thief', limit: 9, now: pipeline.clock.now(), leaseMs: 1 });
      assert.deepEqual(stolen, []);
      release();
      await until(() => texts().length === 1);
      stop.abort();
      await running;
      assert.deepEqual(pipeline.counted, ['posted']);
    });

    it('finishes the message in hand and gives the rest back when it is stopped', async () => {
      let release = () => {};
      pipeline.mattermost.faults.push(
        new Promise<void>((resolve) => {
          release = resolve;
        }),
      );
      await pipeline.inbox.put([[created(say('one')), created(say('two', { id: `${START + 1}` }))]], START);
      const stop = new AbortController();
      const running = createWorker(pipeline.deps('h')).run(stop.signal);
      await until(() => pipeline.mattermost.faults.length === 0);
      stop.abort();
      release();
      await running;
      assert.deepEqual(texts(), ['one']);
      const left = await pipeline.inbox.claim({ holder: 'next', limit: 9, now: pipeline.clock.now(), leaseMs: 1 });
      assert.deepEqual(
        left.map((queue) => queue.items.length),
        [1],
      );
    });

    it('continues after the database failed for a while', async () => {
      const deps = pipeline.deps('h');
      let failures = 3;
      const claim: typeof deps.inbox.claim = async (request) => {
        if (failures-- > 0) throw new AppError('database_unavailable', 'away');
        return deps.inbox.claim(request);
      };
      await pipeline.inbox.put([[created(say('one'))]], START);
      await pipeline.drain(createWorker({ ...deps, inbox: { ...deps.inbox, claim } }));
      assert.deepEqual(texts(), ['one']);
    });
  });
}
