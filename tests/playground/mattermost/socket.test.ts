import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, test } from 'node:test';
import clientPackage, { type Client4, type WebSocketClient } from '@mattermost/client';
import { WebSocket } from 'ws';
import { type Json, type MattermostEmulator, startMattermostEmulator } from '../../support/mattermost-emulator.ts';

interface Message extends Json {
  event: string;
  data: Json;
  seq: number;
}

let emulator: MattermostEmulator;
let bot: { id: string; token: string };
let alice: { id: string; token: string; cookies: string };
let dm: string;

before(async () => {
  emulator = await startMattermostEmulator();
  bot = await emulator.bot('teams');
  alice = await emulator.login('alice');
  dm = await emulator.direct(bot.token, bot.id, alice.id);
});
after(() => emulator.close());

/** Opens a socket and keeps what comes; `until` waits for the first message that fits. */
function open(headers: Record<string, string>, search = '') {
  const socket = new WebSocket(`${emulator.url.replace('http', 'ws')}/api/v4/websocket${search}`, { headers });
  const messages: Message[] = [];
  socket.on('message', (data) => messages.push(JSON.parse(String(data)) as Message));
  socket.on('error', () => socket.terminate());
  const until = async (fits: (message: Message) => boolean): Promise<Message> => {
    for (;;) {
      const found = messages.find(fits);
      if (found) return found;
      await once(socket, 'message');
    }
  };
  return { socket, messages, until, event: (name: string) => until((message) => message.event === name) };
}

test('a browser with its cookie is greeted and hears posts, edits, deletions, reactions and preferences', async () => {
  const page = open({ cookie: alice.cookies, origin: emulator.url });
  const hello = await page.event('hello');
  assert.equal(hello.seq, 0);
  assert.match(String(hello.data.server_version), /^11\.2\.0/);
  const { json } = await emulator.call('POST posts', { token: bot.token, body: { channel_id: dm, message: 'hi' } });
  const posted = await page.event('posted');
  assert.equal((JSON.parse(String(posted.data.post)) as Json).id, json.id);
  assert.deepEqual(
    [posted.data.sender_name, posted.data.channel_type, posted.data.mentions],
    ['@teams', 'D', JSON.stringify([alice.id])],
  );
  await emulator.call(`PUT posts/${json.id}/patch`, { token: bot.token, body: { message: 'edited' } });
  assert.equal((JSON.parse(String((await page.event('post_edited')).data.post)) as Json).message, 'edited');
  await emulator.call('POST reactions', {
    token: bot.token,
    body: { user_id: bot.id, post_id: json.id, emoji_name: 'eyes' },
  });
  assert.equal((JSON.parse(String((await page.event('reaction_added')).data.reaction)) as Json).emoji_name, 'eyes');
  await emulator.call(`DELETE posts/${json.id}`, { token: bot.token });
  await page.event('post_deleted');
  const preference = [{ user_id: alice.id, category: 'c', name: 'n', value: 'v' }];
  await emulator.call('PUT users/me/preferences', { token: alice.token, body: preference });
  assert.deepEqual(JSON.parse(String((await page.event('preferences_changed')).data.preferences)), preference);
  await emulator.admin('POST posts/ephemeral', { user_id: alice.id, post: { channel_id: dm, message: 'psst' } });
  assert.equal(
    (JSON.parse(String((await page.event('ephemeral_message')).data.post)) as Json).type,
    'system_ephemeral',
  );
  assert.deepEqual(
    page.messages.map((message) => message.seq),
    page.messages.map((_, index) => index),
  );
  page.socket.terminate();
});

test('a foreign origin is refused', async () => {
  const page = open({ cookie: alice.cookies, origin: 'https://evil.example' });
  const [request, response] = (await once(page.socket, 'unexpected-response')) as [
    { destroy(): void },
    { statusCode: number },
  ];
  assert.equal(response.statusCode, 403);
  request.destroy();
});

test('a lost connection is resumed with what was missed; after a restart there is a new one', async () => {
  const first = open({ authorization: `Bearer ${alice.token}` });
  const id = String((await first.event('hello')).data.connection_id);
  first.socket.terminate();
  await once(first.socket, 'close');
  await emulator.call('POST posts', { token: bot.token, body: { channel_id: dm, message: 'missed' } });
  const second = open({ authorization: `Bearer ${alice.token}` }, `?connection_id=${id}&sequence_number=1`);
  const missed = await second.event('posted');
  assert.match(String(missed.data.post), /missed/);
  assert.equal(
    second.messages.some((message) => message.event === 'hello'),
    false,
  );
  const closed = once(second.socket, 'close');
  await emulator.control('POST restart');
  await closed;
  const third = open({ authorization: `Bearer ${alice.token}` }, `?connection_id=${id}&sequence_number=2`);
  assert.notEqual((await third.event('hello')).data.connection_id, id);
  third.socket.terminate();
});

test('an unauthenticated socket is told so, a wrong challenge closes it', async () => {
  const stranger = open({});
  await once(stranger.socket, 'open');
  stranger.socket.send(JSON.stringify({ seq: 1, action: 'ping' }));
  const refusal = await stranger.until((message) => message.seq_reply === 1);
  assert.equal((refusal.error as Json).id, 'api.web_socket_router.not_authenticated.app_error');
  const closed = once(stranger.socket, 'close');
  stranger.socket.send(JSON.stringify({ seq: 2, action: 'authentication_challenge', data: { token: 'no' } }));
  await closed;
});

test('Mattermost’s own clients work: REST, and the WebSocket with its challenge', async (context) => {
  context.mock.method(console, 'log', () => undefined);
  const client = officialClient(emulator.url, bot.token);
  const socket = officialSocket();
  const posted = new Promise<Json>((resolve) => {
    socket.addMessageListener((message) => {
      if (message.event === 'posted') resolve(message.data as unknown as Json);
    });
  });
  const connected = new Promise<void>((resolve) => {
    socket.addMessageListener((message) => message.event === 'hello' && resolve());
  });
  socket.initialize(`${emulator.url.replace('http', 'ws')}/api/v4/websocket`, alice.token);
  await connected;
  const channel = await client.createDirectChannel([bot.id, alice.id]);
  const form = new FormData();
  form.append('channel_id', channel.id);
  form.append('files', new Blob(['text']), 'a.txt');
  const { file_infos } = await client.uploadFile(form);
  const post = await client.createPost({
    channel_id: channel.id,
    message: 'from the client',
    file_ids: file_infos.map((info) => info.id),
  } as Parameters<typeof client.createPost>[0]);
  assert.match(String((await posted).post), /from the client/);
  const patched = await client.patchPost({ id: post.id, message: 'patched' });
  assert.equal(patched.message, 'patched');
  const list = await client.getPostsSince(channel.id, post.create_at - 1);
  assert.equal(list.order.includes(post.id), true);
  assert.equal((await client.getProfilesByIds([alice.id]))[0]?.username, 'alice');
  assert.equal((await client.getClientConfig()).PluginsEnabled, 'true');
  await assert.rejects(client.getUser('z'.repeat(26)), {
    status_code: 404,
    server_error_id: 'app.user.missing_account.const',
  });
  socket.close();
});

test('a new direct channel and a changed profile are sent to the users concerned', async () => {
  const page = open({ authorization: `Bearer ${alice.token}` });
  await page.event('hello');
  const other = await emulator.bot('other');
  await emulator.direct(other.token, other.id, alice.id);
  assert.equal((await page.event('direct_added')).data.teammate_id, alice.id);
  await emulator.control('PATCH users/carol', { first_name: 'Caroline' });
  assert.equal(((await page.event('user_updated')).data.user as Json).first_name, 'Caroline');
  page.socket.terminate();
});

/** Mattermost's own REST client pointed at `url`, with `token` as its session. */
function officialClient(url: string, token: string): Client4 {
  // The package is CommonJS whose names ES modules cannot see.
  const client = new clientPackage.Client4();
  client.setUrl(url);
  client.setToken(token);
  client.setIncludeCookies(false);
  return client;
}

/** Mattermost's own WebSocket client, not yet connected. */
function officialSocket(): WebSocketClient {
  return new clientPackage.WebSocketClient();
}
