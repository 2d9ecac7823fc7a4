import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Json, type MattermostEmulator, startMattermostEmulator } from '../../support/mattermost-emulator.ts';

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);
let emulator: MattermostEmulator;
let bot: { id: string; token: string };
let alice: { id: string; token: string };
let dm: string;

before(async () => {
  emulator = await startMattermostEmulator();
  bot = await emulator.bot('teams');
  alice = await emulator.login('alice');
  dm = await emulator.direct(bot.token, bot.id, alice.id);
});
after(() => emulator.close());

async function upload(token: string, name = 'picture.png'): Promise<string> {
  const answer = await emulator.call(`POST files?channel_id=${dm}&filename=${name}`, {
    token,
    body: PNG,
    headers: { 'content-type': 'application/octet-stream' },
  });
  assert.equal(answer.status, 201);
  return String((answer.json.file_infos as Json[])[0]?.id);
}

test('a raw upload is attached by its creator and read by the other side', async () => {
  const id = await upload(bot.token);
  const before = await emulator.call(`GET files/${id}`, { token: alice.token });
  assert.equal(before.status, 403, 'not attached yet');
  const post = await emulator.call('POST posts', { token: bot.token, body: { channel_id: dm, file_ids: [id] } });
  const files = (post.json.metadata as Json).files as Json[];
  assert.deepEqual(
    files.map(({ name, mime_type, width, height, extension }) => ({ name, mime_type, width, height, extension })),
    [{ name: 'picture.png', mime_type: 'image/png', width: 1, height: 1, extension: 'png' }],
  );
  const response = await fetch(`${emulator.url}/api/v4/files/${id}`, {
    headers: { authorization: `Bearer ${alice.token}` },
  });
  assert.deepEqual(Buffer.from(await response.arrayBuffer()), PNG);
  assert.match(response.headers.get('content-disposition') ?? '', /^inline/);
});

test('ids of other people, used ids and unknown ids are dropped without a word', async () => {
  const foreign = await upload(alice.token);
  const own = await upload(bot.token);
  await emulator.call('POST posts', { token: bot.token, body: { channel_id: dm, file_ids: [own] } });
  const body = { channel_id: dm, message: 'x', file_ids: [foreign, own, 'a'.repeat(26)] };
  const post = await emulator.call('POST posts', { token: bot.token, body });
  assert.equal(post.status, 201);
  assert.equal(post.json.file_ids, undefined);
});

test('a multipart upload carries several files and client ids', async () => {
  const form = new FormData();
  form.append('channel_id', dm);
  form.append('client_ids', 'c1');
  form.append('files', new Blob([PNG], { type: 'image/png' }), 'one.png');
  form.append('files', new Blob(['text']), 'two.txt');
  const answer = await emulator.call('POST files', { token: alice.token, body: form });
  assert.equal(answer.status, 201);
  assert.deepEqual(
    (answer.json.file_infos as Json[]).map((info) => info.name),
    ['one.png', 'two.txt'],
  );
  assert.deepEqual(answer.json.client_ids, ['c1']);
});

test('too large a file is 413, a stranger 403, attachments off 501', async () => {
  const small = await startMattermostEmulator({
    config: { FileSettings: { MaxFileSize: 10, EnableFileAttachments: true } },
  });
  try {
    const answer = await small.call('POST files?filename=a.png', { token: small.adminToken, body: PNG });
    assert.equal(answer.status, 413);
  } finally {
    await small.close();
  }
  const bob = await emulator.login('bob');
  const refused = await emulator.call(`POST files?channel_id=${dm}&filename=a`, { token: bob.token, body: PNG });
  assert.equal(refused.status, 403);
  await emulator.control('PUT config', { FileSettings: { EnableFileAttachments: false } });
  const off = await emulator.call(`POST files?channel_id=${dm}&filename=a`, { token: bot.token, body: PNG });
  assert.equal(off.status, 501);
  await emulator.control('PUT config', { FileSettings: { EnableFileAttachments: true } });
});
