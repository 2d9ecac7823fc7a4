import assert from 'node:assert/strict';
import { after, beforeEach, describe, it } from 'node:test';
import { DEFAULT_PREFERENCES } from '../../../../sidecar/src/core/preferences.ts';
import { inboxItem, message, START } from '../../../support/builders.ts';
import { databaseKinds } from '../../../support/databases.ts';
import { created, createTestPipeline, deleted, edited, notification, type TestPipeline } from './test-pipeline.ts';

for (const kind of await databaseKinds()) {
  describe(`processing a chat queue on ${kind.name}`, { skip: kind.skip }, async () => {
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

    it('ends with one post of the newest text when an edit overtakes its message', async () => {
      const one = say('old');
      await pipeline.inbox.put([[edited(one, 'new')]], START);
      await pipeline.drain();
      await pipeline.inbox.put([[created(one)]], START);
      await pipeline.drain();
      assert.deepEqual(texts(), ['new']);
      assert.deepEqual(pipeline.counted, ['posted', 'duplicate']);
    });

    it('never shows a message whose deletion came first', async () => {
      const one = say('secret');
      await pipeline.inbox.put([[deleted(one)]], START);
      await pipeline.drain();
      await pipeline.inbox.put([[created(one)]], START);
      await pipeline.drain();
      assert.deepEqual(pipeline.mattermost.posts, []);
      assert.deepEqual(pipeline.counted, ['never_delivered', 'message_gone']);
    });

    it('follows an edit and a deletion, and ignores a reaction', async () => {
      const one = say('first');
      await pipeline.inbox.put([[created(one), edited(one, 'second')]], START);
      await pipeline.drain();
      assert.deepEqual(texts(), ['second']);
      const after = { version: '3', lastModifiedAt: START + 9_000, lastEditedAt: START + 1_000, reactionCount: 1 };
      await pipeline.inbox.put([[notification({ ...one, ...after }, 'updated')]], START);
      await pipeline.drain();
      assert.equal(pipeline.mattermost.posts[0]?.edits, 1);
      await pipeline.inbox.put([[deleted(one)]], START);
      await pipeline.drain();
      assert.deepEqual(texts(), ['(deleted)']);
      assert.deepEqual(pipeline.counted, ['posted', 'updated', 'unchanged', 'removed']);
    });

    it('completes an edit whose post was deleted in Mattermost', async () => {
      const one = say('first');
      await pipeline.inbox.put([[created(one)]], START);
      await pipeline.drain();
      await pipeline.mattermost.verbs.deletePost('p1');
      await pipeline.inbox.put([[edited(one, 'second')]], START);
      await pipeline.drain();
      assert.deepEqual(texts(), []);
      assert.deepEqual(await test.db.query('select id from dead_letters'), []);
    });

    it('skips an edit of a message that was skipped while active', async () => {
      const away = { ...DEFAULT_PREFERENCES, enabled: true };
      if (pipeline.facts.connection) pipeline.facts.connection.preferences = away;
      pipeline.facts.presence = { availability: 'Busy', activity: 'InAMeeting' };
      const one = say('held back');
      await pipeline.inbox.put([[created(one)]], START);
      await pipeline.drain();
      pipeline.facts.presence = { availability: 'Offline', activity: 'Offline' };
      await pipeline.inbox.put([[edited(one, 'edited')]], START);
      await pipeline.drain();
      assert.deepEqual(pipeline.counted, ['active_in_teams', 'never_delivered']);
      assert.equal(pipeline.facts.presenceCalls, 1);
    });

    it('marks a message as late that arrives after a newer one of its chat, or long after it was written', async () => {
      await pipeline.inbox.put([[created(say('two', { id: `${START + 1}` }))]], START);
      await pipeline.drain(undefined, 1);
      await pipeline.inbox.put([[created(say('one', { id: `${START}` }))]], START);
      await pipeline.drain(undefined, 1);
      pipeline.clock.advance(11 * 60_000);
      await pipeline.inbox.put([[created(say('three', { id: `${START + 2}` }))]], START);
      await pipeline.drain(undefined, 1);
      assert.deepEqual(texts(), ['two', '(late) one', '(late) three']);
    });

    it('skips notifications of users who are not connected any more or deactivated', async () => {
      pipeline.facts.connection = null;
      await pipeline.inbox.put([[created(say('one'))]], START);
      await pipeline.drain();
      pipeline.facts.connection = createTestPipeline(test.db).facts.connection;
      pipeline.facts.deactivated = true;
      await pipeline.inbox.put([[created(say('two', { id: '2' }))]], START);
      await pipeline.drain();
      assert.deepEqual(pipeline.counted, ['not_connected', 'not_connected']);
      assert.deepEqual(pipeline.mattermost.posts, []);
    });

    it('gives up an unreadable notification, requests catch-up, and continues', async () => {
      const broken = inboxItem({ messageId: `${START - 1}`, payload: 'garbage', receivedAt: START });
      await pipeline.inbox.put([[broken, created(say('next'))]], START);
      await pipeline.drain();
      assert.deepEqual(texts(), ['next']);
      assert.deepEqual(pipeline.counted, ['dead', 'posted']);
      assert.deepEqual(pipeline.facts.catchUps, ['k1']);
    });
  });
}
