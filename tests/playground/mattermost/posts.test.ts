import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { createFakeClock } from '../../support/clock.ts';
import { type Json, type MattermostEmulator, startMattermostEmulator } from '../../support/mattermost-emulator.ts';

const clock = createFakeClock();
let emulator: MattermostEmulator;
let bot: { id: string; token: string };
let alice: { id: string; token: string };
let dm: string;

before(async () => {
  emulator = await startMattermostEmulator({ now: clock.now });
  bot = await emulator.bot('teams');
  alice = await emulator.login('alice');
  dm = await emulator.direct(bot.token, bot.id, alice.id);
});
after(() => emulator.close());

const post = (fields: Json = {}, token = bot.token) =>
  emulator.call('POST posts', { token, body: { channel_id: dm, message: 'hello', ...fields } });

test('the direct channel is 201 both times, the same one, named by the sorted ids', async () => {
  const again = await emulator.call('POST channels/direct', { token: alice.token, body: [alice.id, bot.id] });
  assert.equal(again.status, 201);
  assert.equal(again.json.id, dm);
  assert.equal(again.json.name, [bot.id, alice.id].sort().join('__'));
  assert.equal(again.json.team_id, '');
});

test('a post gets its marks from the server and loses what only the server may set', async () => {
  const answer = await post({
    message: 'see #budget and ##Plan.',
    props: { key: 'k', add_channel_member: {}, force_notification: 'x' },
  });
  assert.equal(answer.status, 201);
  assert.equal(answer.json.hashtags, '#budget #Plan');
  assert.deepEqual(answer.json.props, { key: 'k', from_bot: 'true' });
  assert.equal(answer.json.user_id, bot.id);
});

test('a chosen id is refused, a chosen time ignored except for administrators', async () => {
  const chosen = await post({ id: 'a'.repeat(26) });
  assert.equal(chosen.status, 400);
  assert.equal(chosen.json.id, 'app.post.save.existing.app_error');
  assert.equal((await post({ create_at: 5 })).json.create_at, clock.now());
  const byAdmin = await emulator.admin('POST posts', { channel_id: dm, message: 'old', create_at: 5 });
  assert.equal(byAdmin.json.create_at, 5);
});

test('length limits count runes', async () => {
  assert.equal((await post({ message: '😀'.repeat(16_383) })).status, 201);
  const long = await post({ message: 'a'.repeat(16_384) });
  assert.equal(long.status, 400);
  assert.equal(long.json.id, 'model.post.is_valid.message_length.app_error');
  const eleven = await post({ file_ids: Array.from({ length: 11 }, (_, index) => `${index}`.padStart(26, 'a')) });
  assert.equal(eleven.json.id, 'model.post.is_valid.file_ids.app_error');
  assert.equal((await post({ message: 'a'.repeat(310_000) })).status, 413);
});

test('a reply needs a living root of the same channel', async () => {
  const root = await post();
  const reply = await post({ root_id: root.json.id });
  assert.equal(reply.status, 201);
  assert.equal((await post({ root_id: reply.json.id })).json.id, 'api.post.create_post.root_id.app_error');
  const own = await emulator.direct(alice.token, alice.id, alice.id);
  const elsewhere = await post({ channel_id: own, root_id: root.json.id }, alice.token);
  assert.equal(elsewhere.json.id, 'api.post.create_post.channel_root_id.app_error');
  const priority = { root_id: root.json.id, metadata: { priority: { priority: 'urgent' } } };
  assert.equal((await post(priority)).status, 400);
  const thread = await emulator.call(`GET posts/${root.json.id}/thread`, { token: alice.token });
  assert.deepEqual(thread.json.order, [reply.json.id, root.json.id]);
});

test('custom types pass, system types and unknown ones do not; strangers cannot post', async () => {
  assert.equal((await post({ type: 'custom_teams' })).json.type, 'custom_teams');
  assert.equal((await post({ type: 'system_generic' })).status, 400);
  assert.equal((await post({ type: 'teams' })).json.id, 'model.post.is_valid.type.app_error');
  const bob = await emulator.login('bob');
  const refused = await post({}, bob.token);
  assert.equal(refused.status, 403);
  assert.equal(refused.json.id, 'api.context.permissions.app_error');
});

test('a pending_post_id gives the same post for 30 seconds, then a duplicate', async () => {
  const first = await post({ pending_post_id: 'bot:1' });
  const again = await post({ pending_post_id: 'bot:1', message: 'another text' });
  assert.equal(again.status, 201);
  assert.equal(again.json.id, first.json.id);
  assert.equal(again.json.message, 'hello');
  assert.equal(first.json.pending_post_id, 'bot:1');
  const stored = await emulator.call(`GET posts/${first.json.id}`, { token: bot.token });
  assert.equal(stored.json.pending_post_id, '');
  clock.advance(30_000);
  assert.notEqual((await post({ pending_post_id: 'bot:1' })).json.id, first.json.id);
});

test('after a restart the same pending_post_id makes a duplicate', async () => {
  const first = await post({ pending_post_id: 'bot:2' });
  await emulator.control('POST restart');
  const second = await post({ pending_post_id: 'bot:2' });
  assert.equal(second.status, 201);
  assert.notEqual(second.json.id, first.json.id);
});

test('a failed attempt frees its pending_post_id, another reader of it gets an own post', async () => {
  assert.equal((await post({ pending_post_id: 'bot:3', id: 'a'.repeat(26) })).status, 400);
  const first = await post({ pending_post_id: 'bot:3' });
  assert.equal(first.status, 201);
  const bob = await emulator.login('bob');
  const own = await emulator.direct(bob.token, bob.id, bob.id);
  const foreign = await post({ channel_id: own, pending_post_id: 'bot:3' }, bob.token);
  assert.equal(foreign.status, 201);
  assert.notEqual(foreign.json.id, first.json.id);
});

test('while the first attempt is being worked on, the second is 500', async () => {
  await emulator.control('POST faults', { kind: 'slow', path: 'POST /posts', ms: 300, times: 1 });
  const both = await Promise.all([post({ pending_post_id: 'bot:4' }), post({ pending_post_id: 'bot:4' })]);
  const [made, refused] = both.sort((one, other) => one.status - other.status);
  assert.equal(made?.status, 201);
  assert.equal(refused?.status, 500);
  assert.equal(refused?.json.id, 'api.post.deduplicate_create_post.pending');
  assert.equal((await post({ pending_post_id: 'bot:4' })).json.id, made?.json.id);
});

test('a lost answer has stored the post', async () => {
  await emulator.control('POST faults', { kind: 'lose_answer', path: 'POST /posts', times: 1 });
  await assert.rejects(post({ message: 'lost', props: { key: 'lost-1' } }));
  const { list } = await emulator.control('GET posts?user=alice&from=teams');
  assert.equal(list.filter((item) => (item.props as Json).key === 'lost-1').length, 1);
});

test('a patch replaces the props and marks the edit only when content changed', async () => {
  const { json } = await post({ props: { key: 'k', other: 1 } });
  clock.advance(1000);
  const patch = (body: Json, token = bot.token) => emulator.call(`PUT posts/${json.id}/patch`, { token, body });
  const quiet = await patch({ props: { key: 'k2', from_bot: 'true' } });
  assert.equal(quiet.status, 200);
  assert.deepEqual(quiet.json.props, { key: 'k2', from_bot: 'true' });
  assert.equal(quiet.json.edit_at, 0);
  assert.equal((await patch({ message: 'changed' })).json.edit_at, clock.now());
  assert.equal((await patch({ message: 'mine' }, alice.token)).status, 403);
});

test('deleted and edited posts are in the list since a time, not in the pages', async () => {
  const since = clock.now();
  clock.advance(10);
  const [one, two] = [await post({ message: 'one' }), await post({ message: 'two' })];
  clock.advance(10);
  assert.deepEqual((await emulator.call(`DELETE posts/${one.json.id}`, { token: bot.token })).json, { status: 'OK' });
  const changed = await emulator.call(`GET channels/${dm}/posts?since=${since}`, { token: bot.token });
  assert.deepEqual(changed.json.order, [two.json.id, one.json.id]);
  const posts = changed.json.posts as Record<string, Json>;
  assert.equal(posts[String(one.json.id)]?.delete_at, clock.now());
  const page = await emulator.call(`GET channels/${dm}/posts?per_page=1`, { token: bot.token });
  assert.deepEqual(page.json.order, [two.json.id]);
  const before = await emulator.call(`GET channels/${dm}/posts?before=${two.json.id}&per_page=2`, { token: bot.token });
  assert.equal((before.json.order as string[]).includes(String(one.json.id)), false);
  assert.equal((before.json.order as string[]).length, 2);
});

test('an ephemeral post is 403 for a bot and 201 for an administrator', async () => {
  const body = { user_id: alice.id, post: { channel_id: dm, message: 'psst' } };
  const refused = await emulator.call('POST posts/ephemeral', { token: bot.token, body });
  assert.equal(refused.status, 403);
  assert.equal(refused.json.id, 'api.context.permissions.app_error');
  const made = await emulator.admin('POST posts/ephemeral', body);
  assert.equal(made.status, 201);
  assert.equal(made.json.type, 'system_ephemeral');
  assert.equal((await emulator.admin(`GET posts/${made.json.id}`)).status, 404);
});

test('reactions are by oneself only', async () => {
  const { json } = await post();
  const react = (userId: string) =>
    emulator.call('POST reactions', {
      token: bot.token,
      body: { user_id: userId, post_id: json.id, emoji_name: 'eyes' },
    });
  assert.equal((await react(bot.id)).status, 200);
  assert.equal((await react(alice.id)).status, 403);
  const read = await emulator.call(`GET posts/${json.id}`, { token: alice.token });
  assert.equal(((read.json.metadata as Json).reactions as Json[]).length, 1);
});

test('with RestrictDirectMessage a bot outside the team can neither open nor use the channel', async () => {
  await emulator.control('PUT config', { TeamSettings: { RestrictDirectMessage: 'team' } });
  assert.equal((await post()).json.id, 'api.post.create_post.can_not_post_in_restricted_dm.error');
  const opened = await emulator.call('POST channels/direct', { token: bot.token, body: [bot.id, alice.id] });
  assert.equal(opened.status, 403);
  const teams = await emulator.admin('GET teams');
  await emulator.admin(`POST teams/${teams.list[0]?.id}/members`, { team_id: teams.list[0]?.id, user_id: bot.id });
  assert.equal((await post()).status, 201);
  await emulator.control('PUT config', { TeamSettings: { RestrictDirectMessage: 'any' } });
});
