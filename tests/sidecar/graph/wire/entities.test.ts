import assert from 'node:assert/strict';
import test from 'node:test';
import { parseMessagePath } from '../../../../sidecar/src/graph/webhook/message-path.ts';
import { readBatch, readMe, readPresence, readSubscription } from '../../../../sidecar/src/graph/wire/entities.ts';
import { fixture } from '../microsoft-example.ts';

test('the example of a chat message notification is read', () => {
  const batch = readBatch(fixture('chat-message-notification').body);
  const [item] = batch.items;
  assert.equal(batch.malformed, 0);
  assert.deepEqual(batch.tokens, ['<<--ValidationTokens-->>']);
  assert.ok(item?.kind === 'change');
  assert.equal(item.subscriptionId, '10493aa0-4d29-4df5-bc0c-ef742cc6cd7f');
  assert.equal(item.clientState, '<<--SpecifiedClientState-->>');
  assert.equal(item.change, 'created');
  assert.deepEqual(parseMessagePath(item.resource ?? ''), {
    chatId: '19:8ea0e38b-efb3-4757-924a-5f94061cf8c2_97f62344-57dc-409c-88ad-c4af14158ff5@unq.gbl.spaces',
    messageId: '1612289765949',
  });
  assert.deepEqual(item.content, {
    data: '<<--EncryptedContent-->',
    dataSignature: null,
    dataKey: '<<--EnryptedDataKeyUsedForEncryptingContent-->>',
    encryptionCertificateId: '<<--IdOfTheCertificateUsedForEncryptingDataKey-->>',
  });
});

test('the example with another letter case is read, and its chat is no message', () => {
  const [item] = readBatch(fixture('chat-notification').body).items;
  assert.ok(item?.kind === 'change');
  assert.equal(item.change, 'created');
  assert.equal(item.content?.data, '<<--EncryptedContent-->');
  assert.equal(parseMessagePath(item.resource ?? ''), null);
});

test('the example of a basic notification is read, and its mail is no chat message', () => {
  const batch = readBatch(fixture('mail-notification').body);
  const [item] = batch.items;
  assert.equal(batch.tokens, null);
  assert.ok(item?.kind === 'change');
  assert.equal(item.content, null);
  assert.equal(item.tid, '84bd8158-6d4d-4958-8b9f-9d6445542f95');
  assert.equal(parseMessagePath(item.resource ?? ''), null);
});

test('the example of a lifecycle notification is read', () => {
  const [item] = readBatch(fixture('lifecycle-notification').body).items;
  assert.deepEqual(item, {
    kind: 'lifecycle',
    subscriptionId: '<subscription_guid>',
    clientState: '<secretClientState>',
    tid: '<tenant_guid>',
    event: 'subscriptionRemoved or missed or reauthorizationRequired',
  });
});

test('an unreadable item does not spoil its neighbours', () => {
  const good = {
    subscriptionId: 's',
    changeType: 'updated',
    tenantId: 'T',
    encryptedContent: null,
    another: { field: 1 },
  };
  const batch = readBatch({
    value: [null, 7, [], {}, { subscriptionId: 's', changeType: 'renamed' }, good],
    validationTokens: null,
  });
  assert.equal(batch.malformed, 5);
  assert.deepEqual(batch.items, [
    {
      kind: 'change',
      subscriptionId: 's',
      clientState: null,
      tid: 't',
      change: 'updated',
      resource: null,
      odataId: null,
      content: null,
    },
  ]);
});

test('content that is no content makes its item unreadable', () => {
  const batch = readBatch({ value: [{ subscriptionId: 's', changeType: 'created', encryptedContent: { data: 5 } }] });
  assert.equal(batch.malformed, 1);
});

for (const body of [
  null,
  'text',
  [],
  {},
  { value: {} },
  { value: [], validationTokens: 'eyJ' },
  { value: Array(5001).fill(1) },
]) {
  test(`a body that is no collection is refused: ${JSON.stringify(body)?.slice(0, 40)}`, () => {
    assert.throws(() => readBatch(body), { code: 'bad_request' });
  });
}

const GROUP = '19:2da4c29f6d7041eca70b638b43d45437@thread.v2';
for (const [path, chatId] of [
  [`chats('${GROUP}')/messages('1764000000105')`, GROUP],
  [`/chats('${GROUP}')/messages('1764000000105')`, GROUP],
  [`Chats('${GROUP}')/Messages('1764000000105')`, GROUP],
  [`users('8ea0e38b-efb3-4757-924a-5f94061cf8c2')/chats('${GROUP}')/messages('1764000000105')`, GROUP],
  ["chats('19%3A2da4%40thread.v2')/messages('1764000000105')", '19:2da4@thread.v2'],
  ["chats('19:it''s@thread.v2')/messages('1764000000105')", "19:it's@thread.v2"],
  [`chats/${GROUP}/messages/1764000000105`, GROUP],
  ['chats%28%2719%3A2da4%40thread.v2%27%29%2Fmessages%28%271764000000105%27%29', '19:2da4@thread.v2'],
] as const) {
  test(`the path of a message is read: ${path}`, () => {
    assert.deepEqual(parseMessagePath(path), { chatId, messageId: '1764000000105' });
  });
}

for (const path of [
  '',
  `chats('${GROUP}')`,
  `chats('${GROUP}')/messages('abc')`,
  `chats('${GROUP}')/messages('1764000000105')/replies('2')`,
  `teams('fbe2bf47')/channels('19:4a95@thread.tacv2')/messages('1612293113399')`,
  "chats('')/messages('1')",
  "chats('19:a%0Ab@thread.v2')/messages('1')",
  `chats('${'x'.repeat(3000)}')/messages('1')`,
]) {
  test(`a path that is none of a chat message gives nothing: ${path.slice(0, 60)}`, () => {
    assert.equal(parseMessagePath(path), null);
  });
}

test('answers of Graph are read, and unknown shapes refused', () => {
  assert.deepEqual(readPresence({ availability: 'Busy', activity: 'InAMeeting', id: 'x' }), {
    availability: 'busy',
    activity: 'inameeting',
  });
  assert.deepEqual(readMe({ id: 'ABC', displayName: null, mail: null, userPrincipalName: 'a@example.com' }), {
    oid: 'abc',
    name: 'a@example.com',
    mail: null,
    userPrincipalName: 'a@example.com',
  });
  assert.equal(
    readSubscription({ id: 'S', expirationDateTime: '2026-11-24T10:00:00.0000000Z' }).expiresAt,
    1795514400000,
  );
  assert.throws(() => readSubscription({ id: 'S', expirationDateTime: 'soon' }), { code: 'microsoft_refused' });
  assert.throws(() => readMe({ id: 'x' }), { code: 'microsoft_refused' });
  assert.throws(() => readPresence([]), { code: 'microsoft_refused' });
});
