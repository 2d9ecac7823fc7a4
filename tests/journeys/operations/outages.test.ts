import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import { readMetric } from '../../../playground/metrics.ts';
import {
  ALICE,
  ANN,
  BOB,
  CHAT_ALICE_ANN,
  CHAT_BUDGET,
  CHAT_MEETING,
  type SampleChat,
} from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { createTeamsUser, settled, type WrittenMessage } from '../../../playground/teams-user.ts';
import { type ConnectedUser, connectUser, idsOf } from '../../support/connected-user.ts';
import { until } from '../../support/until.ts';

const CHATS = [CHAT_ALICE_ANN, CHAT_BUDGET, CHAT_MEETING];

describe('outages', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let alice: ConnectedUser;
  let ann: ReturnType<typeof createTeamsUser>;

  before(async () => {
    environment = await openEnvironment({ microsoft: { retryBaseMs: 100 } });
    sidecar = await environment.startSidecar();
    alice = await connectUser(environment, { username: 'alice', as: ALICE, preferences: { fold: false } });
    ann = createTeamsUser(environment, ANN);
  });
  after(() => environment?.close());

  let known: Set<string>;
  beforeEach(async () => {
    known = new Set(idsOf(await alice.delivered()));
  });
  afterEach(async () => {
    await environment.mattermost.delete('/playground/faults');
    await environment.microsoft.delete('/playground/faults');
  });

  const mattermostFault = (fault: object) => environment.mattermost.post('/playground/faults', fault);
  const microsoftFault = (fault: object) => environment.microsoft.post('/playground/faults', fault);
  const retried = () => readMetric(sidecar.url, 'deliveries_total', { outcome: 'retried' });
  const news = async () => (await alice.delivered()).filter(({ messageId }) => !known.has(messageId));

  /** Some lines in each of the chats, turn by turn. */
  async function writeLines(lines: number, chats: readonly SampleChat[] = CHATS): Promise<WrittenMessage[]> {
    const written: WrittenMessage[] = [];
    for (let line = 1; line <= lines; line += 1) {
      for (const chat of chats) written.push(await ann.write(chat, `Line ${line}`));
    }
    return written;
  }

  /** Everything is there once, and in each chat in the order in which it was written. */
  async function assertArrived(written: readonly WrittenMessage[]): Promise<void> {
    await settled(environment, sidecar.url);
    const shown = await news();
    for (const chatId of new Set(written.map((message) => message.chatId))) {
      const ofChat = (message: { chatId: string }) => message.chatId === chatId;
      assert.deepEqual(idsOf(shown.filter(ofChat)), idsOf(written.filter(ofChat)));
    }
    assert.equal(shown.length, written.length);
    // Nor was a second copy written and deleted again: Alice would have been notified of it.
    assert.ok((await alice.posts()).every(({ delete_at }) => delete_at === 0));
  }

  test('while Mattermost is down notifications are still accepted, and all messages arrive afterwards', async () => {
    const before = await retried();
    await mattermostFault({ kind: 'down' });
    const written = await writeLines(4);
    await environment.microsoft.post('/playground/flush');
    await until(async () => (await retried()) > before, 'a chat is tried in vain');
    const { refused } = await environment.microsoft.get<{ refused: number }>('/playground/notifications');
    assert.equal(refused, 0);
    await environment.mattermost.delete('/playground/faults');
    await assertArrived(written);
  });

  test('a Retry-After of Mattermost holds back all requests', async () => {
    const before = await retried();
    await environment.mattermost.delete('/playground/requests');
    await mattermostFault({ kind: 'throttle', path: 'POST /posts', retryAfterSeconds: 5, times: 1 });
    const [first] = await writeLines(1, [CHAT_ALICE_ANN]);
    await until(async () => (await retried()) === before + 1, 'it is throttled');
    const others = await writeLines(1, [CHAT_BUDGET, CHAT_MEETING]);
    await until(async () => (await retried()) === before + 3, 'the others wait, too');
    const requests = () => environment.mattermost.get<Record<string, number>>('/playground/requests');
    assert.equal((await requests())['POST /posts'], 1);
    await assertArrived(first ? [first, ...others] : others);
  });

  test('within low rate limits of Mattermost all messages arrive', async () => {
    const limits = (RateLimitSettings: object) =>
      environment.mattermost.put('/playground/config', { RateLimitSettings });
    const before = await retried();
    await limits({ Enable: true, PerSec: 5, MaxBurst: 3 });
    await assertArrived(await writeLines(2));
    await limits({ Enable: false });
    assert.ok((await retried()) > before);
  });

  test('a post whose answer is lost is not written again, also when Mattermost has forgotten the request', async () => {
    await mattermostFault({ kind: 'lose_answer', path: 'POST /posts', times: 2 });
    const before = await retried();
    const written = await writeLines(2);
    await until(async () => (await retried()) > before, 'an answer is lost');
    await environment.mattermost.post('/playground/restart');
    await assertArrived(written);
  });

  test('after an edit whose answer is lost and a failed edit the post has the newest text', async () => {
    const [message] = await writeLines(1, [CHAT_BUDGET]);
    assert.ok(message);
    await settled(environment, sidecar.url);
    await mattermostFault({ kind: 'lose_answer', path: 'PUT /posts/:post_id/patch', times: 1 });
    await mattermostFault({ kind: 'error', path: 'PUT /posts/:post_id/patch', status: 500, times: 1 });
    await ann.edit(message, 'Second version');
    await ann.edit(message, 'Third version');
    await assertArrived([message]);
    assert.match((await news())[0]?.text ?? '', /Third version$/);
  });

  test('when Graph does not answer with a presence, messages arrive', async () => {
    await microsoftFault({ kind: 'throttle', operation: 'GET presence', retryAfterSeconds: 60 });
    const bob = await connectUser(environment, { username: 'bob', as: BOB });
    await createTeamsUser(environment, BOB).appear('Available');
    const [message] = await writeLines(1, [CHAT_MEETING]);
    await settled(environment, sidecar.url);
    assert.deepEqual(idsOf(await bob.delivered()), [message?.id]);
  });

  for (const [what, fault] of [
    ['throttles', { kind: 'throttle', retryAfterSeconds: 1, times: 1 }],
    ['fails', { kind: 'error', status: 503, times: 2 }],
  ] as const) {
    test(`when Graph ${what} for a chat that is not cached yet, its messages arrive later`, async () => {
      const chat = await newChat();
      const before = await retried();
      await microsoftFault({ ...fault, operation: 'GET chat' });
      const written = await writeLines(3, [chat]);
      await assertArrived(written);
      assert.ok((await retried()) > before);
    });
  }

  test('a chat that Graph answers slowly delays no other chat', async () => {
    const chat = await newChat();
    await microsoftFault({ kind: 'delay', operation: 'GET chat', ms: 3_000, match: { chatId: chat.id } });
    const slow = await writeLines(1, [chat]);
    const quick = await writeLines(1, [CHAT_BUDGET]);
    await assertArrived([...slow, ...quick]);
    assert.deepEqual(idsOf(await news()), idsOf([...quick, ...slow]));
  });

  test('with slow answers of Mattermost everything arrives', async () => {
    await mattermostFault({ kind: 'slow', path: 'POST /posts', ms: 300 });
    await assertArrived(await writeLines(3));
  });

  const newChat = () =>
    environment.microsoft.post<SampleChat>('/playground/chats', {
      kind: 'group',
      topic: 'New',
      members: [ALICE.oid, ANN.oid],
    });
});
