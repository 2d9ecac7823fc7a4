import assert from 'node:assert/strict';
import { createPublicKey, verify } from 'node:crypto';
import { after, before, beforeEach, test } from 'node:test';
import { createFakeClock } from '../../support/clock.ts';
import {
  type Integration,
  type Json,
  type MattermostEmulator,
  startIntegration,
  startMattermostEmulator,
} from '../../support/mattermost-emulator.ts';

const TOKEN = 'abcdefghijklmnopqrstuvwxyz';
const clock = createFakeClock();
let emulator: MattermostEmulator;
let sidecar: Integration;
let alice: { id: string; token: string };
let teamId: string;
let channelId: string;
let commandId: string;

before(async () => {
  sidecar = await startIntegration();
  emulator = await startMattermostEmulator({
    now: clock.now,
    config: { ServiceSettings: { AllowedUntrustedInternalConnections: '127.0.0.0/8', EnableDeveloper: true } },
  });
  alice = await emulator.login('alice');
  const teams = await emulator.call('GET users/me/teams', { token: alice.token });
  teamId = String(teams.list.find((team) => team.name === 'playground')?.id);
  channelId = String((await emulator.admin(`GET teams/${teamId}/channels/name/town-square`)).json.id);
  const made = await emulator.admin('POST commands', {
    team_id: teamId,
    trigger: 'MSTeams',
    method: 'P',
    url: `${sidecar.url}/mattermost/command`,
    token: TOKEN,
    auto_complete: true,
    auto_complete_hint: '[connect]',
    auto_complete_desc: 'Teams',
  });
  assert.equal(made.status, 201);
  commandId = String(made.json.id);
});
after(async () => {
  await emulator.close();
  await sidecar.close();
});
beforeEach(() => {
  sidecar.received.length = 0;
  sidecar.reply = { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
});

const run = (command: string, fields: Json = {}) =>
  emulator.call('POST commands/execute', {
    token: alice.token,
    body: { command, channel_id: channelId, team_id: teamId, ...fields },
  });
const answerWith = (body: unknown) => {
  sidecar.reply.body = typeof body === 'string' ? body : JSON.stringify(body);
};

test('the request is the form Mattermost sends, with the session user and the token twice', async () => {
  const answer = await run('/msteams  connect @bob ~town-square', { user_id: 'ignored', root_id: '' });
  assert.equal(answer.status, 200);
  const [request] = sidecar.received;
  assert.equal(request?.method, 'POST');
  assert.equal(request?.headers['content-type'], 'application/x-www-form-urlencoded');
  assert.equal(request?.headers.authorization, `Token ${TOKEN}`);
  assert.equal(request?.headers['user-agent'], 'Mattermost-Bot/1.1');
  assert.equal(request?.headers.accept, 'application/json');
  const form = new URLSearchParams(request?.body);
  const { trigger_id, response_url, channel_mentions_ids, user_mentions_ids, ...rest } = Object.fromEntries(form);
  assert.deepEqual(rest, {
    token: TOKEN,
    team_id: teamId,
    team_domain: 'playground',
    channel_id: channelId,
    channel_name: 'town-square',
    user_id: alice.id,
    user_name: 'alice',
    command: '/msteams',
    text: ' connect @bob ~town-square',
    root_id: '',
    user_mentions: 'bob',
    channel_mentions: 'town-square',
  });
  assert.equal(channel_mentions_ids, channelId);
  assert.match(user_mentions_ids ?? '', /^[a-z0-9]{26}$/);
  assert.match(response_url ?? '', /^http:\/\/localhost:\d+\/hooks\/commands\/[a-z0-9]{26}$/);
  assert.notEqual(answer.json.trigger_id, trigger_id);
});

test('the trigger id is signed by the key of the client configuration', async () => {
  await run('/msteams status');
  const trigger = new URLSearchParams(sidecar.received[0]?.body).get('trigger_id') ?? '';
  const [id, userId, at, signature = ''] = Buffer.from(trigger, 'base64').toString().split(':');
  const { json } = await emulator.call('GET config/client');
  const key = createPublicKey({
    key: Buffer.from(String(json.AsymmetricSigningPublicKey), 'base64'),
    format: 'der',
    type: 'spki',
  });
  const data = Buffer.from(`${id}:${userId}:${at}:`);
  assert.equal(verify('sha256', data, { key, dsaEncoding: 'der' }, Buffer.from(signature, 'base64')), true);
  assert.equal(userId, alice.id);
  assert.equal(Number(at), clock.now());
});

test('the reply comes back as it is and posts nothing when it has no text', async () => {
  const props = { msteams: { session: 's', nested: [1, { a: null }] } };
  answerWith({ response_type: 'ephemeral', text: '', skip_slack_parsing: true, props, goto_location: '/x', extra: 1 });
  const { json } = await run('/msteams --rpc abc');
  assert.deepEqual(json.props, props);
  assert.equal(json.goto_location, '/x');
  assert.equal(json.extra, undefined);
  assert.deepEqual((await emulator.admin(`GET channels/${channelId}/posts`)).json.order, []);
});

test('in_channel posts as the caller, with Slack spellings expanded unless told not to', async () => {
  answerWith({ response_type: 'in_channel', text: '<!here> <https://x.example|X>' });
  await run('/msteams say');
  answerWith({ response_type: 'in_channel', text: '<!here>', skip_slack_parsing: true });
  await run('/msteams say');
  const { json } = await emulator.admin(`GET channels/${channelId}/posts`);
  const posts = (json.order as string[]).map((id) => (json.posts as Record<string, Json>)[id]);
  assert.deepEqual(
    posts.map((post) => post?.message),
    ['<!here>', '@here [X](https://x.example)'],
  );
  assert.equal(posts[0]?.user_id, alice.id);
  assert.equal((posts[0]?.props as Json).from_webhook, 'true');
});

test('another status, an empty JSON answer and null are 500; plain text is shown', async () => {
  sidecar.reply.status = 202;
  const other = await run('/msteams x');
  assert.equal(other.status, 500);
  assert.equal(other.json.id, 'api.command.execute_command.failed_resp.app_error');
  assert.match(String(other.json.message), /'msteams' returned response 202/);
  sidecar.reply.status = 200;
  for (const body of ['', 'null', '{']) {
    answerWith(body);
    assert.equal((await run('/msteams x')).json.id, 'api.command.execute_command.failed.app_error');
  }
  sidecar.reply = { status: 200, headers: { 'content-type': 'text/plain' }, body: 'plain' };
  assert.equal((await run('/msteams x')).json.text, 'plain');
});

test('a redirect turns the POST into a GET', async () => {
  sidecar.reply = { status: 302, headers: { location: '/elsewhere' }, body: '' };
  await run('/msteams x');
  assert.deepEqual(
    sidecar.received.slice(0, 2).map(({ method, url, body }) => [method, url, body !== '']),
    [
      ['POST', '/mattermost/command', true],
      ['GET', '/elsewhere', false],
    ],
  );
});

test('loopback is refused unless allowed', async () => {
  await emulator.control('PUT config', { ServiceSettings: { AllowedUntrustedInternalConnections: '' } });
  const refused = await run('/msteams x');
  assert.equal(refused.status, 500);
  assert.equal(refused.json.id, 'api.command.execute_command.failed.app_error');
  assert.match(String(refused.json.detailed_error), /AllowedUntrustedInternalConnections/);
  assert.equal(sidecar.received.length, 0);
  await emulator.control('PUT config', {
    ServiceSettings: { AllowedUntrustedInternalConnections: 'localhost, 127.0.0.1' },
  });
  assert.equal((await run('/msteams x')).status, 200);
  await emulator.control('PUT config', { ServiceSettings: { AllowedUntrustedInternalConnections: '127.0.0.0/8' } });
});

test('an unknown trigger is 404, a foreign team 403, a line without slash 400', async () => {
  assert.equal((await run('/nothing')).json.id, 'api.command.execute_command.not_found.app_error');
  assert.equal((await run('msteams')).status, 400);
  const own = await emulator.direct(alice.token, alice.id, alice.id);
  assert.equal((await run('/msteams x', { channel_id: own })).status, 200, 'in a direct channel the named team counts');
  assert.equal((await run('/msteams x', { channel_id: own, team_id: 'z'.repeat(26) })).status, 403);
  assert.equal((await run('/msteams x', { channel_id: 'z'.repeat(26) })).status, 403);
});

test('the response_url works five times within thirty minutes', async () => {
  await run('/msteams x');
  const url = new URLSearchParams(sidecar.received[0]?.body).get('response_url') ?? '';
  const use = () =>
    fetch(url, { method: 'POST', body: JSON.stringify({ response_type: 'in_channel', text: 'later' }) });
  for (let count = 0; count < 5; count += 1) {
    const answer = await use();
    assert.deepEqual([answer.status, await answer.text()], [200, 'ok']);
  }
  assert.equal((await use()).status, 400);
  await run('/msteams x');
  const second = new URLSearchParams(sidecar.received[1]?.body).get('response_url') ?? '';
  clock.advance(30 * 60_000 + 1);
  assert.equal((await fetch(second, { method: 'POST', body: '{}' })).status, 404);
});

test('a trigger is taken once per team, must not be built in, and is suggested', async () => {
  const make = (trigger: string) =>
    emulator.admin('POST commands', { team_id: teamId, trigger, method: 'P', url: 'https://x.example' });
  assert.equal((await make('msteams')).json.id, 'api.command.duplicate_trigger.app_error');
  assert.equal((await make('shrug')).json.id, 'api.command.duplicate_trigger.app_error');
  assert.equal((await make('two words')).status, 400);
  const suggest = (input: string) =>
    emulator.call(`GET teams/${teamId}/commands/autocomplete_suggestions?user_input=${input}`, { token: alice.token });
  assert.deepEqual((await suggest('/ms')).list, [
    { Complete: 'msteams', Suggestion: 'msteams', Hint: '[connect]', Description: 'Teams', IconData: '' },
  ]);
  assert.deepEqual((await suggest('/msteams%20')).list, []);
});

test('only managers see the token', async () => {
  const all = await emulator.admin(`GET commands?team_id=${teamId}&custom_only=true`);
  assert.equal(all.list.find((command) => command.id === commandId)?.token, TOKEN);
  assert.equal(
    (await emulator.call(`GET commands?team_id=${teamId}&custom_only=true`, { token: alice.token })).status,
    403,
  );
  const some = await emulator.call(`GET commands?team_id=${teamId}`, { token: alice.token });
  assert.deepEqual([some.list[0]?.trigger, some.list[0]?.token, some.list[0]?.url], ['msteams', '', '']);
});

test('with commands disabled everything about them is 501', async () => {
  await emulator.control('PUT config', { ServiceSettings: { EnableCommands: false } });
  assert.equal((await run('/msteams x')).json.id, 'api.command.disabled.app_error');
  assert.equal((await emulator.admin(`GET commands?team_id=${teamId}`)).status, 501);
  await emulator.control('PUT config', { ServiceSettings: { EnableCommands: true } });
});
