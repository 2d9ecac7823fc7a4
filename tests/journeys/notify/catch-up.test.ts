import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import { readMetric } from '../../../playground/metrics.ts';
import { ALICE, ANN, CHAT_ALICE_ANN, CHAT_BUDGET, CHAT_MEETING, type SampleChat } from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { createTeamsUser, settled, type WrittenMessage } from '../../../playground/teams-user.ts';
import { type ConnectedUser, connectUser, idsOf } from '../../support/connected-user.ts';
import { until } from '../../support/until.ts';

const HOUR = 3_600_000;

describe('catching up', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let alice: ConnectedUser;
  let ann: ReturnType<typeof createTeamsUser>;
  let known: Set<string>;

  before(async () => {
    environment = await openEnvironment({ microsoft: { retryBaseMs: 100 } });
    sidecar = await environment.startSidecar();
    alice = await connectUser(environment, { username: 'alice', as: ALICE, preferences: { fold: false } });
    ann = createTeamsUser(environment, ANN);
  });
  after(() => environment?.close());
  beforeEach(async () => {
    await deliver();
    known = new Set(idsOf(await alice.delivered()));
  });

  /** What was shown since this test began. */
  const news = async () => (await alice.delivered()).filter(({ messageId }) => !known.has(messageId));
  const lose = () => environment.microsoft.post('/playground/faults', { kind: 'lose' });
  const deliver = () => environment.microsoft.delete('/playground/faults');
  const read = (chat: SampleChat, at = new Date().toISOString()) =>
    environment.microsoft.put(`/playground/chats/${encodeURIComponent(chat.id)}/read`, { oid: ALICE.oid, at });

  async function restart(): Promise<void> {
    assert.equal(await sidecar.stop(), 0);
    sidecar = await environment.startSidecar();
  }

  async function removeSubscription(): Promise<void> {
    const { value } = await environment.microsoft.get<{ value: Array<{ id: string }> }>('/playground/subscriptions');
    for (const { id } of value) await environment.microsoft.delete(`/playground/subscriptions/${id}`);
  }

  /** Everything is there once, and in each chat in the order in which it was written. */
  async function assertArrived(written: readonly WrittenMessage[]): Promise<void> {
    await until(async () => (await news()).length >= written.length, 'everything arrives');
    await settled(environment, sidecar.url);
    const shown = await news();
    for (const chatId of new Set(written.map((message) => message.chatId))) {
      const ofChat = (message: { chatId: string }) => message.chatId === chatId;
      assert.deepEqual(idsOf(shown.filter(ofChat)), idsOf(written.filter(ofChat)));
    }
    assert.equal(shown.length, written.length);
  }

  test('messages whose notifications Graph lost arrive after the next start, once and in order', async () => {
    const first = await ann.write(CHAT_BUDGET, 'Notified');
    await settled(environment, sidecar.url);
    await lose();
    const lost = [await ann.write(CHAT_BUDGET, 'Lost 1'), await ann.write(CHAT_ALICE_ANN, 'Lost 2')];
    lost.push(await ann.write(CHAT_BUDGET, 'Lost 3'));
    await createTeamsUser(environment, ALICE).write(CHAT_BUDGET, 'My own');
    await deliver();
    await restart();
    await assertArrived([first, ...lost]);
  });

  test('a lost edit and a lost deletion are caught up too', async () => {
    const edited = await ann.write(CHAT_BUDGET, 'First version');
    const deleted = await ann.write(CHAT_BUDGET, 'A slip');
    await settled(environment, sidecar.url);
    await lose();
    await ann.edit(edited, 'Second version');
    await ann.remove(deleted);
    const last = await ann.write(CHAT_BUDGET, 'And one more');
    await deliver();
    await restart();
    await assertArrived([edited, deleted, last]);
    const text = async (message: WrittenMessage) =>
      (await news()).find(({ messageId }) => messageId === message.id)?.text ?? '';
    await until(async () => /Second version/.test(await text(edited)), 'the edit is there');
    await until(async () => !/A slip/.test(await text(deleted)), 'the deletion is there');
  });

  test('messages that were read in Teams meanwhile are not delivered', async () => {
    const skipped = () => readMetric(sidecar.url, 'skipped_total', { reason: 'already_read' });
    await lose();
    await ann.write(CHAT_MEETING, 'Read in Teams');
    await ann.write(CHAT_BUDGET, 'Read too');
    await read(CHAT_MEETING, new Date(Date.now() + 1_000).toISOString());
    await read(CHAT_BUDGET);
    await new Promise((resolve) => setTimeout(resolve, 5));
    const unread = await ann.write(CHAT_BUDGET, 'Not read');
    await deliver();
    await restart();
    await assertArrived([unread]);
    await until(async () => (await skipped()) === 1, 'the other one is counted');
  });

  test('messages written without a subscription arrive after it was created again', async () => {
    await environment.microsoft.post('/playground/faults', {
      kind: 'error',
      operation: 'POST subscriptions',
      status: 503,
      times: 1,
    });
    await removeSubscription();
    const written = [await ann.write(CHAT_BUDGET, 'In the gap'), await ann.write(CHAT_ALICE_ANN, 'Here too')];
    // The loop finds the connection without a subscription at its next start, at the latest ten minutes later.
    await restart();
    await assertArrived(written);
    await assertArrived([...written, await ann.write(CHAT_BUDGET, 'Notified again')]);
  });

  test('after five hours without an answer to notifications all messages arrive', async () => {
    assert.equal(await sidecar.stop(), 0);
    const written: WrittenMessage[] = [];
    for (let line = 1; line <= 60; line += 1) written.push(await ann.write(CHAT_BUDGET, `Line ${line}`));
    await environment.microsoft.post('/playground/clock', { advanceMs: 5 * HOUR });
    sidecar = await environment.startSidecar();
    await assertArrived(written);
  });

  test('of more than two hundred messages the newest arrive, and one line says how many are left in Teams', async () => {
    await lose();
    const written: WrittenMessage[] = [];
    for (let line = 1; line <= 207; line += 1) written.push(await ann.write(CHAT_MEETING, `Line ${line}`));
    await deliver();
    await restart();
    await assertArrived(written.slice(7));
    const told = async () => (await alice.posts()).filter(({ message }) => message.includes('**7 more**')).length;
    // The line does not go through the inbox, so an empty one does not say that it is there.
    await until(async () => (await told()) === 1, 'one line says it');
    await restart();
    await assertArrived([...written.slice(7), await ann.write(CHAT_MEETING, 'Afterwards')]);
    assert.equal(await told(), 1);
  });
});
