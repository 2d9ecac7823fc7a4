import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Json, type MattermostEmulator, startMattermostEmulator } from '../../support/mattermost-emulator.ts';

let emulator: MattermostEmulator;
let bot: { id: string; token: string };
let bob: { id: string; token: string };

before(async () => {
  emulator = await startMattermostEmulator();
  bot = await emulator.bot('teams');
  bob = await emulator.login('bob');
});
after(() => emulator.close());

const asBot = (route: string, body?: unknown) => emulator.call(route, { token: bot.token, body });

test('e-mail is visible by default and hidden with ShowEmailAddress off, except from oneself and administrators', async () => {
  assert.equal((await asBot(`GET users/${bob.id}`)).json.email, 'bob@example.com');
  assert.equal((await asBot('GET users/email/bob@example.com')).json.id, bob.id);
  await emulator.control('PUT config', { PrivacySettings: { ShowEmailAddress: false, ShowFullName: false } });
  const hidden = await asBot(`GET users/${bob.id}`);
  assert.equal(hidden.json.email, '');
  assert.equal(hidden.json.first_name, '');
  const refused = await asBot('GET users/email/bob@example.com');
  assert.equal(refused.status, 403);
  assert.equal(refused.json.id, 'api.user.get_user_by_email.permissions.app_error');
  const lists = [
    await asBot('POST users/ids', [bob.id]),
    await asBot('POST users/usernames', ['bob']),
    await asBot('GET users'),
  ];
  for (const { list } of lists) assert.equal(list.find((user) => user.id === bob.id)?.email, '');
  assert.equal((await emulator.call('GET users/me', { token: bob.token })).json.email, 'bob@example.com');
  assert.equal((await emulator.admin(`GET users/${bob.id}`)).json.email, 'bob@example.com');
  await emulator.control('PUT config', { PrivacySettings: { ShowEmailAddress: true, ShowFullName: true } });
});

test('sign-on data and notify props are for administrators only', async () => {
  await emulator.control('PATCH users/bob', { auth_service: 'office365', auth_data: 'oid-of-bob' });
  const seen = (await asBot(`GET users/${bob.id}`)).json;
  assert.deepEqual([seen.auth_service, seen.auth_data, seen.notify_props], ['', '', undefined]);
  assert.equal((await emulator.admin(`GET users/${bob.id}`)).json.auth_data, 'oid-of-bob');
});

test('a bot is marked, cannot read other preferences, tokens, configuration, and cannot make commands or bots', async () => {
  const me = await asBot('GET users/me');
  assert.deepEqual([me.json.is_bot, me.json.email], [true, 'teams@localhost']);
  const teams = await emulator.admin('GET teams');
  const command = { team_id: teams.list[0]?.id, trigger: 'x', method: 'P', url: 'https://x.example' };
  for (const answer of [
    await asBot(`GET users/${bob.id}/preferences`),
    await asBot(`GET users/${bob.id}/tokens`),
    await asBot('GET config'),
    await asBot('POST commands', command),
    await asBot('POST bots', { username: 'another' }),
    await asBot('POST oauth/apps', {}),
    await asBot('GET plugins'),
  ]) {
    assert.equal(answer.status, 403);
    assert.equal(answer.json.id, 'api.context.permissions.app_error');
  }
});

test('bots cannot be made until the setting allows it', async () => {
  await emulator.control('PUT config', { ServiceSettings: { EnableBotAccountCreation: false } });
  const refused = await emulator.admin('POST bots', { username: 'later' });
  assert.equal(refused.status, 403);
  assert.equal(refused.json.id, 'api.bot.create_disabled');
  const patch = await emulator.admin('PUT config/patch', { ServiceSettings: { EnableBotAccountCreation: true } });
  assert.equal(patch.status, 200);
  assert.equal((await emulator.admin('POST bots', { username: 'later' })).status, 201);
  assert.equal(
    (await emulator.admin('POST bots', { username: 'later' })).json.id,
    'app.user.save.username_exists.app_error',
  );
});

test('a revoked token and a deactivated account are 401', async () => {
  const second = await emulator.bot('second');
  const tokens = await emulator.admin(`GET users/${second.id}/tokens`);
  assert.equal(tokens.list[0]?.token, undefined);
  await emulator.admin('POST users/tokens/revoke', { token_id: tokens.list[0]?.id });
  assert.equal((await emulator.call('GET users/me', { token: second.token })).status, 401);
  const third = await emulator.bot('third');
  await emulator.admin(`POST bots/${third.id}/disable`);
  assert.equal((await emulator.call('GET users/me', { token: third.token })).status, 401);
});

test('preferences keep the length rules, and a category in a path is a word', async () => {
  const save = (fields: Json) =>
    emulator.call(`PUT users/${bob.id}/preferences`, {
      token: bob.token,
      body: [{ user_id: bob.id, category: 'pp_x', name: 'n', value: 'v', ...fields }],
    });
  assert.equal((await save({})).status, 200);
  assert.equal((await save({ value: 'x'.repeat(20_000) })).status, 200);
  assert.equal((await save({ value: 'x'.repeat(20_001) })).json.id, 'model.preference.is_valid.value.app_error');
  assert.equal((await save({ name: 'x'.repeat(33) })).json.id, 'model.preference.is_valid.name.app_error');
  assert.equal((await save({ category: '' })).json.id, 'model.preference.is_valid.category.app_error');
  assert.equal((await save({ user_id: bot.id })).status, 403);
  assert.equal((await save({ category: 'pp_com.example' })).status, 200);
  const read = (category: string) => emulator.call(`GET users/me/preferences/${category}`, { token: bob.token });
  assert.equal((await read('pp_x')).list[0]?.name, 'n');
  assert.equal((await read('pp_com.example')).status, 404);
  assert.equal((await read('pp_none')).json.id, 'api.preference.preferences_category.get.app_error');
  const many = Array.from({ length: 101 }, (_, index) => ({
    user_id: bob.id,
    category: 'c',
    name: `${index}`,
    value: '',
  }));
  assert.equal((await emulator.call('PUT users/me/preferences', { token: bob.token, body: many })).status, 400);
});

test('posting sets the poster online unless told not to', async () => {
  const dm = await emulator.direct(bot.token, bot.id, bob.id);
  await asBot('POST posts?set_online=false', { channel_id: dm, message: 'quiet' });
  assert.equal((await asBot(`GET users/${bot.id}/status`)).json.status, 'offline');
  await asBot('POST posts', { channel_id: dm, message: 'loud' });
  assert.equal((await asBot('POST users/status/ids', [bot.id])).list[0]?.status, 'online');
});

test('a guest is in one team only, marked by the role', async () => {
  const guest = await emulator.login('guest');
  const teams = await emulator.call('GET users/me/teams', { token: guest.token });
  assert.deepEqual(
    teams.list.map((team) => team.name),
    ['playground'],
  );
  assert.equal((await emulator.call('GET users/me', { token: guest.token })).json.roles, 'system_guest');
});

test('25,000 people are made in bulk and found in pages', async () => {
  const users = Array.from({ length: 25_000 }, (_, index) => ({ username: `user${index}` }));
  assert.equal((await emulator.control('POST bulk', { users })).status, 201);
  const page = await emulator.admin('GET users?page=3&per_page=500');
  assert.equal(page.list.length, 200);
  assert.equal((await asBot('GET users/username/user24999')).json.email, 'user24999@example.com');
});

test('the client configuration names the signing key even before login, and the post size after it', async () => {
  const before = await emulator.call('GET config/client?format=old');
  assert.match(String(before.json.AsymmetricSigningPublicKey), /^MFkw/);
  assert.equal(before.json.MaxPostSize, undefined);
  const after = await asBot('GET config/client');
  assert.deepEqual(
    [after.json.MaxPostSize, after.json.PluginsEnabled, after.json.Version],
    ['16383', 'true', '11.2.0'],
  );
});
