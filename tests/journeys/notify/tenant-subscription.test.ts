import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
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
import { createTeamsUser, settled, type WrittenMessage } from '../../../playground/teams-user.ts';
import { type ConnectedUser, connectUser, idsOf } from '../../support/connected-user.ts';
import { until } from '../../support/until.ts';

describe("the organization's feed", () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let alice: ConnectedUser;
  let bob: ConnectedUser;
  let carol: ConnectedUser;
  let ann: ReturnType<typeof createTeamsUser>;

  before(async () => {
    environment = await openEnvironment({ env: { FEED: 'tenant' }, microsoft: { retryBaseMs: 100 } });
    sidecar = await environment.startSidecar();
    alice = await connectUser(environment, { username: 'alice', as: ALICE, preferences: { fold: false } });
    bob = await connectUser(environment, { username: 'bob', as: BOB, preferences: { fold: false } });
    carol = await connectUser(environment, { username: 'carol', as: CAROL });
    await createTeamsUser(environment, CAROL).appear('Available');
    ann = createTeamsUser(environment, ANN);
  });
  after(() => environment?.close());

  const resources = async () =>
    (await environment.microsoft.get<{ value: Array<{ resource: string }> }>('/playground/subscriptions')).value
      .map(({ resource }) => resource)
      .toSorted();
  const own = [ALICE, BOB, CAROL].map(({ oid }) => `/users/${oid}/chats/getAllMessages`);

  /** Ids of these messages as the reader sees them: each once, in the order written. */
  const seenBy = async (reader: ConnectedUser, written: readonly WrittenMessage[]) => {
    const wanted = new Set(idsOf(written));
    return idsOf((await reader.delivered()).filter(({ messageId }) => wanted.has(messageId)));
  };

  test('one subscription serves all users: each member gets a message once, its sender never', async () => {
    assert.deepEqual(await resources(), ['/chats/getAllMessages']);
    const written = [
      await ann.write(CHAT_GROUP, 'For both'),
      await createTeamsUser(environment, BOB).write(CHAT_GROUP, 'From Bob'),
      await ann.write(CHAT_ALICE_ANN, 'For Alice alone'),
    ];
    await settled(environment, sidecar.url);
    assert.deepEqual((await seenBy(alice, written)).toSorted(), idsOf(written).toSorted());
    assert.deepEqual(await seenBy(bob, written), [written[0]?.id]);
  });

  test('presence is read in bulk, and active users get nothing', async () => {
    assert.deepEqual(await carol.delivered(), []);
    const { counts } = await environment.microsoft.get<{ counts: Record<string, number> }>('/playground/requests');
    assert.equal(counts['GET /me/presence'] ?? 0, 0);
    assert.ok((counts['POST /communications/getPresencesByUserId'] ?? 9) <= 2);
  });

  test('a user added to a chat gets the messages from then on, a removed user no more', async () => {
    await ann.write(CHAT_BUDGET, 'Bob is not here');
    await settled(environment, sidecar.url);
    const change = (type: string) =>
      environment.microsoft.post(`/playground/chats/${encodeURIComponent(CHAT_BUDGET.id)}/events`, {
        type,
        members: [BOB.oid],
      });
    await change('membersAdded');
    await settled(environment, sidecar.url);
    const with_ = await ann.write(CHAT_BUDGET, 'Welcome, Bob');
    await settled(environment, sidecar.url);
    await change('membersDeleted');
    await settled(environment, sidecar.url);
    const without = await ann.write(CHAT_BUDGET, 'Goodbye, Bob');
    await settled(environment, sidecar.url);
    assert.deepEqual(await seenBy(alice, [with_, without]), idsOf([with_, without]));
    assert.equal((await bob.delivered()).filter(({ messageId }) => messageId === without.id).length, 0);
  });

  test('changing FEED there and back loses no message and delivers none twice', async () => {
    const written: WrittenMessage[] = [];
    for (const [feed, expected] of [
      ['personal', own],
      ['tenant', ['/chats/getAllMessages']],
    ] as const) {
      written.push(await ann.write(CHAT_GROUP, `Before ${feed}`));
      assert.equal(await sidecar.stop(), 0);
      written.push(await ann.write(CHAT_GROUP, `While nobody listens, ${feed}`));
      sidecar = await environment.startSidecar({ env: { FEED: feed } });
      written.push(await ann.write(CHAT_GROUP, `While it changes to ${feed}`));
      await until(async () => String(await resources()) === String(expected), `the feed is ${feed}`);
      written.push(await ann.write(CHAT_GROUP, `After ${feed}`));
    }
    // Connections that change the kind of subscription are caught up one after the other: an empty inbox does not prove that both are.
    for (const reader of [alice, bob]) {
      await until(async () => (await seenBy(reader, written)).length >= written.length, 'all is there');
    }
    await settled(environment, sidecar.url);
    for (const reader of [alice, bob]) {
      assert.deepEqual((await seenBy(reader, written)).toSorted(), idsOf(written).toSorted());
    }
  });

  test('without the permission the sidecar does not start, and the log names it', async () => {
    await environment.microsoft.put('/playground/app', { roles: ['Presence.Read.All'] });
    const chat: SampleChat = CHAT_GROUP;
    assert.equal(await sidecar.stop(), 0);
    await environment.microsoft.delete(`/playground/subscriptions/${await subscriptionId()}`);
    sidecar = await environment.startSidecar();
    await until(async () => /Chat\.Read\.All/.test(sidecar.output()), 'it says so');
    await environment.microsoft.put('/playground/app', {
      roles: ['Chat.Read.All', 'Presence.Read.All', 'User.Read.All'],
    });
    assert.equal(await sidecar.stop(), 0);
    sidecar = await environment.startSidecar();
    await until(async () => (await resources()).length === 1, 'it works again');
    const message = await ann.write(chat, 'And on it goes');
    await until(async () => (await seenBy(bob, [message])).length === 1, 'it arrives');
  });

  const subscriptionId = async () =>
    (await environment.microsoft.get<{ value: Array<{ id: string }> }>('/playground/subscriptions')).value[0]?.id;
});
