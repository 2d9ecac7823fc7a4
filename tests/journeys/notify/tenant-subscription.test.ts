import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Stage } from '../../../playground/environment.ts';
import { openStage } from '../../../playground/environment.ts';
import {
  ALICE,
  ANN,
  BOB,
  CAROL,
  CHAT_ALICE_ANN,
  CHAT_BUDGET,
  CHAT_GROUP,
  type SampleChat,
} from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { createColleague, settled, type WrittenMessage } from '../../../playground/teams-user.ts';
import { idsOf, joinReader, type Reader, until } from '../../support/connected-user.ts';

describe("the organisation's feed", () => {
  let stage: Stage;
  let sidecar: SidecarProcess;
  let alice: Reader;
  let bob: Reader;
  let carol: Reader;
  let ann: ReturnType<typeof createColleague>;

  before(async () => {
    stage = await openStage({ env: { FEED: 'tenant' }, microsoft: { retryBaseMs: 100 } });
    sidecar = await stage.startSidecar();
    alice = await joinReader(stage, { username: 'alice', as: ALICE, preferences: { fold: false } });
    bob = await joinReader(stage, { username: 'bob', as: BOB, preferences: { fold: false } });
    carol = await joinReader(stage, { username: 'carol', as: CAROL });
    await createColleague(stage, CAROL).appear('Available');
    ann = createColleague(stage, ANN);
  });
  after(() => stage?.close());

  const resources = async () =>
    (await stage.microsoft.get<{ value: Array<{ resource: string }> }>('/playground/subscriptions')).value
      .map(({ resource }) => resource)
      .toSorted();
  const own = [ALICE, BOB, CAROL].map(({ oid }) => `/users/${oid}/chats/getAllMessages`);

  /** Ids of these messages as the reader sees them: each once, in the order written. */
  const seenBy = async (reader: Reader, written: readonly WrittenMessage[]) => {
    const wanted = new Set(idsOf(written));
    return idsOf((await reader.shown()).filter(({ messageId }) => wanted.has(messageId)));
  };

  test('one subscription serves everybody: each member gets a message once, its sender never', async () => {
    assert.deepEqual(await resources(), ['/chats/getAllMessages']);
    const written = [
      await ann.write(CHAT_GROUP, 'For both'),
      await createColleague(stage, BOB).write(CHAT_GROUP, 'From Bob'),
      await ann.write(CHAT_ALICE_ANN, 'For Alice alone'),
    ];
    await settled(stage, sidecar.url);
    assert.deepEqual((await seenBy(alice, written)).toSorted(), idsOf(written).toSorted());
    assert.deepEqual(await seenBy(bob, written), [written[0]?.id]);
  });

  test('presence is asked for in bulk, and whoever is active is left alone', async () => {
    assert.deepEqual(await carol.shown(), []);
    const { counts } = await stage.microsoft.get<{ counts: Record<string, number> }>('/playground/requests');
    assert.equal(counts['GET /me/presence'] ?? 0, 0);
    assert.ok((counts['POST /communications/getPresencesByUserId'] ?? 9) <= 2);
  });

  test('who is added to a chat gets what is written from then on, who is removed nothing more', async () => {
    await ann.write(CHAT_BUDGET, 'Bob is not here');
    await settled(stage, sidecar.url);
    const change = (type: string) =>
      stage.microsoft.post(`/playground/chats/${encodeURIComponent(CHAT_BUDGET.id)}/events`, {
        type,
        members: [BOB.oid],
      });
    await change('membersAdded');
    await settled(stage, sidecar.url);
    const with_ = await ann.write(CHAT_BUDGET, 'Welcome, Bob');
    await settled(stage, sidecar.url);
    await change('membersDeleted');
    await settled(stage, sidecar.url);
    const without = await ann.write(CHAT_BUDGET, 'Goodbye, Bob');
    await settled(stage, sidecar.url);
    assert.deepEqual(await seenBy(alice, [with_, without]), idsOf([with_, without]));
    assert.equal((await bob.shown()).filter(({ messageId }) => messageId === without.id).length, 0);
  });

  test('changing the feed there and back loses nothing and doubles nothing', async () => {
    const written: WrittenMessage[] = [];
    for (const [feed, expected] of [
      ['personal', own],
      ['tenant', ['/chats/getAllMessages']],
    ] as const) {
      written.push(await ann.write(CHAT_GROUP, `Before ${feed}`));
      assert.equal(await sidecar.stop(), 0);
      written.push(await ann.write(CHAT_GROUP, `While nobody listens, ${feed}`));
      sidecar = await stage.startSidecar({ env: { FEED: feed } });
      written.push(await ann.write(CHAT_GROUP, `While it changes to ${feed}`));
      await until(`the feed is ${feed}`, async () => String(await resources()) === String(expected));
      written.push(await ann.write(CHAT_GROUP, `After ${feed}`));
    }
    // Whoever changes feeds is caught up one after the other: an empty inbox does not say that both have been.
    for (const reader of [alice, bob]) {
      await until('all is there', async () => (await seenBy(reader, written)).length >= written.length);
    }
    await settled(stage, sidecar.url);
    for (const reader of [alice, bob]) {
      assert.deepEqual((await seenBy(reader, written)).toSorted(), idsOf(written).toSorted());
    }
  });

  test('without the permission nothing starts, and the log says what to grant', async () => {
    await stage.microsoft.put('/playground/app', { roles: ['Presence.Read.All'] });
    const chat: SampleChat = CHAT_GROUP;
    assert.equal(await sidecar.stop(), 0);
    await stage.microsoft.delete(`/playground/subscriptions/${await subscriptionId()}`);
    sidecar = await stage.startSidecar();
    await until('it says so', async () => /Chat\.Read\.All/.test(sidecar.output()));
    await stage.microsoft.put('/playground/app', { roles: ['Chat.Read.All', 'Presence.Read.All', 'User.Read.All'] });
    assert.equal(await sidecar.stop(), 0);
    sidecar = await stage.startSidecar();
    await until('it works again', async () => (await resources()).length === 1);
    const message = await ann.write(chat, 'And on it goes');
    await until('it arrives', async () => (await seenBy(bob, [message])).length === 1);
  });

  const subscriptionId = async () =>
    (await stage.microsoft.get<{ value: Array<{ id: string }> }>('/playground/subscriptions')).value[0]?.id;
});
