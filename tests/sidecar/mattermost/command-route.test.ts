import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import { AppError } from '../../../sidecar/src/core/errors.ts';
import { MINUTE } from '../../../sidecar/src/core/time.ts';
import type { Caller } from '../../../sidecar/src/core/types.ts';
import type { CommandRouteDeps } from '../../../sidecar/src/mattermost/command-route.ts';
import { commandRoute } from '../../../sidecar/src/mattermost/command-route.ts';
import { createActionSigner } from '../../../sidecar/src/mattermost/inbound/action-signing.ts';
import { ALICE, sealerOf, user } from '../../support/builders.ts';
import { createFakeClock } from '../../support/clock.ts';
import { createTestLog } from '../../support/log.ts';

const TOKEN = 'abcdefghijklmnopqrstuvwxyz';

let apps: FastifyInstance[] = [];

afterEach(async () => {
  for (const app of apps) await app.close();
  apps = [];
});

async function start(overrides: Partial<CommandRouteDeps> = {}) {
  const clock = createFakeClock();
  const log = createTestLog();
  const ran: Array<{ caller: Caller; text: string }> = [];
  const signer = createActionSigner(sealerOf('a'), clock);
  const app = Fastify();
  apps.push(app);
  await commandRoute(app, {
    token: TOKEN,
    publicUrl: 'https://sidecar.example',
    user: async (id) => user({ id, locale: 'de' }),
    run: async (caller, text) => {
      ran.push({ caller, text });
      return { text: `ran ${text}` };
    },
    session: async (userId) => ({ session: `for ${userId}` }),
    explain: (code, locale) => `${code} in ${locale}`,
    sign: signer.sign,
    clock,
    log,
    ...overrides,
  });
  return { app, clock, log, ran, signer };
}

interface Call {
  text?: string;
  form?: Record<string, string>;
  header?: string;
}

async function call(app: FastifyInstance, { text = 'status', form = {}, header = `Token ${TOKEN}` }: Call = {}) {
  const response = await app.inject({
    method: 'POST',
    url: '/mattermost/command',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: header },
    payload: new URLSearchParams({ token: TOKEN, user_id: ALICE, command: '/msteams', text, ...form }).toString(),
  });
  assert.equal(response.statusCode, 200);
  assert.match(response.headers['content-type']?.toString() ?? '', /^application\/json/);
  return response.json();
}

test('runs the trimmed text for the user that Mattermost names, visible to them only', async () => {
  const { app, ran } = await start();
  assert.deepEqual(await call(app, { text: '  notifications ON \n' }), {
    response_type: 'ephemeral',
    text: 'ran notifications ON',
    skip_slack_parsing: true,
    props: {},
  });
  assert.deepEqual(ran, [{ caller: { userId: ALICE, locale: 'de', timeZone: null }, text: 'notifications ON' }]);
});

const FOREIGN: Array<[string, Call]> = [
  ['no header', { header: '' }],
  ['another token in the header', { header: `Token ${TOKEN.toUpperCase()}` }],
  ['a bearer token', { header: `Bearer ${TOKEN}` }],
  ['no token in the form', { form: { token: '' } }],
  ['another token in the form', { form: { token: `${TOKEN.slice(1)}x` } }],
  ['a longer token', { form: { token: `${TOKEN}x` } }],
  ['an empty token twice', { form: { token: '' }, header: 'Token ' }],
];

for (const [name, request] of FOREIGN) {
  test(`refuses a command with ${name}`, async () => {
    const { app, log, ran } = await start();
    const answer = await call(app, { text: '--session', ...request });
    assert.deepEqual(answer.props, { msteams_error: 'unauthorized' });
    assert.equal(answer.text, 'unauthorized in en');
    assert.deepEqual(ran, []);
    assert.deepEqual(
      log.lines.map(({ level, fields }) => [level, fields.code]),
      [['warn', 'unauthorized']],
    );
  });
}

test('refuses bots and deactivated users', async () => {
  for (const overrides of [{ isBot: true }, { deactivated: true }]) {
    const { app, ran } = await start({ user: async () => user(overrides) });
    assert.deepEqual((await call(app, { text: '--session' })).props, { msteams_error: 'forbidden' });
    assert.deepEqual(ran, []);
  }
});

test('answers what it cannot read with a sentence', async () => {
  const { app } = await start();
  assert.deepEqual((await call(app, { form: { user_id: '' } })).props, { msteams_error: 'bad_request' });
  const twice = await app.inject({
    method: 'POST',
    url: '/mattermost/command',
    headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Token ${TOKEN}` },
    payload: `token=${TOKEN}&token=${TOKEN}&user_id=${ALICE}`,
  });
  assert.deepEqual([twice.statusCode, twice.json().props], [200, { msteams_error: 'bad_request' }]);
});

test('--session gives the webapp a session and posts nothing', async () => {
  const { app, ran } = await start();
  assert.deepEqual(await call(app, { text: '--session' }), {
    response_type: 'ephemeral',
    text: '',
    skip_slack_parsing: true,
    props: { msteams: { session: `for ${ALICE}` } },
  });
  assert.deepEqual(ran, []);
});

test('buttons become signed actions, and a page to open goes along', async () => {
  const { app, signer } = await start({
    run: async () => ({
      text: 'Sure?',
      buttons: [{ label: 'Yes', style: 'danger', action: 'disconnect_confirm' }],
      openUrl: 'https://sidecar.example/connect?link=x',
    }),
  });
  const answer = await call(app);
  assert.equal(answer.goto_location, 'https://sidecar.example/connect?link=x');
  const [{ actions }] = answer.attachments;
  assert.deepEqual([actions[0].name, actions[0].style], ['Yes', 'danger']);
  const { url, context } = actions[0].integration;
  assert.equal(url, 'https://sidecar.example/mattermost/actions');
  assert.deepEqual([signer.verify(ALICE, context.action), context.stays], ['disconnect_confirm', true]);
});

test('a failure is told in the language of the user', async () => {
  const { app, log } = await start({
    run: async () => {
      throw new AppError('microsoft_unavailable', 'Graph is away.');
    },
  });
  assert.equal((await call(app)).text, 'microsoft_unavailable in de');
  const line = log.lines[0];
  assert.deepEqual(
    [line?.level, line?.fields.code, line?.message],
    ['error', 'microsoft_unavailable', 'A command was not answered.'],
  );
});

test('answers before Mattermost gives up', async () => {
  const started = Promise.withResolvers<void>();
  const { app, clock } = await start({
    run: () => {
      started.resolve();
      return new Promise(() => {});
    },
  });
  const answer = call(app);
  await started.promise;
  clock.advance(MINUTE);
  assert.deepEqual((await answer).props, { msteams_error: 'overloaded' });
});
