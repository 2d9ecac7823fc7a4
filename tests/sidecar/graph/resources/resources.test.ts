import assert from 'node:assert/strict';
import test from 'node:test';
import { createSealer } from '../../../../sidecar/src/core/encryption.ts';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { connectionOwner } from '../../../../sidecar/src/core/owner.ts';
import { HOUR } from '../../../../sidecar/src/core/time.ts';
import { createGraphClient } from '../../../../sidecar/src/graph/client/client.ts';
import { createDecryptMessage, sealMessage } from '../../../../sidecar/src/graph/encryption/decrypt-message.ts';
import { createChats } from '../../../../sidecar/src/graph/resources/chats.ts';
import { createSnippets } from '../../../../sidecar/src/graph/resources/hosted-content.ts';
import { createPictures } from '../../../../sidecar/src/graph/resources/pictures.ts';
import { createPresence } from '../../../../sidecar/src/graph/resources/presence.ts';
import { connection } from '../../../support/builders.ts';
import { createFakeClock } from '../../../support/clock.ts';
import { createTestLog } from '../../../support/log.ts';
import { createTestMetrics } from '../../../support/metrics.ts';
import type { Handler } from '../../../support/servers.ts';
import { startHttp, startHttps } from '../../../support/servers.ts';

const CHAT = '19:2da4c29f6d7041eca70b638b43d45437@thread.v2';
const ALICE = connection({ id: 'c1' });

async function setUp(handler: Handler) {
  const server = await startHttps(handler);
  const clock = createFakeClock();
  const client = createGraphClient({
    graphUrl: server.url,
    clock,
    metrics: createTestMetrics(),
    dispatcher: server.dispatcher,
    limiter: { acquire: async () => {}, pause: () => {}, adopt: () => {} },
  });
  const tokenFor = async (id: string) => `token of ${id}`;
  return { server, clock, log: createTestLog(), client, tokenFor, graphUrl: server.url };
}

const NOT_IN_BULK = { asksInBulk: () => false, bulk: async () => undefined };

test('a presence is asked with the own token, once for all who ask at once, and again after thirty seconds', async (t) => {
  const all = await setUp(() => ({ body: { availability: 'DoNotDisturb', activity: 'Presenting' } }));
  t.after(all.server.close);
  const presence = createPresence({ ...all, ...NOT_IN_BULK });
  const answers = await Promise.all([presence(ALICE), presence(ALICE), presence(ALICE)]);
  assert.deepEqual(answers[2], { availability: 'donotdisturb', activity: 'presenting' });
  all.clock.advance(29_000);
  await presence(ALICE);
  assert.equal(all.server.seen.length, 1);
  assert.equal(all.server.seen[0]?.headers.authorization, 'Bearer token of c1');
  assert.equal(all.server.seen[0]?.path, '/v1.0/me/presence');
  await presence(connection({ id: 'c2' }));
  assert.equal(all.server.seen[1]?.headers.authorization, 'Bearer token of c2');
  all.clock.advance(1_000);
  await presence(ALICE);
  assert.equal(all.server.seen.length, 3);
});

test('whatever fails, the presence is unknown, and asked again soon', async (t) => {
  const answers = [{ status: 500 }, { status: 429 }, { status: 403 }, { drop: true }, { body: ['no', 'presence'] }];
  const all = await setUp(({ path }) =>
    path ? (answers.shift() ?? { body: { availability: 'Away', activity: null } }) : {},
  );
  t.after(all.server.close);
  const presence = createPresence({ ...all, ...NOT_IN_BULK });
  for (let n = 0; n < 5; n++) {
    assert.deepEqual(await presence(ALICE), { availability: null, activity: null });
    await presence(ALICE);
    all.clock.advance(5_000);
  }
  assert.deepEqual(await presence(ALICE), { availability: 'away', activity: null });
  assert.equal(all.server.seen.length, 6);
  const signedOut = createPresence({
    ...all,
    ...NOT_IN_BULK,
    tokenFor: () => Promise.reject(new AppError('reconnect_needed', 'no')),
  });
  assert.deepEqual(await signedOut(ALICE), { availability: null, activity: null });
});

test('a presence that the application reads is unknown when that fails, without asking with the own token', async (t) => {
  const all = await setUp(() => ({ body: { availability: 'Away', activity: null } }));
  t.after(all.server.close);
  const found = { availability: 'busy', activity: null };
  const bulk = async ({ id }: { id: string }) => (id === ALICE.id ? found : undefined);
  const presence = createPresence({ ...all, asksInBulk: () => true, bulk });
  assert.deepEqual(await presence(ALICE), found);
  assert.deepEqual(await presence({ ...ALICE, id: 'other' }), { availability: null, activity: null });
  assert.equal(all.server.seen.length, 0);
});

test('a chat is read once for all connections, and again after an hour or when it changed', async (t) => {
  const body = {
    id: CHAT,
    chatType: 'group',
    topic: 'Budget 2027',
    members: [{ userId: 'O1', displayName: 'Ann Lee', email: 'ann.lee@example.com', tenantId: 'T1' }],
  };
  const all = await setUp(() => ({ body }));
  t.after(all.server.close);
  const chats = createChats(all);
  const [chat] = await Promise.all([chats.chat(ALICE, CHAT), chats.chat(connection({ id: 'c2' }), CHAT)]);
  assert.equal(chat.kind, 'group');
  assert.equal(chat.topic, 'Budget 2027');
  assert.equal(chat.members[0]?.name, 'Ann Lee');
  assert.equal(all.server.seen[0]?.path, `/v1.0/chats/${encodeURIComponent(CHAT)}?$expand=members`);
  assert.equal(all.server.seen.length, 1);
  all.clock.advance(HOUR);
  await chats.chat(ALICE, CHAT);
  chats.forget(CHAT);
  await chats.chat(ALICE, CHAT);
  assert.equal(all.server.seen.length, 3);
});

test('a chat that may not be read is told from its id; a failure that passes is thrown', async (t) => {
  let status = 403;
  const all = await setUp(() => ({ status }));
  t.after(all.server.close);
  const chats = createChats(all);
  for (const [id, kind] of [
    ['19:a_b@unq.gbl.spaces', 'oneOnOne'],
    ['19:meeting_abc@thread.v2', 'meeting'],
    [CHAT, 'group'],
  ] as const) {
    assert.deepEqual(await chats.chat(ALICE, id), { id, kind, topic: null, members: [] });
  }
  status = 503;
  await assert.rejects(chats.chat(ALICE, '19:another@thread.v2'), { code: 'microsoft_unavailable' });
  status = 429;
  await assert.rejects(chats.chat(ALICE, '19:another@thread.v2'), { code: 'microsoft_throttled' });
});

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const hosted = (origin: string) => `${origin}/v1.0/chats/${CHAT}/messages/1764000000105/hostedContents/aWQ9/$value`;

test('a pasted picture is fetched with the own token and named by its bytes', async (t) => {
  const all = await setUp(() => ({ body: PNG, headers: { 'content-type': 'text/html' } }));
  t.after(all.server.close);
  const picture = createPictures(all);
  const name = '../Bild "eins".exe';
  assert.deepEqual(await picture(ALICE, { url: hosted(all.server.url), name }), {
    bytes: PNG,
    contentType: 'image/png',
    name: '_Bild _eins_.png',
  });
  assert.equal(all.server.seen[0]?.headers.authorization, 'Bearer token of c1');
  assert.match(all.server.seen[0]?.path ?? '', /^\/v1\.0\/chats\/.*\/hostedContents\/aWQ9\/\$value$/);
});

test('nothing but hosted contents of Graph is ever fetched', async (t) => {
  const stranger = await startHttp(() => ({ body: PNG }));
  const all = await setUp(() => ({ body: PNG }));
  t.after(async () => {
    await all.server.close();
    await stranger.close();
  });
  const picture = createPictures(all);
  const { url } = all.server;
  for (const address of [
    `${stranger.url}/picture.png`,
    hosted(stranger.url),
    hosted(url).replace('https://', 'https://graph.example@').replace('localhost', 'evil.example'),
    `${url}/v1.0/me/messages`,
    `${url}/v1.0/me/drive/root/children`,
    hosted(url).replace('/$value', ''),
    hosted(url).replace('/chats/', '/chats/../users/x/chats/'),
    'http://169.254.169.254/latest/meta-data',
    'file:///etc/passwd',
    'data:image/png;base64,AAAA',
    'no address',
  ]) {
    assert.deepEqual(await picture(ALICE, { url: address, name: '' }), { failed: 'foreign_host' }, address);
  }
  assert.deepEqual(stranger.seen, []);
  assert.deepEqual(all.server.seen, []);
});

test('a picture that cannot be had says why and never throws', async (t) => {
  let answer: { status?: number; body?: unknown } = {};
  const all = await setUp(() => answer);
  all.clock.autoAdvance();
  t.after(all.server.close);
  const picture = createPictures({ ...all, maxBytes: 100 });
  for (const [wanted, given] of [
    ['not_a_picture', { body: Buffer.from('<svg onload="alert(1)"/>') }],
    ['payload_too_large', { body: Buffer.concat([PNG, Buffer.alloc(100)]) }],
    ['microsoft_not_found', { status: 404 }],
    ['microsoft_unavailable', { status: 503 }],
  ] as const) {
    answer = given;
    assert.deepEqual(await picture(ALICE, { url: hosted(all.server.url), name: '' }), { failed: wanted });
  }
  const signedOut = createPictures({
    ...all,
    tokenFor: () => Promise.reject(new AppError('reconnect_needed', 'no')),
  });
  assert.deepEqual(await signedOut(ALICE, { url: hosted(all.server.url), name: '' }), {
    failed: 'reconnect_needed',
  });
});

test('what passes in a moment is tried once more', async (t) => {
  const answers = [{ status: 503 }];
  const all = await setUp(() => answers.shift() ?? { body: PNG });
  all.clock.autoAdvance();
  t.after(all.server.close);
  const got = await createPictures(all)(ALICE, { url: hosted(all.server.url), name: '' });
  assert.ok('bytes' in got);
});

test('the text of a snippet is fetched, and bytes that are no text are not', async (t) => {
  let body = Buffer.from('const ü = 1;');
  const all = await setUp(() => ({ body }));
  t.after(all.server.close);
  const snippet = createSnippets(all);
  assert.deepEqual(await snippet(ALICE, { url: hosted(all.server.url) }), { text: 'const ü = 1;' });
  body = Buffer.from([1, 0, 2]);
  assert.deepEqual(await snippet(ALICE, { url: hosted(all.server.url) }), { failed: 'not_text' });
  assert.deepEqual(await snippet(ALICE, { url: 'https://evil.example/' }), { failed: 'foreign_host' });
});

test('an inbox item opens only as the message it names', async () => {
  const sealer = createSealer([{ id: 'k', key: Buffer.alloc(32, 1) }]);
  const decryptMessage = createDecryptMessage({
    certificates: { decrypt: async (payload) => JSON.parse(payload) },
    sealer,
    chatChanged: () => {},
  });
  const payload = JSON.stringify({ id: '1764000000105', chatId: CHAT, body: { contentType: 'text', content: 'x' } });
  const item = { owner: connectionOwner('c1'), chatId: CHAT, messageId: '1764000000105', payload };
  assert.equal((await decryptMessage(item)).body.content, 'x');
  for (const other of [{ messageId: '2' }, { chatId: '19:x@thread.v2' }, { payload: null }, { payload: '{}' }]) {
    await assert.rejects(decryptMessage({ ...item, ...other }), { code: 'notification_unreadable' });
  }
});

test('a message about a change of its chat clears the cached chat', async () => {
  const sealer = createSealer([{ id: 'k', key: Buffer.alloc(32, 1) }]);
  const changed: string[] = [];
  const certificates = { decrypt: async (payload: string) => JSON.parse(payload) };
  const decryptMessage = createDecryptMessage({
    certificates,
    sealer,
    chatChanged: (chatId) => void changed.push(chatId),
  });
  const details = ['membersAdded', 'membersDeleted', 'chatRenamed', 'callStarted', null].map((event) =>
    event === null ? null : { '@odata.type': `#microsoft.graph.${event}EventMessageDetail` },
  );
  for (const [index, eventDetail] of details.entries()) {
    const messageType = 'systemEventMessage';
    const json = { id: '1764000000105', chatId: `chat ${index}`, messageType, eventDetail, body: { content: '' } };
    const place = { owner: connectionOwner('c1'), chatId: `chat ${index}`, messageId: json.id };
    await decryptMessage({ ...place, payload: JSON.stringify(json) });
  }
  const text = { id: '1764000000105', chatId: CHAT, body: { content: 'x' } };
  await decryptMessage({
    owner: connectionOwner('c1'),
    chatId: CHAT,
    messageId: text.id,
    payload: JSON.stringify(text),
  });
  assert.deepEqual(changed, ['chat 0', 'chat 1', 'chat 2', 'chat 4']);
});

test('a message sealed by us opens in its own place only', async () => {
  const sealer = createSealer([{ id: 'k', key: Buffer.alloc(32, 1) }]);
  const decryptMessage = createDecryptMessage({
    certificates: { decrypt: () => Promise.reject(new Error('not encrypted by Graph')) },
    sealer,
    chatChanged: () => {},
  });
  const place = { owner: connectionOwner('c1'), chatId: CHAT, messageId: '1764000000105' };
  const payload = sealMessage(sealer, place, { id: place.messageId, chatId: CHAT, body: { content: 'secret words' } });
  assert.ok(!payload.includes('secret') && !payload.startsWith('{'));
  assert.equal((await decryptMessage({ ...place, payload })).body.content, 'secret words');
  for (const other of [{ messageId: '2' }, { chatId: '19:x@thread.v2' }, { owner: connectionOwner('c2') }]) {
    await assert.rejects(decryptMessage({ ...place, ...other, payload }), { code: 'seal_broken' });
  }
});
