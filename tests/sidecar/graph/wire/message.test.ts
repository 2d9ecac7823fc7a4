import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readChat, readMessage } from '../../../../sidecar/src/graph/wire/message.ts';

const CHAT_ID = '19:2da4c29f6d7041eca70b638b43d45437@thread.v2';

/** The documented message (https://learn.microsoft.com/en-us/graph/api/chat-list-messages). */
const HELLO = {
  id: '1616964509832',
  replyToId: null,
  etag: '1616964509832',
  messageType: 'message',
  createdDateTime: '2021-03-28T20:48:29.832Z',
  lastModifiedDateTime: '2021-03-28T20:48:29.832Z',
  lastEditedDateTime: null,
  deletedDateTime: null,
  subject: null,
  chatId: CHAT_ID,
  importance: 'normal',
  policyViolation: null,
  eventDetail: null,
  from: {
    application: null,
    user: { id: '8EA0E38B-efb3-4757-924a-5f94061cf8c2', displayName: 'Robin Kline', userIdentityType: 'aadUser' },
  },
  body: { contentType: 'text', content: 'Hello world' },
  attachments: [],
  mentions: [],
  reactions: [{ reactionType: 'like' }, { reactionType: 'heart' }],
};

describe('readMessage', () => {
  it('reads the documented message', () => {
    const at = Date.UTC(2021, 2, 28, 20, 48, 29, 832);
    assert.deepEqual(readMessage(HELLO), {
      chatId: CHAT_ID,
      id: '1616964509832',
      version: '1616964509832',
      kind: 'message',
      createdAt: at,
      lastModifiedAt: at,
      lastEditedAt: null,
      deletedAt: null,
      importance: 'normal',
      subject: null,
      sender: { kind: 'user', id: '8ea0e38b-efb3-4757-924a-5f94061cf8c2', name: 'Robin Kline' },
      onBehalfOf: null,
      body: { type: 'text', content: 'Hello world' },
      mentions: [],
      attachments: [],
      reactionCount: 2,
      blocked: false,
    });
  });

  it('takes the ids alone for an empty message, created when its id says', () => {
    const message = readMessage({ id: '1616964509832', chatId: CHAT_ID });
    assert.equal(message.createdAt, 1616964509832);
    assert.equal(message.version, '1616964509832');
    assert.deepEqual(message.body, { type: 'text', content: '' });
    assert.equal(message.sender, null);
  });

  it('takes odd fields for absent', () => {
    const odd = {
      ...HELLO,
      etag: 7,
      from: 'x',
      body: [],
      mentions: {},
      attachments: 'x',
      importance: 'Huge',
      createdDateTime: 'then',
    };
    const message = readMessage({ ...odd, lastEditedDateTime: '0001-01-01T00:00:00Z' });
    assert.equal(message.version, '2021-03-28T20:48:29.832Z');
    assert.deepEqual(
      [message.sender, message.mentions, message.attachments, message.importance],
      [null, [], [], 'normal'],
    );
    assert.deepEqual([message.createdAt, message.lastEditedAt], [1616964509832, null]);
  });

  for (const without of [{}, null, 'x', [], { ...HELLO, id: '' }, { ...HELLO, chatId: null }]) {
    it(`refuses ${JSON.stringify(without).slice(0, 40)} without its ids`, () => {
      assert.throws(() => readMessage(without), { code: 'notification_unreadable' });
    });
  }

  it('knows events by their type, their detail, or their body', () => {
    const byDetail = { ...HELLO, messageType: 'unknownFutureValue', eventDetail: { '@odata.type': '#x' } };
    const byBody = {
      ...HELLO,
      messageType: 'unknownFutureValue',
      body: { contentType: 'html', content: '<systemEventMessage/>' },
    };
    for (const event of [{ ...HELLO, messageType: 'systemEventMessage' }, byDetail, byBody]) {
      assert.equal(readMessage(event).kind, 'system');
    }
    assert.equal(readMessage({ ...HELLO, messageType: 'unknownFutureValue' }).kind, 'message');
  });

  it('names every kind of sender', () => {
    const kinds = {
      aadUser: 'user',
      onPremiseAadUser: 'user',
      anonymousGuest: 'anonymous',
      federatedUser: 'federated',
      personalMicrosoftAccountUser: 'federated',
      skypeUser: 'federated',
      azureCommunicationServicesUser: 'federated',
      phoneUser: 'phone',
      emailUser: 'email',
      unknownFutureValue: 'unknown',
    };
    for (const [userIdentityType, kind] of Object.entries(kinds)) {
      assert.equal(readMessage({ ...HELLO, from: { user: { id: 'x', userIdentityType } } }).sender?.kind, kind);
    }
    assert.deepEqual(readMessage({ ...HELLO, from: { application: { id: 'a', displayName: 'Flow' } } }).sender, {
      kind: 'app',
      id: 'a',
      name: 'Flow',
    });
  });

  it('reads on whose behalf a bot wrote, and what data loss prevention removed', () => {
    const message = readMessage({
      ...HELLO,
      onBehalfOf: { user: { displayName: 'Ann' } },
      policyViolation: { dlpAction: 'notifySender, blockAccess' },
    });
    assert.equal(message.onBehalfOf, 'Ann');
    assert.equal(message.blocked, true);
  });

  it('tells whom a mention means', () => {
    const oid = 'EF1C916A-3135-4417-ba27-8eb7bd084193';
    const mentions = [
      { id: 0, mentionText: 'Jane', mentioned: { user: { id: oid } } },
      { id: 1, mentionText: 'T', mentioned: { tag: { id: 't' } } },
      { id: 2, mentionText: 'Everyone', mentioned: { conversation: { id: 'c' } } },
      { id: 3, mentionText: 'Bot', mentioned: { application: { id: 'b' } } },
      { id: 4 },
    ];
    assert.deepEqual(readMessage({ ...HELLO, mentions }).mentions, [
      { id: 0, text: 'Jane', kind: 'user', oid: oid.toLowerCase() },
      { id: 1, text: 'T', kind: 'tag', oid: null },
      { id: 2, text: 'Everyone', kind: 'chat', oid: null },
      { id: 3, text: 'Bot', kind: 'app', oid: null },
      { id: 4, text: '', kind: 'unknown', oid: null },
    ]);
  });

  it('reads the content of an attachment as text, also when it came as an object', () => {
    const attachments = [{ id: 'a', contentType: 'x', content: { a: 1 } }, { content: '{"b":2}' }];
    assert.deepEqual(
      readMessage({ ...HELLO, attachments }).attachments.map(({ content }) => content),
      ['{"a":1}', '{"b":2}'],
    );
  });
});

describe('readChat', () => {
  it('reads a chat with its members', () => {
    const chat = readChat({
      id: CHAT_ID,
      chatType: 'group',
      topic: 'Budget',
      members: [
        { userId: '8EA0E38B-EFB3-4757-924A-5F94061CF8C2', tenantId: 'T', displayName: 'Ann', email: null },
        { displayName: null, roles: ['guest'] },
      ],
    });
    assert.deepEqual(chat, {
      id: CHAT_ID,
      kind: 'group',
      topic: 'Budget',
      members: [
        { oid: '8ea0e38b-efb3-4757-924a-5f94061cf8c2', tid: 't', name: 'Ann', email: null },
        { oid: null, tid: null, name: null, email: null, guest: true },
      ],
    });
  });

  it('tells the kind from the id when the chat does not', () => {
    assert.equal(readChat({ id: '19:meeting_x@thread.v2' }).kind, 'meeting');
    assert.equal(readChat({ id: '19:a_b@unq.gbl.spaces', chatType: 'unknownFutureValue' }).kind, 'oneOnOne');
    assert.equal(readChat({ id: '19:x@thread.v2' }).kind, 'group');
  });

  it('refuses a chat without an id', () => {
    assert.throws(() => readChat({ topic: 'x' }), { code: 'notification_unreadable' });
  });
});
