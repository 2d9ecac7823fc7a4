import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { createFakeClock } from '../../support/clock.ts';
import {
  type Integration,
  type Json,
  type MattermostEmulator,
  startIntegration,
  startMattermostEmulator,
} from '../../support/mattermost-emulator.ts';

const clock = createFakeClock();
let emulator: MattermostEmulator;
let sidecar: Integration;
let bot: { id: string; token: string };
let alice: { id: string; token: string };
let dm: string;

before(async () => {
  sidecar = await startIntegration();
  emulator = await startMattermostEmulator({
    now: clock.now,
    config: { ServiceSettings: { AllowedUntrustedInternalConnections: '127.0.0.1/32' } },
  });
  bot = await emulator.bot('teams');
  alice = await emulator.login('alice');
  dm = await emulator.direct(bot.token, bot.id, alice.id);
});
after(async () => {
  await emulator.close();
  await sidecar.close();
});
beforeEach(() => {
  sidecar.received.length = 0;
  sidecar.reply = { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
});

function attachments() {
  const integration = { url: `${sidecar.url}/mattermost/actions`, context: { action: 'mute', mac: 'secret' } };
  return [
    {
      text: 'x',
      actions: [
        { id: 'mute', type: 'button', name: 'Mute', integration },
        { name: 'No id', integration },
      ],
    },
  ];
}
const card = async () =>
  (
    await emulator.call('POST posts', {
      token: bot.token,
      body: { channel_id: dm, message: 'card', props: { attachments: attachments() } },
    })
  ).json;
const click = (postId: unknown, actionId: unknown, { token = alice.token, ...body }: Json & { token?: string } = {}) =>
  emulator.call(`POST posts/${postId}/actions/${actionId}`, { token, body });
const actionsOf = (post: Json) => ((post.props as Json).attachments as { actions: Json[] }[])[0]?.actions ?? [];

test('the integration is hidden from clients, and actions without an id get one', async () => {
  const made = await card();
  const list = await emulator.call(`GET channels/${dm}/posts`, { token: alice.token });
  const read = await emulator.call(`GET posts/${made.id}`, { token: bot.token });
  const patched = await emulator.call(`PUT posts/${made.id}/patch`, { token: bot.token, body: { message: 'card 2' } });
  for (const text of [JSON.stringify(made), list.text, read.text, patched.text])
    assert.doesNotMatch(text, /integration|secret/);
  const [first, second] = actionsOf(made);
  assert.equal(first?.id, 'mute');
  assert.match(String(second?.id), /^[a-z0-9]{26}$/);
});

test('a click calls the integration without token, with the real person and the hidden context', async () => {
  const made = await card();
  const answer = await click(made.id, 'mute', { selected_option: '1h' });
  assert.equal(answer.status, 200);
  assert.match(String(answer.json.trigger_id), /^[a-z0-9]{26}$/);
  const [request] = sidecar.received;
  assert.equal(request?.headers.authorization, undefined);
  assert.match(request?.headers['content-type'] ?? '', /^application\/json/);
  const { trigger_id, ...body } = JSON.parse(request?.body ?? '{}') as Json;
  assert.equal(typeof trigger_id, 'string');
  assert.deepEqual(body, {
    user_id: alice.id,
    user_name: 'alice',
    channel_id: dm,
    channel_name: [bot.id, alice.id].sort().join('__'),
    team_id: '',
    team_domain: '',
    post_id: made.id,
    type: 'button',
    data_source: '',
    context: { action: 'mute', mac: 'secret', selected_option: '1h' },
  });
});

test('the reply updates the post; without props the old ones stay', async () => {
  const made = await card();
  sidecar.reply.body = JSON.stringify({ update: { message: 'muted' } });
  await click(made.id, 'mute');
  const kept = (await emulator.call(`GET posts/${made.id}`, { token: alice.token })).json;
  assert.equal(kept.message, 'muted');
  assert.equal(actionsOf(kept).length, 2);
  sidecar.reply.body = JSON.stringify({ update: { message: 'done', props: { key: 1 } } });
  assert.equal((await click(made.id, 'mute')).status, 200, 'the kept action still works');
  const replaced = (await emulator.call(`GET posts/${made.id}`, { token: alice.token })).json;
  assert.deepEqual(replaced.props, { key: 1 });
});

test('an unknown action is 404, a stranger 403, a failing integration 400', async () => {
  const made = await card();
  assert.equal((await click(made.id, 'other')).json.id, 'api.post.do_action.action_id.app_error');
  assert.equal((await click(made.id, 'not-alphanumeric')).status, 404);
  const bob = await emulator.login('bob');
  assert.equal((await click(made.id, 'mute', { token: bob.token })).status, 403);
  sidecar.reply.status = 500;
  const failed = await click(made.id, 'mute');
  assert.equal(failed.status, 400);
  assert.equal(failed.json.id, 'api.post.do_action.action_integration.app_error');
});

test('the actions of an ephemeral post work through a sealed cookie', async () => {
  const made = await emulator.admin('POST posts/ephemeral', {
    user_id: alice.id,
    post: { channel_id: dm, message: 'x', props: { attachments: attachments() } },
  });
  assert.doesNotMatch(made.text, /integration|secret/);
  const { id, cookie } = actionsOf(made.json)[0] ?? {};
  assert.equal((await click(made.json.id, id)).status, 404, 'nothing is stored');
  assert.equal((await click(made.json.id, id, { cookie })).status, 200);
  assert.equal((JSON.parse(sidecar.received[0]?.body ?? '{}') as { context: Json }).context.mac, 'secret');
  assert.equal((await click(made.json.id, id, { cookie: `${cookie}x`.slice(1) })).status, 404);
});

test('a dialog opens with a fresh trigger only, and is submitted as the session user', async () => {
  const made = await card();
  await click(made.id, 'mute');
  const { trigger_id } = JSON.parse(sidecar.received[0]?.body ?? '{}') as Json;
  const dialog = { trigger_id, url: `${sidecar.url}/dialog`, dialog: { title: 'Settings', elements: [] } };
  assert.equal((await emulator.call('POST actions/dialogs/open', { body: dialog })).status, 200);
  assert.equal(
    (await emulator.call('POST actions/dialogs/open', { body: { ...dialog, trigger_id: 'bm9wZQ==' } })).status,
    400,
  );
  clock.advance(30_001);
  const late = await emulator.call('POST actions/dialogs/open', { body: dialog });
  assert.equal(late.json.id, 'interactive_message.decode_trigger_id.expired');
  sidecar.reply.body = JSON.stringify({ errors: { a: 'b' } });
  const submit = {
    url: dialog.url,
    channel_id: dm,
    user_id: 'forged',
    state: 's',
    submission: { a: 1 },
    callback_id: 'c',
  };
  const answer = await emulator.call('POST actions/dialogs/submit', { token: alice.token, body: submit });
  assert.deepEqual(answer.json, { errors: { a: 'b' } });
  const sent = JSON.parse(sidecar.received[1]?.body ?? '{}') as Json;
  assert.deepEqual([sent.user_id, sent.type, sent.state], [alice.id, 'dialog_submission', 's']);
});
