import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Client } from '@microsoft/microsoft-graph-client';
import { ALICE, ANN, BOB, CHAT_ALICE_ANN, CHAT_BUDGET, CHAT_MEETING } from '../../../playground/sample.ts';
import {
  createMsal,
  type MicrosoftEmulator,
  signIn,
  startMicrosoftEmulator,
} from '../../support/microsoft-emulator.ts';

interface List {
  value: Record<string, unknown>[];
  '@odata.nextLink'?: string;
}
interface Refusal {
  error: { code: string; message: string; innerError: Record<string, string> };
}

describe('Graph', () => {
  let emulator: MicrosoftEmulator;
  let alice: string;
  let app: string;
  const budget = `/v1.0/chats/${encodeURIComponent(CHAT_BUDGET.id)}`;
  before(async () => {
    emulator = await startMicrosoftEmulator();
    alice = (await signIn(emulator, ALICE.oid)).token;
    const scopes = ['https://graph.microsoft.com/.default'];
    app = (await createMsal(emulator).acquireTokenByClientCredential({ scopes }))?.accessToken ?? '';
  });
  after(() => emulator.close());

  const get = <T = Record<string, unknown>>(path: string, token = alice) => emulator.call<T>('GET', path, { token });
  const write = (content: string, more: object = {}) =>
    emulator.control<{ id: string; body: { content: string }; lastModifiedDateTime: string }>('POST', '/messages', {
      chatId: CHAT_BUDGET.id,
      from: ANN.oid,
      body: { contentType: 'html', content },
      ...more,
    });

  test('microsoft-graph-client reads the signed-in person with its own middleware', async () => {
    const client = Client.initWithMiddleware({
      baseUrl: `${emulator.microsoft.url}/`,
      defaultVersion: 'v1.0',
      customHosts: new Set(['localhost']),
      middleware: {
        execute: async (context) => {
          const answer = await emulator.call('GET', String(context.request), { token: alice });
          context.response = new Response(answer.text, {
            status: answer.status,
            headers: { 'content-type': 'application/json' },
          });
        },
      },
    });
    const me = await client.api('/me').select('displayName,mail').get();
    assert.equal(me.displayName, 'Alice Adams');
    const presence = await client.api('/me/presence').get();
    assert.deepEqual([presence.availability, presence.activity], ['Offline', 'Offline']);
  });

  test('without a token, with a forged one and with an id token it is 401', async () => {
    const { result } = await signIn(emulator, ALICE.oid);
    for (const token of ['nonsense', `${alice}x`, result.idToken]) {
      const answer = await get<Refusal>('/v1.0/me', token);
      assert.deepEqual([answer.status, answer.json.error.code], [401, 'InvalidAuthenticationToken']);
      assert.equal(answer.json.error.innerError['request-id'], answer.headers['request-id']);
    }
  });

  test('a missing permission is 403, and so is another person’s data', async () => {
    const { token } = await signIn(emulator, BOB.oid, ['User.Read']);
    assert.deepEqual([(await get<Refusal>('/v1.0/me/chats', token)).json.error.code], ['Forbidden']);
    assert.equal((await get(`/v1.0/users/${ANN.oid}/chats`)).status, 403);
    assert.equal((await get(`/v1.0/users/${ANN.oid}/presence`)).status, 403);
    assert.equal((await get(`/v1.0/users/${ANN.oid}/presence`, app)).json.availability, 'Available');
  });

  test('only members read a chat', async () => {
    const { token } = await signIn(emulator, BOB.oid, ['Chat.Read']);
    assert.equal((await get(budget, token)).status, 403);
    assert.equal((await get(`${budget}/messages`, token)).status, 403);
    assert.equal((await get(budget, app)).status, 200);
    assert.equal((await get('/v1.0/chats/19%3Anowhere%40thread.v2')).status, 404);
  });

  test('chats come with members, preview and viewpoint, newest first, in pages', async () => {
    await write('newest');
    await emulator.control('PUT', `/chats/${encodeURIComponent(CHAT_BUDGET.id)}/read`, {
      oid: ALICE.oid,
      at: '2026-11-21T10:00:00Z',
    });
    const order = encodeURIComponent('lastMessagePreview/createdDateTime desc');
    const first = await get<List>(`/v1.0/me/chats?$expand=members,lastMessagePreview&$orderby=${order}&$top=3`);
    const [chat] = first.json.value;
    assert.equal(chat?.id, CHAT_BUDGET.id);
    assert.equal((chat?.members as unknown[]).length, 3);
    assert.deepEqual(chat?.viewpoint, { isHidden: false, lastMessageReadDateTime: '2026-11-21T10:00:00Z' });
    const second = await get<List>(first.json['@odata.nextLink'] ?? '');
    const ids = [...first.json.value, ...second.json.value].map(({ id }) => id);
    assert.equal(new Set(ids).size, 4);
    assert.equal(second.json['@odata.nextLink'], undefined);
    for (const bad of ['$top=51', '$expand=apps', '$orderby=topic', '$filter=x']) {
      assert.equal((await get(`/v1.0/me/chats?${bad}`)).status, 400);
    }
  });

  test('at most 25 members come with a chat, all of them with the member list', async () => {
    const drafts = Array.from({ length: 30 }, (_, index) => ({
      name: `Person ${index}`,
      oid: `bbbbbbbb-0000-4000-8000-0000000000${10 + index}`,
    }));
    const members = [ALICE.oid, ...drafts.map(({ oid }) => oid)];
    await emulator.control('POST', '/bulk', {
      people: drafts,
      chats: [{ id: '19:big@thread.v2', kind: 'group', members }],
    });
    const chat = await get<{ members: unknown[] }>('/v1.0/chats/19%3Abig%40thread.v2?$expand=members');
    assert.equal(chat.json.members.length, 25);
    assert.equal((await get<List>("/v1.0/chats('19%3Abig%40thread.v2')/members")).json.value.length, 31);
  });

  test('a filter on another property than the ordered one is ignored without a word', async () => {
    const old = await write('old');
    // Times have milliseconds: the next message must not share this one's.
    while (Date.now() <= Date.parse(old.lastModifiedDateTime)) await new Promise((resolve) => setImmediate(resolve));
    const recent = await write('recent');
    const filter = `$filter=lastModifiedDateTime gt ${old.lastModifiedDateTime}`;
    const ids = async (query: string) =>
      (await get<List>(`${budget}/messages?${encodeURI(query)}`)).json.value.map(({ id }) => id);
    assert.deepEqual(await ids(`$orderby=lastModifiedDateTime desc&${filter}`), [recent.id]);
    assert.ok((await ids(`$orderby=createdDateTime desc&${filter}`)).includes(old.id));
    assert.ok((await ids(filter)).includes(old.id));
    assert.equal((await get(`${budget}/messages?$orderby=createdDateTime%20asc`)).status, 400);
    assert.equal((await get(`${budget}/messages?$top=51`)).status, 400);
  });

  test('edits, reactions and deletions change the message as in Teams', async () => {
    const { id } = await write('<p>first</p>');
    const path = `/chats/${encodeURIComponent(CHAT_BUDGET.id)}/messages/${id}`;
    await emulator.control('PATCH', path, { body: { contentType: 'html', content: '<p>second</p>' } });
    const edited = (await get(`${budget}/messages/${id}`)).json;
    assert.deepEqual(edited.body, { contentType: 'html', content: '<p>second</p>' });
    assert.notEqual(edited.lastEditedDateTime, null);
    assert.notEqual(edited.etag, id);
    await emulator.control('POST', `${path}/reactions`, { from: ALICE.oid, reactionType: '👍' });
    const reacted = (await get(`${budget}/messages/${id}`)).json;
    assert.equal((reacted.reactions as unknown[]).length, 1);
    assert.equal(reacted.lastEditedDateTime, edited.lastEditedDateTime);
    await emulator.control('DELETE', path);
    const deleted = (await get<{ deletedDateTime: string; body: { content: string } }>(`${budget}/messages/${id}`))
      .json;
    assert.equal(deleted.body.content, '');
    assert.notEqual(deleted.deletedDateTime, null);
  });

  test('pasted pictures need the token', async () => {
    const base64 = Buffer.from('bytes of a picture').toString('base64');
    const message = await write('<img src="{{hosted:0}}">', { hostedContents: [{ contentType: 'image/png', base64 }] });
    const address = /src="([^"]+)"/.exec(message.body.content)?.[1] ?? '';
    assert.equal((await emulator.call('GET', address)).status, 401);
    const picture = await emulator.call('GET', address, { token: alice });
    assert.deepEqual([picture.text, picture.headers['content-type']], ['bytes of a picture', 'image/png']);
  });

  test('system events are unknownFutureValue unless asked for', async () => {
    const path = `/v1.0/chats/${encodeURIComponent(CHAT_MEETING.id)}/messages`;
    const event = await emulator.control('POST', `/chats/${encodeURIComponent(CHAT_MEETING.id)}/events`, {
      type: 'callStarted',
    });
    assert.equal((await get(`${path}/${event.id}`)).json.messageType, 'unknownFutureValue');
    const headers = { prefer: 'include-unknown-enum-members' };
    assert.equal(
      (await emulator.call('GET', `${path}/${event.id}`, { token: alice, headers })).json.messageType,
      'systemEventMessage',
    );
  });

  test('presence in bulk is 650 ids at most', async () => {
    const ask = (ids: string[]) =>
      emulator.call<List>('POST', '/v1.0/communications/getPresencesByUserId', { token: app, body: { ids } });
    assert.deepEqual(
      (await ask([ANN.oid, BOB.oid])).json.value.map(({ id }) => id),
      [ANN.oid, BOB.oid],
    );
    assert.equal((await ask(Array.from({ length: 651 }, () => ANN.oid))).status, 400);
  });

  test('a batch answers each request alone, 20 at most', async () => {
    const requests = [
      { id: '1', method: 'GET', url: '/me/presence' },
      { id: '2', method: 'GET', url: `/users/${ANN.oid}/chats` },
    ];
    const answer = await emulator.call<{ responses: { id: string; status: number }[] }>('POST', '/v1.0/$batch', {
      token: alice,
      body: { requests },
    });
    assert.deepEqual(
      answer.json.responses.map(({ id, status }) => [id, status]),
      [
        ['1', 200],
        ['2', 403],
      ],
    );
    const many = Array.from({ length: 21 }, (_, index) => ({ id: String(index), method: 'GET', url: '/me' }));
    assert.equal((await emulator.call('POST', '/v1.0/$batch', { token: alice, body: { requests: many } })).status, 400);
  });

  test('planned faults and the count of requests', async () => {
    await emulator.control('DELETE', '/requests');
    await emulator.control('POST', '/faults', {
      kind: 'throttle',
      operation: 'GET presence',
      retryAfterSeconds: 7,
      times: 1,
    });
    const throttled = await get('/v1.0/me/presence');
    assert.deepEqual([throttled.status, throttled.headers['retry-after']], [429, '7']);
    assert.equal((await get('/v1.0/me/presence')).status, 200);
    await emulator.control('POST', '/faults', { kind: 'error', operation: 'GET chat', status: 503, times: 1 });
    assert.equal((await get(budget)).status, 503);
    const { counts, throttled: count } = await emulator.control<{ counts: Record<string, number>; throttled: number }>(
      'GET',
      '/requests',
    );
    assert.deepEqual([counts['GET /me/presence'], counts['GET /chats/{chatId}'], count], [2, 1, 1]);
  });

  test('access tokens end', async () => {
    const { token } = await signIn(emulator, ALICE.oid);
    await emulator.control('POST', '/faults', { kind: 'expire_access_tokens' });
    assert.equal((await get('/v1.0/me', token)).status, 401);
    alice = (await signIn(emulator, ALICE.oid)).token;
  });
});

test('with limits on, a second request for a chat within the second is 429', async () => {
  const emulator = await startMicrosoftEmulator({ limits: true });
  try {
    const { token } = await signIn(emulator, ALICE.oid);
    const path = `/v1.0/chats/${encodeURIComponent(CHAT_ALICE_ANN.id)}`;
    const answers = await Promise.all([emulator.call('GET', path, { token }), emulator.call('GET', path, { token })]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 429]);
    assert.equal(answers.find(({ status }) => status === 429)?.headers['retry-after'], '1');
  } finally {
    await emulator.close();
  }
});
