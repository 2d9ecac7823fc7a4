import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import { PHRASES } from '../../../sidecar/src/commands/table.ts';
import { connectionOf } from '../commands/commands-in-memory.ts';
import { startApi, typed } from './test-api.ts';

const apps: FastifyInstance[] = [];

afterEach(async () => {
  for (const app of apps.splice(0)) await app.close();
});

async function start(setup: Parameters<typeof startApi>[0] = {}) {
  const api = await startApi(setup);
  apps.push(api.app);
  return api;
}

for (const locale of ['en', 'de']) {
  test(`commands read word for word the same here and through Mattermost (${locale})`, async () => {
    for (const connection of [null, connectionOf(), connectionOf({ state: 'reconnect' })]) {
      for (const text of [...PHRASES, '', 'conect', ' Notifications  ON ', 'nonsense']) {
        const [here, there] = [
          await start({ connection, user: { locale } }),
          await start({ connection, user: { locale } }),
        ];
        const reply = (await here.call('POST /commands', { command: `/MSTeams ${text}` })).body;
        const answer = await typed(there.app, text);
        assert.equal(reply.text, answer.text);
        assert.equal(reply.openUrl ?? undefined, answer.goto_location);
        const buttons = answer.attachments?.[0].actions ?? [];
        assert.deepEqual(
          reply.buttons.map(({ label, style, action }: Record<string, string>) => [label, style, action]),
          buttons.map((one: { name: string; style: string; integration: { context: { action: string } } }) => [
            one.name,
            one.style,
            one.integration.context.action,
          ]),
        );
      }
    }
  });
}

test('a command that fails says so in the same words here and through Mattermost', async () => {
  const { call, app, memory, log } = await start({ connection: null });
  memory.full = true;
  const { status, body } = await call('POST /commands', { command: '/msteams connect' });
  assert.equal(status, 200);
  assert.deepEqual(body, {
    text: 'Your administrator limited how many people may connect, and the limit is reached. Ask your Mattermost administrator to raise the limit (setting MAX_CONNECTIONS).',
    buttons: [],
    openUrl: null,
  });
  assert.equal((await typed(app, 'connect')).text, body.text);
  assert.deepEqual(
    log.lines.map(({ fields }) => fields.code),
    ['limit_reached', 'limit_reached'],
  );
});
