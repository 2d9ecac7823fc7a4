import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import { readMetric } from '../../../playground/metrics.ts';
import { ALICE, ANN, CHAT_ALICE_ANN, CHAT_BUDGET, CHAT_GROUP, CHAT_MEETING } from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { createTeamsUser, settled, type WrittenMessage } from '../../../playground/teams-user.ts';
import type { SkipReason } from '../../../sidecar/src/core/types.ts';
import { type ConnectedUser, connectUser, idsOf } from '../../support/connected-user.ts';
import { until } from '../../support/until.ts';

/** A picture of one pixel. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('notifications', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let alice: ConnectedUser;
  let ann: ReturnType<typeof createTeamsUser>;

  before(async () => {
    environment = await openEnvironment();
    sidecar = await environment.startSidecar();
    alice = await connectUser(environment, { username: 'alice', as: ALICE, preferences: { fold: false } });
    ann = createTeamsUser(environment, ANN);
  });
  after(() => environment?.close());

  let known: Set<string>;
  beforeEach(async () => {
    known = new Set(idsOf(await alice.delivered()));
  });

  const worked = () => settled(environment, sidecar.url);
  /** What Alice sees now and did not see when the test began. */
  const news = async () => (await alice.delivered()).filter(({ messageId }) => !known.has(messageId));
  const textOf = async (message: WrittenMessage) =>
    (await alice.delivered()).find(({ messageId }) => messageId === message.id)?.text ?? '';

  /** Does something in Teams that must change nothing for Alice, and sees that it was left out for this reason. */
  async function changesNothing(reason: SkipReason, act: () => Promise<unknown>): Promise<void> {
    const posts = await alice.posts();
    const skipped = await readMetric(sidecar.url, 'skipped_total', { reason });
    await act();
    await until(
      async () => (await readMetric(sidecar.url, 'skipped_total', { reason })) === skipped + 1,
      `one more ${reason}`,
    );
    await worked();
    assert.deepEqual(await alice.posts(), posts);
  }

  test('a one-to-one chat, a group without a topic and a meeting arrive with who, where, and a link to the message', async () => {
    const written = [
      await ann.write(CHAT_ALICE_ANN, 'Do you have a minute?'),
      await ann.write(CHAT_GROUP, 'Lunch at twelve?'),
      await ann.write(CHAT_MEETING, '<p>Starting <b>five minutes</b> later</p>'),
    ];
    await worked();
    const [direct = '', group = '', meeting = ''] = await Promise.all(written.map(textOf));
    assert.match(direct, /^\*\*Ann Lee\*\* in \[Teams\]\(.*direct chat\n\nDo you have a minute\?$/);
    assert.match(
      group,
      /^\*\*Ann Lee\*\* in \[Ann Lee, Dev Patel, Bob Brown \+1\]\(.*group chat of 5\n\nLunch at twelve\?$/,
    );
    assert.match(
      meeting,
      /^\*\*Ann Lee\*\* in \[Weekly sync\]\(.*meeting chat of 4\n\nStarting \*\*five minutes\*\* later$/,
    );
    for (const [at, text] of [direct, group, meeting].entries()) {
      const { chatId = '', id = '' } = written[at] ?? {};
      assert.ok(text.includes(`](${environment.microsoftUrl}/l/message/${encodeURIComponent(chatId)}/${id}?`), text);
    }
    assert.equal((await news()).length, 3);
  });

  test('an edit in Teams edits the post, a reaction changes nothing, a deletion takes the text away', async () => {
    const message = await ann.write(CHAT_BUDGET, 'Four thousand');
    await worked();
    await ann.edit(message, 'Five thousand');
    await worked();
    assert.match(await textOf(message), /Five thousand$/);
    assert.doesNotMatch(JSON.stringify(await alice.posts()), /Four thousand/);

    await changesNothing('unchanged', () =>
      environment.microsoft.post(
        `/playground/chats/${encodeURIComponent(message.chatId)}/messages/${message.id}/reactions`,
        {
          from: ANN.oid,
          reactionType: '👍',
        },
      ),
    );

    await ann.remove(message);
    await worked();
    assert.match(await textOf(message), /deleted in Teams/);
    assert.doesNotMatch(JSON.stringify(await alice.posts()), /(Four|Five) thousand/);
    assert.deepEqual(idsOf(await news()), [message.id]);
  });

  test('her own message is not delivered', () =>
    changesNothing('own_message', () => createTeamsUser(environment, ALICE).write(CHAT_ALICE_ANN, 'Calling you.')));

  test('a system event of the chat is not delivered', () =>
    changesNothing('system_event', () =>
      environment.microsoft.post(`/playground/chats/${encodeURIComponent(CHAT_MEETING.id)}/events`, {
        type: 'callStarted',
      }),
    ));

  test('messages that come while notifications are off are not delivered, also when edited after they are on again', async () => {
    await alice.command('/msteams notifications off');
    let message: WrittenMessage | undefined;
    await changesNothing('notifications_off', async () => {
      message = await ann.write(CHAT_ALICE_ANN, 'This stays in Teams.');
    });
    await alice.command('/msteams notifications on');
    await changesNothing('never_delivered', async () => message && ann.edit(message, 'This stays in Teams, too.'));
    const next = await ann.write(CHAT_ALICE_ANN, 'This arrives.');
    await worked();
    assert.deepEqual(idsOf(await news()), [next.id]);
  });

  test('a pasted picture arrives as a file', async () => {
    await ann.write(CHAT_BUDGET, '<p>The chart:</p><img alt="chart" src="{{hosted:0}}">', {
      hostedContents: [{ contentType: 'image/png', base64: PIXEL }],
    });
    await worked();
    const [shown] = await news();
    const { files } = shown?.post as unknown as { files: Array<{ mime_type: string; size: number }> };
    const size = Buffer.from(PIXEL, 'base64').length;
    assert.deepEqual(
      files.map((file) => ({ type: file.mime_type, size: file.size })),
      [{ type: 'image/png', size }],
    );
    assert.match(shown?.text ?? '', /The chart:/);
  });

  test('notifications that come three times and out of order become one post each, in order', async () => {
    await environment.microsoft.post('/playground/faults', { kind: 'duplicate', copies: 3 });
    await environment.microsoft.post('/playground/faults', { kind: 'reorder', window: 20 });
    const written: WrittenMessage[] = [];
    for (let line = 1; line <= 6; line += 1) written.push(await ann.write(CHAT_BUDGET, `Line ${line}`));
    await worked();
    await environment.microsoft.delete('/playground/faults');
    const shown = await news();
    assert.deepEqual(idsOf(shown), idsOf(written));
    assert.equal(new Set(shown.map(({ post }) => post.id)).size, written.length);
  });

  test('a burst from one chat shares one post, and a deletion in it takes only that text away', async () => {
    await alice.changePreferences({ fold: true });
    const written: WrittenMessage[] = [];
    for (const word of ['One', 'Two', 'Three']) written.push(await ann.write(CHAT_MEETING, `${word} of the burst`));
    await worked();
    const shown = await news();
    assert.deepEqual(idsOf(shown), idsOf(written));
    assert.equal(new Set(shown.map(({ post }) => post.id)).size, 1);

    const [, second] = written;
    assert.ok(second);
    await ann.remove(second);
    await worked();
    const text = (await news())[0]?.post.message ?? '';
    assert.match(text, /One of the burst[\s\S]*deleted in Teams[\s\S]*Three of the burst/);
    assert.doesNotMatch(JSON.stringify(await alice.posts()), /Two of the burst/);
    await alice.changePreferences({ fold: false });
  });

  test('a message costs no call to Graph for itself or its chat', async () => {
    await ann.write(CHAT_ALICE_ANN, 'Now the chat is known.');
    await worked();
    await environment.microsoft.delete('/playground/requests');
    const written: WrittenMessage[] = [];
    for (let line = 1; line <= 10; line += 1) written.push(await ann.write(CHAT_ALICE_ANN, `Number ${line}`));
    await worked();
    assert.deepEqual(idsOf(await news()).slice(1), idsOf(written));
    const { counts } = await environment.microsoft.get<{ counts: Record<string, number> }>('/playground/requests');
    const { 'GET /me/presence': presence = 0, ...others } = counts;
    // The look for what was missed, after the sign-in, may fall into this time.
    const { 'GET /me/chats': _chats, 'GET /chats/{chatId}/messages': _messages, ...forMessages } = others;
    assert.deepEqual(forMessages, {});
    assert.ok(presence <= 1, `${presence} times asked for presence`);
  });
});
