import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ALICE, ANN, CHAT_ALICE_ANN } from '../../../playground/sample.ts';
import { signIn, startMicrosoftEmulator } from '../../support/microsoft-emulator.ts';

const CHAT = `/v1.0/chats/${encodeURIComponent(CHAT_ALICE_ANN.id)}`;

test('each row of Microsoft’s table of limits is one limit for all its operations', async () => {
  const emulator = await startMicrosoftEmulator({ limits: true });
  try {
    const body = { chatId: CHAT_ALICE_ANN.id, from: ANN.oid, body: { contentType: 'text', content: 'Hello' } };
    const { id } = (await emulator.control('POST', '/messages', body)) as { id: string };
    const rows = [
      ['/v1.0/me/chats', `/v1.0/users/${ALICE.oid}/chats`],
      [`${CHAT}/members`, `${CHAT}/messages/${id}`],
    ];
    for (const paths of rows) {
      const { token } = await signIn(emulator, ALICE.oid);
      const answers = await Promise.all(paths.map((path) => emulator.call('GET', path, { token })));
      assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 429], paths.join());
    }
    const { token } = await signIn(emulator, ALICE.oid);
    const others = [CHAT, `${CHAT}/messages?$top=1`, '/v1.0/me/presence'];
    const answers = await Promise.all(others.map((path) => emulator.call('GET', path, { token })));
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 200, 200],
    );
  } finally {
    await emulator.close();
  }
});
