import { setTimeout as sleep } from 'node:timers/promises';
import { deliveredMessages } from '../delivered-messages.ts';
import type { Environment } from '../environment.ts';
import type { MattermostUser, StoredPost } from '../mattermost-user.ts';
import { createMattermostUser } from '../mattermost-user.ts';
import { ALICE, ANN, BOB, CHAT_ALICE_ANN, CHAT_BUDGET, CHAT_GROUP, CHAT_MEETING } from '../sample.ts';
import type { SidecarProcess } from '../sidecar-process.ts';
import type { WrittenMessage } from '../teams-user.ts';
import { createTeamsUser, settled } from '../teams-user.ts';

/** Messages that had to arrive, those that did, copies beyond the first, and messages that must not arrive but did. */
export interface SmokeResult {
  expected: number;
  delivered: number;
  duplicates: number;
  unwanted: number;
}

interface Smoke {
  environment: Environment;
  sidecar: SidecarProcess;
  alice: MattermostUser;
  bob: MattermostUser;
  say(line: string): void;
  wanted: WrittenMessage[];
  unwanted: WrittenMessage[];
  unwantedByBob: WrittenMessage[];
}

/**
 * Plays the smoke scenario through the same pages, commands and buttons that users have: connect, three kinds of chat, presence, own
 * messages, toggling and disconnect. `say` gets one line per step.
 */
export async function runSmoke(
  environment: Environment,
  sidecar: SidecarProcess,
  say: (line: string) => void,
): Promise<SmokeResult> {
  const alice = await createMattermostUser(environment, 'alice');
  const bob = await createMattermostUser(environment, 'bob');
  const smoke: Smoke = { environment, sidecar, alice, bob, say, wanted: [], unwanted: [], unwantedByBob: [] };
  await connect(smoke);
  await writeInThreeKindsOfChat(smoke);
  await writeWhatIsNotDelivered(smoke);
  await toggleNotifications(smoke);
  await disconnect(smoke);
  return verify(await alice.posts(), await bob.posts(), smoke);
}

async function connect({ alice, say, environment }: Smoke): Promise<void> {
  say('Alice types /msteams connect in Mattermost, follows the link and signs in at Microsoft.');
  await alice.connect();
  await untilConfirmed(alice);
  await alice.press('Enable notifications');
  await createTeamsUser(environment, ALICE).appear('Offline');
}

async function writeInThreeKindsOfChat({ environment, sidecar, wanted, say }: Smoke): Promise<void> {
  say('Ann writes in a one-to-one chat, a group chat and a meeting chat while Alice is offline in Teams.');
  const ann = createTeamsUser(environment, ANN);
  wanted.push(await ann.write(CHAT_ALICE_ANN, 'Hi Alice, do you have a minute?'));
  wanted.push(
    await ann.write(
      CHAT_BUDGET,
      `<p><at id="0">Alice Adams</at>, see the <b>new figures</b> in <a href="https://example.com/budget">the sheet</a>:</p><ul><li>Travel</li><li>Hardware</li></ul>`,
      { mentions: [mentionOf(ALICE)] },
    ),
  );
  wanted.push(await ann.write(CHAT_MEETING, 'The meeting starts five minutes later.'));
  await settled(environment, sidecar.url);
}

async function writeWhatIsNotDelivered({
  environment,
  sidecar,
  bob,
  wanted,
  unwanted,
  unwantedByBob,
  say,
}: Smoke): Promise<void> {
  say('Bob connects too, but he is active in Teams: the same group message reaches Alice and is not repeated for Bob.');
  await bob.connect(BOB);
  await bob.press('Benachrichtigungen einschalten');
  await createTeamsUser(environment, BOB).appear('Available');
  const shared = await createTeamsUser(environment, ANN).write(CHAT_GROUP, 'Lunch at twelve?');
  wanted.push(shared);
  unwantedByBob.push(shared);
  say('Alice answers in Teams herself: her own message is not delivered to her.');
  unwanted.push(await createTeamsUser(environment, ALICE).write(CHAT_ALICE_ANN, 'Sure, calling you.'));
  await settled(environment, sidecar.url);
}

async function toggleNotifications({ environment, sidecar, alice, wanted, unwanted, say }: Smoke): Promise<void> {
  say('Alice turns notifications off with /msteams notifications toggle, and on again.');
  const ann = createTeamsUser(environment, ANN);
  await alice.command('/msteams notifications toggle');
  unwanted.push(await ann.write(CHAT_ALICE_ANN, 'This one stays in Teams.'));
  await settled(environment, sidecar.url);
  await alice.command('/msteams notifications toggle');
  wanted.push(await ann.write(CHAT_ALICE_ANN, 'And this one arrives again.'));
  await settled(environment, sidecar.url);
}

async function disconnect({ environment, alice, unwanted, say }: Smoke): Promise<void> {
  say('Alice disconnects: the subscription at Microsoft is gone, and nothing arrives any more.');
  await alice.confirm('/msteams disconnect');
  unwanted.push(await createTeamsUser(environment, ANN).write(CHAT_ALICE_ANN, 'Are you still there?'));
  await environment.microsoft.post('/playground/flush');
}

function mentionOf(person: typeof ALICE) {
  return {
    id: 0,
    mentionText: person.name,
    mentioned: { user: { id: person.oid, displayName: person.name, userIdentityType: 'aadUser' } },
  };
}

function verify(alice: StoredPost[], bob: StoredPost[], { wanted, unwanted, unwantedByBob }: Smoke): SmokeResult {
  const counts = wanted.map((message) => count(alice, message));
  return {
    expected: wanted.length,
    delivered: counts.filter((copies) => copies > 0).length,
    duplicates: counts.reduce((sum, copies) => sum + Math.max(0, copies - 1), 0),
    unwanted: [
      ...unwanted.map((message) => count(alice, message)),
      ...unwantedByBob.map((message) => count(bob, message)),
    ].filter((copies) => copies > 0).length,
  };
}

function count(posts: StoredPost[], message: WrittenMessage): number {
  return deliveredMessages(posts).filter(
    ({ chatId, messageId }) => chatId === message.chatId && messageId === message.id,
  ).length;
}

/** @throws {Error} not within ten seconds */
async function untilConfirmed(user: MattermostUser): Promise<void> {
  for (let attempt = 0; attempt < 400; attempt += 1) {
    if ((await user.posts()).length > 0) return;
    await sleep(25);
  }
  throw new Error('The bot does not confirm the connection.');
}
