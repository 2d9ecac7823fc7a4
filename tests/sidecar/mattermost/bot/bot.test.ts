import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import { DAY, MINUTE } from '../../../../sidecar/src/core/time.ts';
import type { BotOptions } from '../../../../sidecar/src/mattermost/bot/bot.ts';
import { createBot } from '../../../../sidecar/src/mattermost/bot/bot.ts';
import { createActionSigner } from '../../../../sidecar/src/mattermost/inbound/action-signing.ts';
import { ALICE, BOT, sealerOf } from '../../../support/builders.ts';
import { createFakeClock, NOW } from '../../../support/clock.ts';
import { createTestMetrics } from '../../../support/metrics.ts';
import { type Answer, type ReceivedRequest, startHttp } from '../../../support/servers.ts';

const closers: Array<() => Promise<void>> = [];

afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

const CHANNEL = 'channel00000000000000000aa';

type Answers = Record<string, (request: ReceivedRequest) => Answer>;

async function start(answers: Answers, overrides: Partial<BotOptions> = {}) {
  const server = await startHttp((request) => {
    const route = `${request.method} ${request.path.replace('/api/v4', '').split('?')[0]}`;
    if (route === 'GET /users/me') return { body: { id: BOT, username: 'msteams', is_bot: true } };
    return answers[route]?.(request) ?? { status: 404, body: { id: 'not.scripted' } };
  });
  const clock = createFakeClock();
  const signer = createActionSigner(sealerOf('a'), clock);
  const bot = createBot({
    url: server.url,
    token: 'bot-token',
    publicUrl: 'https://sidecar.example',
    sign: signer.sign,
    clock,
    metrics: createTestMetrics(),
    ...overrides,
  });
  closers.push(bot.close, server.close);
  const calls = (route: string) => server.seen.filter(({ method, path }) => `${method} ${path}`.startsWith(route));
  return { bot, clock, signer, calls };
}

const channelRoute: Answers = { 'POST /channels/direct': () => ({ status: 201, body: { id: CHANNEL } }) };

function post(id: string, overrides: object = {}) {
  return { id, user_id: BOT, create_at: NOW, delete_at: 0, props: { msteams_delivery: 'key-1' }, ...overrides };
}

function page(...posts: Array<ReturnType<typeof post>>): Answer {
  return { body: { order: posts.map(({ id }) => id), posts: Object.fromEntries(posts.map((one) => [one.id, one])) } };
}

test('a user comes in our words; what the server hides is missing, not empty', async () => {
  const { bot } = await start({
    [`GET /users/${ALICE}`]: () => ({
      body: {
        id: ALICE,
        username: 'alice',
        first_name: 'Alice',
        last_name: 'Adams',
        email: 'a@example.com',
        locale: 'de',
        timezone: { useAutomaticTimezone: 'true', automaticTimezone: 'Europe/Berlin', manualTimezone: '' },
      },
    }),
    'GET /users/hidden': () => ({
      body: { id: 'hidden', username: 'hidden', first_name: '', email: '', delete_at: 5 },
    }),
  });
  assert.deepEqual(await bot.user(ALICE), {
    id: ALICE,
    username: 'alice',
    name: 'Alice Adams',
    email: 'a@example.com',
    locale: 'de',
    isBot: false,
    deactivated: false,
    timeZone: 'Europe/Berlin',
  });
  const hidden = await bot.user('hidden');
  assert.deepEqual([hidden.name, hidden.email, hidden.locale, hidden.deactivated], ['hidden', null, 'en', true]);
  assert.equal((await bot.me()).isBot, true);
});

test('the buttons of a notification are signed, leave the post as it is, and survive an edit', async () => {
  const answer = () => ({ body: { id: 'post1' } });
  const { bot, signer, calls } = await start({ 'POST /posts': answer, 'PUT /posts/post1/patch': answer });
  const buttons = [
    { label: 'Mute', style: 'default' as const, action: 'mute c1', options: [{ label: 'For 1 hour', value: 'hour' }] },
  ];
  const draft = { message: 'hi', props: { msteams_delivery: 'key' }, buttons: { userId: ALICE, buttons } };
  await bot.createPost({ channelId: 'dm', pendingPostId: 'p', draft });
  await bot.editPost('post1', draft);
  const sent = [...calls('POST /api/v4/posts'), ...calls('PUT /api/v4/posts')];
  assert.equal(sent.length, 2);
  for (const { body } of sent) {
    const { props } = JSON.parse(body);
    assert.equal(props.msteams_delivery, 'key');
    const [{ actions }] = props.attachments;
    assert.deepEqual([actions[0].type, actions[0].options], ['select', [{ text: 'For 1 hour', value: 'hour' }]]);
    const { context } = actions[0].integration;
    assert.deepEqual([signer.verify(ALICE, context.action), context.stays], ['mute c1', true]);
  }
});

test('an answer of another form is an error, not half a user', async () => {
  const { bot } = await start({ [`GET /users/${ALICE}`]: () => ({ body: { id: 5 } }) });
  await assert.rejects(bot.user(ALICE), { code: 'mattermost_unavailable' });
});

test('a recent user is asked for once a minute, a user every time', async () => {
  const { bot, clock, calls } = await start({
    [`GET /users/${ALICE}`]: () => ({ body: { id: ALICE, username: 'alice' } }),
  });
  await Promise.all([bot.recentUser(ALICE), bot.recentUser(ALICE)]);
  assert.equal(calls('GET /api/v4/users/alice').length, 1);
  clock.advance(MINUTE);
  await bot.recentUser(ALICE);
  await bot.user(ALICE);
  assert.equal(calls('GET /api/v4/users/alice').length, 3);
});

test('the direct channel is asked for once, and again after a failure', async () => {
  const answers: Answer[] = [{ status: 503, body: { id: 'busy' } }];
  const { bot, calls } = await start({
    'POST /channels/direct': () => answers.pop() ?? { status: 201, body: { id: CHANNEL } },
  });
  await assert.rejects(bot.directChannel(ALICE), { code: 'mattermost_unavailable' });
  assert.deepEqual(await Promise.all([bot.directChannel(ALICE), bot.directChannel(ALICE)]), [CHANNEL, CHANNEL]);
  const created = calls('POST /api/v4/channels/direct');
  assert.equal(created.length, 2);
  assert.deepEqual(JSON.parse(created[1]?.body ?? ''), [BOT, ALICE]);
});

test('a post carries the pending id of its bot and does not show the bot as online', async () => {
  const { bot, calls } = await start({ 'POST /posts': () => ({ status: 201, body: post('post1') }) });
  const draft = {
    message: 'hello',
    type: 'custom_x' as const,
    props: { msteams_delivery: 'key-1' },
    fileIds: ['file1'],
  };
  assert.deepEqual(await bot.createPost({ channelId: CHANNEL, pendingPostId: 'p1', draft }), { postId: 'post1' });
  const [sent] = calls('POST /api/v4/posts?set_online=false');
  assert.deepEqual(JSON.parse(sent?.body ?? ''), {
    message: 'hello',
    type: 'custom_x',
    props: { msteams_delivery: 'key-1' },
    file_ids: ['file1'],
    channel_id: CHANNEL,
    pending_post_id: `${BOT}:p1`,
  });
});

test('a delivery is found by its key, if the bot wrote it and it stands, the first of two', async () => {
  const listed = [
    post('forged', { user_id: ALICE }),
    post('deleted', { delete_at: NOW }),
    post('other', { props: { msteams_delivery: 'key-2' } }),
    post('bare', { props: null }),
  ];
  const pages = [page(...listed), page(post('copy', { create_at: NOW + 1 }), ...listed, post('found'))];
  const { bot, calls } = await start({ [`GET /channels/${CHANNEL}/posts`]: () => pages.shift() ?? page() });
  const query = { channelId: CHANNEL, deliveryKey: 'key-1', since: NOW };
  assert.equal(await bot.findPost(query), null);
  assert.deepEqual(await bot.findPost(query), { postId: 'found' });
  const since = new URLSearchParams(calls('GET /api/v4/channels')[0]?.path.split('?')[1]).get('since');
  assert.equal(Number(since), NOW - MINUTE);
});

test('when the answer is cut at 1,000 posts, older ones are looked through page by page', async () => {
  const many = (count: number, name: string, overrides: object = {}) =>
    Array.from({ length: count }, (_, index) => post(`${name}${index}`, { props: {}, ...overrides }));
  const { bot, calls } = await start({
    [`GET /channels/${CHANNEL}/posts`]: ({ path }) => {
      const query = new URLSearchParams(path.split('?')[1]);
      if (query.get('since')) return page(...many(1_000, 'new'));
      if (query.get('page') === '6') return page(post('found'), ...many(199, 'old', { create_at: NOW - DAY }));
      return page(...many(200, 'new'));
    },
  });
  const query = { channelId: CHANNEL, deliveryKey: 'key-1', since: NOW };
  assert.deepEqual(await bot.findPost(query), { postId: 'found' });
  assert.equal(calls('GET /api/v4/channels').length, 8);
  assert.equal(await bot.findPost({ ...query, deliveryKey: 'key-9' }), null);
});

test('an edit replaces message and props and keeps the mark of a bot', async () => {
  const { bot, calls } = await start({ 'PUT /posts/post1/patch': () => ({ body: post('post1') }) });
  await bot.editPost('post1', { message: 'edited', props: { msteams_delivery: 'key-1' } });
  assert.deepEqual(JSON.parse(calls('PUT')[0]?.body ?? ''), {
    id: 'post1',
    message: 'edited',
    props: { msteams_delivery: 'key-1', from_bot: 'true' },
  });
});

test('deleting a post that is gone is no error; being refused is', async () => {
  const { bot } = await start({
    'DELETE /posts/gone': () => ({ status: 404, body: { id: 'app.post.get.app_error' } }),
    'DELETE /posts/refused': () => ({ status: 403, body: { id: 'api.context.permissions.app_error' } }),
  });
  await bot.deletePost('gone');
  await assert.rejects(bot.deletePost('refused'), { code: 'mattermost_refused' });
});

test('a file is uploaded as a form with its channel, name and type', async () => {
  const { bot, calls } = await start({
    'POST /files': () => ({ status: 201, body: { file_infos: [{ id: 'file1' }], client_ids: [] } }),
  });
  const file = { channelId: CHANNEL, name: 'cat.png', contentType: 'image/png', bytes: Buffer.from('picture') };
  assert.equal(await bot.upload(file), 'file1');
  const [sent] = calls('POST /api/v4/files');
  assert.match(sent?.headers['content-type'] ?? '', /^multipart\/form-data; boundary=/);
  assert.ok(Number(sent?.headers['content-length']) > 0);
  assert.match(sent?.body ?? '', /name="channel_id"\r\n\r\nchannel0/);
  assert.match(sent?.body ?? '', /name="files"; filename="cat.png"\r\nContent-Type: image\/png\r\n\r\npicture/);
});

test('a reply goes out as a direct message whose buttons are signed for that user', async () => {
  const { bot, signer, calls } = await start({
    ...channelRoute,
    'POST /posts': () => ({ status: 201, body: post('post1') }),
  });
  await bot.send(ALICE, {
    text: 'Welcome',
    buttons: [
      { label: 'Enable notifications', style: 'primary', action: 'notifications_on' },
      { label: 'Not now', style: 'default', action: 'not_now' },
    ],
  });
  const { message, channel_id, props } = JSON.parse(calls('POST /api/v4/posts')[0]?.body ?? '');
  assert.deepEqual([message, channel_id], ['Welcome', CHANNEL]);
  const [{ actions }] = props.attachments;
  assert.deepEqual(
    actions.flatMap((one: { name: string; style: string; type: string }) => [one.name, one.style, one.type]),
    ['Enable notifications', 'primary', 'button', 'Not now', 'default', 'button'],
  );
  for (const [index, action] of ['notifications_on', 'not_now'].entries()) {
    assert.match(actions[index].id, /^[A-Za-z0-9]+$/);
    assert.equal(actions[index].integration.url, 'https://sidecar.example/mattermost/actions');
    assert.equal(signer.verify(ALICE, actions[index].integration.context.action), action);
  }
});

test('a reply without buttons has no attachments', async () => {
  const { bot, calls } = await start({ ...channelRoute, 'POST /posts': () => ({ status: 201, body: post('post1') }) });
  await bot.send(ALICE, { text: 'Hello' });
  assert.deepEqual(JSON.parse(calls('POST /api/v4/posts')[0]?.body ?? '').props, {});
});
