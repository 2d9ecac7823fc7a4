import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import { after, before, test } from 'node:test';
import Fastify from 'fastify';
import { DEFAULT_PREFERENCES } from '../../../sidecar/src/core/preferences.ts';
import { systemClock } from '../../../sidecar/src/core/time.ts';
import { createBot } from '../../../sidecar/src/mattermost/bot/bot.ts';
import { commandRoute } from '../../../sidecar/src/mattermost/command-route.ts';
import { actionRoute } from '../../../sidecar/src/mattermost/inbound/action-route.ts';
import { createActionSigner } from '../../../sidecar/src/mattermost/inbound/action-signing.ts';
import { sealerOf } from '../../support/builders.ts';
import { createFakeClock } from '../../support/clock.ts';
import { createTestLog } from '../../support/log.ts';
import type { Json } from '../../support/mattermost-emulator.ts';
import { startMattermostEmulator } from '../../support/mattermost-emulator.ts';
import { createTestMetrics } from '../../support/metrics.ts';
import { connectionOf, createTestCommands } from '../commands/commands-in-memory.ts';

const TOKEN = 'abcdefghijklmnopqrstuvwxyz';
const LOOPBACK = 'localhost 127.0.0.1 127.0.0.1/32';

let environment: Awaited<ReturnType<typeof setUp>>;

before(async () => {
  environment = await setUp();
});

after(async () => {
  await environment.close();
});

/** A Mattermost with a bot and the command in one team, and the two routes of a sidecar that it can reach. */
async function setUp() {
  const emulator = await startMattermostEmulator({
    config: { ServiceSettings: { AllowedUntrustedInternalConnections: LOOPBACK } },
  });
  const account = await emulator.bot('msteams');
  const sidecar = await startSidecar(emulator.url, account.token);
  const { json: team } = await emulator.admin('GET teams/name/playground');
  const command = { team_id: team.id, trigger: 'msteams', method: 'P', token: TOKEN };
  await emulator.admin('POST commands', { ...command, url: `${sidecar.publicUrl}/mattermost/command` });
  await emulator.admin(`POST teams/${team.id}/members`, { team_id: team.id, user_id: account.id });
  const alice = await emulator.login('alice');
  const direct = await emulator.direct(alice.token, alice.id, account.id);
  const close = async () => {
    await sidecar.close();
    await emulator.close();
  };
  return { ...sidecar, emulator, account, alice, direct, teamId: String(team.id), close };
}

async function startSidecar(url: string, token: string) {
  const { memory, commands } = createTestCommands();
  const signer = createActionSigner(sealerOf('a'), systemClock);
  const app = Fastify();
  const common = { ...commands, signer, sign: signer.sign, clock: systemClock, publicUrl: '' };
  const botOptions = { ...common, url, token, metrics: createTestMetrics() };
  const bot = createBot(botOptions);
  const deps = {
    ...common,
    token: TOKEN,
    user: bot.user,
    log: createTestLog(),
    session: async (id: string) => ({ id }),
  };
  await commandRoute(app, deps);
  actionRoute(app, deps);
  await app.listen({ port: 0, host: '127.0.0.1' });
  // The address is known only now; links are made from it at each use.
  const publicUrl = `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
  for (const options of [botOptions, deps]) options.publicUrl = publicUrl;
  const close = async () => {
    await bot.close();
    await app.close();
  };
  return { bot, memory, publicUrl, close };
}

function execute(command: string, user = environment.alice) {
  const body = { command, channel_id: environment.direct, team_id: environment.teamId };
  return environment.emulator.call('POST commands/execute', { token: user.token, body });
}

async function posts(): Promise<Json[]> {
  return (await environment.emulator.control('GET posts?user=alice&from=msteams')).list;
}

function draftOf(key: string) {
  return { message: 'hello', props: { msteams_delivery: key } };
}

test('a command and a session come through Mattermost, with the user it vouches for', async () => {
  const help = await execute('/msteams HELP');
  assert.equal(help.status, 200);
  assert.match(String(help.json.text), /`\/msteams connect`/);
  const session = await execute('/msteams --session');
  assert.deepEqual([session.json.text, session.json.props], ['', { msteams: { id: environment.alice.id } }]);
});

test('a bot that runs the command is refused', async () => {
  const { json } = await execute('/msteams --session', { ...environment.alice, token: environment.account.token });
  assert.deepEqual(json.props, { msteams_error: 'forbidden' });
});

test('a button of the bot works for its user, and its result replaces the post', async () => {
  environment.memory.connection = connectionOf({
    userId: environment.alice.id,
    preferences: { ...DEFAULT_PREFERENCES, enabled: false, when: 'away' },
  });
  await environment.bot.send(environment.alice.id, {
    text: 'Welcome',
    buttons: [{ label: 'Enable notifications', style: 'primary', action: 'notifications_on' }],
  });
  const sent = (await posts()).at(-1);
  const answer = await environment.emulator.call(`POST posts/${sent?.id}/actions/button1`, {
    token: environment.alice.token,
    body: {},
  });
  assert.equal(answer.status, 200);
  assert.deepEqual(environment.memory.connection?.preferences, { ...DEFAULT_PREFERENCES, enabled: true });
  const replaced = (await posts()).at(-1);
  assert.equal(replaced?.id, sent?.id);
  assert.match(String(replaced?.message), /^Notifications are \*\*on\*\*/);
  assert.equal((replaced?.props as Json).from_bot, 'true');
});

test('a lost answer does not make a second post: the same pending id, or the look-up later', async () => {
  const key = randomUUID();
  const attempt = { channelId: await environment.bot.directChannel(environment.alice.id), pendingPostId: randomUUID() };
  const query = { channelId: attempt.channelId, deliveryKey: key, since: systemClock.now() };
  assert.equal(await environment.bot.findPost(query), null);
  await environment.emulator.control('POST faults', { kind: 'lose_answer', path: 'POST /posts', times: 1 });
  await assert.rejects(environment.bot.createPost({ ...attempt, draft: draftOf(key) }), {
    code: 'mattermost_unavailable',
  });
  const again = await environment.bot.createPost({ ...attempt, draft: draftOf(key) });
  await environment.emulator.control('POST restart', {});
  assert.deepEqual(await environment.bot.findPost(query), again);
  const copies = (await posts()).filter((post) => (post.props as Json).msteams_delivery === key);
  assert.equal(copies.length, 1);
});

test('a post is edited with its props, and deleted once or twice', async () => {
  const key = randomUUID();
  const channelId = await environment.bot.directChannel(environment.alice.id);
  const { postId } = await environment.bot.createPost({ channelId, pendingPostId: randomUUID(), draft: draftOf(key) });
  await environment.bot.editPost(postId, { ...draftOf(key), message: 'edited' });
  const query = { channelId, deliveryKey: key, since: systemClock.now() };
  assert.deepEqual(await environment.bot.findPost(query), { postId });
  await environment.bot.deletePost(postId);
  await environment.bot.deletePost(postId);
  assert.equal(await environment.bot.findPost(query), null);
});

test('a file arrives with its post', async () => {
  const channelId = await environment.bot.directChannel(environment.alice.id);
  const file = { channelId, name: 'notes.txt', contentType: 'text/plain', bytes: Buffer.from('some notes') };
  const draft = { ...draftOf(randomUUID()), fileIds: [await environment.bot.upload(file)] };
  await environment.bot.createPost({ channelId, pendingPostId: randomUUID(), draft });
  const [stored] = ((await posts()).at(-1)?.files ?? []) as Json[];
  assert.deepEqual([stored?.name, stored?.size], ['notes.txt', 10]);
});

test('throttling and a revoked token are told apart', async () => {
  await environment.emulator.control('POST faults', {
    kind: 'throttle',
    path: 'GET /users/me',
    retryAfterSeconds: 3,
    times: 1,
  });
  const clock = createFakeClock();
  const other = createBot({
    url: environment.emulator.url,
    token: environment.account.token,
    publicUrl: '',
    sign: () => '',
    clock,
    metrics: createTestMetrics(),
  });
  await assert.rejects(other.me(), { code: 'mattermost_throttled', retryAfterMs: 3_000 });
  clock.advance(3_000);
  assert.equal((await other.me()).username, 'msteams');
  await other.close();
  const stranger = createBot({
    url: environment.emulator.url,
    token: 'revoked',
    publicUrl: '',
    sign: () => '',
    clock: systemClock,
    metrics: createTestMetrics(),
  });
  await assert.rejects(stranger.me(), { code: 'mattermost_unauthorized' });
  await stranger.close();
});
