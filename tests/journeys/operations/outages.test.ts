import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Stage } from '../../../playground/environment.ts';
import { openStage } from '../../../playground/environment.ts';
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
import { createColleague, settled, type WrittenMessage } from '../../../playground/teams-user.ts';
import { counted, idsOf, joinReader, type Reader, until } from '../../support/connected-user.ts';

const CHATS = [CHAT_ALICE_ANN, CHAT_BUDGET, CHAT_MEETING];

describe('outages', () => {
  let stage: Stage;
  let sidecar: SidecarProcess;
  let alice: Reader;
  let ann: ReturnType<typeof createColleague>;

  before(async () => {
    stage = await openStage({ microsoft: { retryBaseMs: 100 } });
    sidecar = await stage.startSidecar();
    alice = await joinReader(stage, { username: 'alice', as: ALICE, preferences: { fold: false } });
    ann = createColleague(stage, ANN);
  });
  after(() => stage?.close());

  let known: Set<string>;
  beforeEach(async () => {
    known = new Set(idsOf(await alice.shown()));
  });
  afterEach(async () => {
    await stage.mattermost.delete('/playground/faults');
    await stage.microsoft.delete('/playground/faults');
  });

  const mattermostFault = (fault: object) => stage.mattermost.post('/playground/faults', fault);
  const microsoftFault = (fault: object) => stage.microsoft.post('/playground/faults', fault);
  const retried = () => counted(sidecar.url, 'deliveries_total', { outcome: 'retried' });
  const news = async () => (await alice.shown()).filter(({ messageId }) => !known.has(messageId));

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
    await settled(stage, sidecar.url);
    const shown = await news();
    for (const chatId of new Set(written.map((message) => message.chatId))) {
      const ofChat = (message: { chatId: string }) => message.chatId === chatId;
      assert.deepEqual(idsOf(shown.filter(ofChat)), idsOf(written.filter(ofChat)));
    }
    assert.equal(shown.length, written.length);
    // Nor was a second copy written and deleted again: Alice would have been notified of it.
    assert.ok((await alice.posts()).every(({ delete_at }) => delete_at === 0));
  }

  test('while Mattermost is down Microsoft is still told "taken", and everything arrives afterwards', async () => {
    const before = await retried();
    await mattermostFault({ kind: 'down' });
    const written = await writeLines(4);
    await stage.microsoft.post('/playground/flush');
    await until('a chat is tried in vain', async () => (await retried()) > before);
    const { refused } = await stage.microsoft.get<{ refused: number }>('/playground/notifications');
    assert.equal(refused, 0);
    await stage.mattermost.delete('/playground/faults');
    await assertArrived(written);
  });

  test('what Mattermost asks one request to wait for, all wait for', async () => {
    const before = await retried();
    await stage.mattermost.delete('/playground/requests');
    await mattermostFault({ kind: 'throttle', path: 'POST /posts', retryAfterSeconds: 5, times: 1 });
    const [first] = await writeLines(1, [CHAT_ALICE_ANN]);
    await until('it is throttled', async () => (await retried()) === before + 1);
    const others = await writeLines(1, [CHAT_BUDGET, CHAT_MEETING]);
    await until('the others wait, too', async () => (await retried()) === before + 3);
    const requests = () => stage.mattermost.get<Record<string, number>>('/playground/requests');
    assert.equal((await requests())['POST /posts'], 1);
    await assertArrived(first ? [first, ...others] : others);
  });

  test('within the limits of a Mattermost that allows little, everything arrives', async () => {
    const limits = (RateLimitSettings: object) => stage.mattermost.put('/playground/config', { RateLimitSettings });
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
    await until('an answer is lost', async () => (await retried()) > before);
    await stage.mattermost.post('/playground/restart');
    await assertArrived(written);
  });

  test('an edit whose answer is lost, and a failing one, end as the newest text', async () => {
    const [message] = await writeLines(1, [CHAT_BUDGET]);
    assert.ok(message);
    await settled(stage, sidecar.url);
    await mattermostFault({ kind: 'lose_answer', path: 'PUT /posts/:post_id/patch', times: 1 });
    await mattermostFault({ kind: 'error', path: 'PUT /posts/:post_id/patch', status: 500, times: 1 });
    await ann.edit(message, 'Second version');
    await ann.edit(message, 'Third version');
    await assertArrived([message]);
    assert.match((await news())[0]?.text ?? '', /Third version$/);
  });

  test('when Graph does not tell presence, messages arrive', async () => {
    await microsoftFault({ kind: 'throttle', operation: 'GET presence', retryAfterSeconds: 60 });
    const bob = await joinReader(stage, { username: 'bob', as: BOB });
    await createColleague(stage, BOB).appear('Available');
    const [message] = await writeLines(1, [CHAT_MEETING]);
    await settled(stage, sidecar.url);
    assert.deepEqual(idsOf(await bob.shown()), [message?.id]);
  });

  for (const [what, fault] of [
    ['throttles', { kind: 'throttle', retryAfterSeconds: 1, times: 1 }],
    ['fails', { kind: 'error', status: 503, times: 2 }],
  ] as const) {
    test(`when Graph ${what} over a chat nobody knows yet, its messages arrive later`, async () => {
      const chat = await newChat();
      const before = await retried();
      await microsoftFault({ ...fault, operation: 'GET chat' });
      const written = await writeLines(3, [chat]);
      await assertArrived(written);
      assert.ok((await retried()) > before);
    });
  }

  test('a chat that Graph is slow about holds up no other chat', async () => {
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
    stage.microsoft.post<SampleChat>('/playground/chats', {
      kind: 'group',
      topic: 'New',
      members: [ALICE.oid, ANN.oid],
    });
});
