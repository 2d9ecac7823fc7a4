import assert from 'node:assert/strict';
import test from 'node:test';
import { CONTOSO, FABRIKAM } from '../../../../playground/sample.ts';
import { AppError } from '../../../../sidecar/src/core/errors.ts';
import { CHAT, CONTENT, item, SUBSCRIPTION, setUpWebhook } from './webhook-app.ts';

test('a good notification is stored as it came, still encrypted, before the 202', async () => {
  const { post, stored, metrics, verified } = setUpWebhook();
  const answer = await post({ value: [item()], validationTokens: [CONTOSO] });
  assert.equal(answer.statusCode, 202);
  assert.equal(answer.body, '');
  assert.equal(stored.length, 1);
  const [row] = stored[0] ?? [];
  assert.deepEqual(
    { ...row, receivedAt: 0, payload: JSON.parse(row?.payload ?? '') },
    {
      source: { kind: 'subscription', id: SUBSCRIPTION },
      owner: { kind: 'connection', id: 'c1' },
      tid: CONTOSO,
      chatId: CHAT,
      messageId: '1764000000105',
      change: 'created',
      payload: CONTENT,
      receivedAt: 0,
    },
  );
  assert.deepEqual(metrics.received, ['stored:ok']);
  assert.deepEqual(verified, [[CONTOSO]]);
});

test('any content type is taken, and letter case does not matter', async () => {
  for (const contentType of ['application/json; charset=utf-8', 'text/plain', 'application/x-www-form-urlencoded']) {
    const { post, stored } = setUpWebhook();
    const { encryptedContent: EncryptedContent, ...rest } = item({
      changeType: 'Updated',
      subscriptionId: SUBSCRIPTION.toUpperCase(),
      tenantId: CONTOSO.toUpperCase(),
    });
    const answer = await post(
      { Value: [{ ...rest, EncryptedContent }], validationTokens: [CONTOSO] },
      { 'content-type': contentType },
    );
    assert.equal(answer.statusCode, 202);
    assert.equal(stored[0]?.[0]?.change, 'updated');
  }
});

const DISCARDED: Record<string, [value: unknown[], tokens: string[] | null]> = {
  unknown_subscription: [[item({ subscriptionId: 'e990d58f-fd93-40af-acf7-a7c907c5d8ea' })], [CONTOSO]],
  client_state: [
    [item({ clientState: 'guessed' }), item({ clientState: null }), item({ clientState: undefined })],
    [CONTOSO],
  ],
  tenant: [
    [item({ tenantId: FABRIKAM }), item({ tenantId: null })],
    [CONTOSO, FABRIKAM],
  ],
  resource: [[item({ resource: `chats('${CHAT}')` }), item({ resource: undefined })], [CONTOSO]],
  no_validation_token: [[item()], null],
  validation_token: [[item()], [CONTOSO, 'forged']],
  validation_tenant: [[item()], [FABRIKAM]],
  malformed: [[item({ changeType: 'renamed' }), 5, item({ encryptedContent: 'text' })], [CONTOSO]],
};
for (const [reason, [value, tokens]] of Object.entries(DISCARDED)) {
  test(`202, nothing stored and counted: ${reason}`, async () => {
    const { post, stored, metrics } = setUpWebhook();
    const answer = await post({ value, validationTokens: tokens });
    assert.equal(answer.statusCode, 202);
    assert.deepEqual(stored, []);
    assert.deepEqual(
      metrics.received,
      value.map(() => `discarded:${reason}`),
    );
  });
}

test('an empty list of tokens is no proof either', async () => {
  const { post, stored, metrics } = setUpWebhook();
  await post({ value: [item()], validationTokens: [] });
  assert.deepEqual(stored, []);
  assert.deepEqual(metrics.received, ['discarded:no_validation_token']);
});

test('tokens that are missing tell the operator what to do, once for a while', async () => {
  const { post, log } = setUpWebhook();
  for (let n = 0; n < 3; n++) await post({ value: [item()], validationTokens: null });
  const errors = log.lines.filter(({ level }) => level === 'error');
  assert.equal(errors.length, 1);
  assert.match(String(errors[0]?.fields.remedy), /Assignment required/);
});

test('bad items do not keep the good ones of their batch from being stored', async () => {
  const { post, stored, metrics } = setUpWebhook();
  const value = [item({ clientState: 'guessed' }), item(), {}, item({ tenantId: FABRIKAM })];
  await post({ value, validationTokens: [CONTOSO] });
  assert.equal(stored[0]?.length, 1);
  assert.deepEqual(metrics.received.toSorted(), [
    'discarded:client_state',
    'discarded:malformed',
    'discarded:tenant',
    'stored:ok',
  ]);
});

test('an item without content is believed by its clientState', async () => {
  const { post, stored, verified } = setUpWebhook();
  await post({ value: [item({ encryptedContent: null, changeType: 'deleted' })] });
  assert.equal(stored[0]?.[0]?.payload, null);
  assert.deepEqual(verified, []);
});

test('duplicates are counted as such', async () => {
  const { post, metrics } = setUpWebhook({ put: async () => ({ stored: 0, duplicate: 1 }) });
  await post({ value: [item()], validationTokens: [CONTOSO] });
  assert.deepEqual(metrics.received, ['duplicate:duplicate']);
});

for (const [name, body, status] of [
  ['malformed JSON', '{"value":[', 400],
  ['no body', '', 400],
  ['no collection', '[]', 400],
  ['too much', `"${'x'.repeat(8 * 1024 * 1024)}"`, 413],
] as const) {
  test(`what cannot be read is refused and counted: ${name}`, async () => {
    const { post, metrics, stored } = setUpWebhook();
    const answer = await post(body);
    assert.equal(answer.statusCode, status);
    assert.deepEqual(metrics.received, [`discarded:${status === 413 ? 'payload_too_large' : 'bad_request'}`]);
    assert.deepEqual(stored, []);
  });
}

for (const [code, status] of [
  ['overloaded', 503],
  ['database_unavailable', 503],
  ['internal', 500],
] as const) {
  test(`what cannot be stored is answered so that Graph sends it again: ${code}`, async () => {
    const { post, metrics } = setUpWebhook({ put: () => Promise.reject(new AppError(code, 'no')) });
    const answer = await post({ value: [item()], validationTokens: [CONTOSO] });
    assert.equal(answer.statusCode, status);
    assert.deepEqual(metrics.received, []);
  });
}

test('keys that cannot be fetched lose nothing: Graph sends it again', async () => {
  const { post, stored } = setUpWebhook({
    verifyTokens: () => Promise.reject(new AppError('microsoft_unavailable', 'no')),
  });
  const answer = await post({ value: [item()], validationTokens: [CONTOSO] });
  assert.ok(answer.statusCode >= 500);
  assert.deepEqual(stored, []);
});

test('lifecycle events are passed on after the same checks, on either address', async () => {
  const { app, events, metrics } = setUpWebhook();
  const event = (changes: Record<string, unknown>) => ({
    subscriptionId: SUBSCRIPTION,
    tenantId: CONTOSO,
    clientState: 'secret',
    lifecycleEvent: 'reauthorizationRequired',
    ...changes,
  });
  for (const url of ['/graph/lifecycle', '/graph/notifications']) {
    const value = [event({}), event({ clientState: 'guessed' }), event({ tenantId: FABRIKAM })];
    const answer = await app.inject({ method: 'POST', url, payload: { value } });
    assert.equal(answer.statusCode, 202);
  }
  const passed = {
    subscriptionId: SUBSCRIPTION,
    owner: { kind: 'connection', id: 'c1' },
    event: 'reauthorizationrequired',
  };
  assert.deepEqual(events, [passed, passed]);
  assert.deepEqual(
    metrics.received.toSorted(),
    Array(2).fill('discarded:client_state').concat(Array(2).fill('discarded:tenant')),
  );
});

test('a lifecycle event that cannot be followed does not spoil the answer', async () => {
  const { post, log } = setUpWebhook({ lifecycle: () => Promise.reject(new AppError('microsoft_unavailable', 'no')) });
  const value = [
    { subscriptionId: SUBSCRIPTION, tenantId: CONTOSO, clientState: 'secret', lifecycleEvent: 'subscriptionRemoved' },
  ];
  assert.equal((await post({ value })).statusCode, 202);
  await new Promise((resolve) => setImmediate(resolve));
  assert.ok(log.lines.some(({ fields }) => fields.code === 'microsoft_unavailable'));
});

test('the routes leave the rest of the application as it was', async () => {
  const { app } = setUpWebhook();
  app.post('/other', async (request) => request.body);
  const answer = await app.inject({
    method: 'POST',
    url: '/other',
    headers: { 'content-type': 'application/octet-stream' },
    payload: 'x',
  });
  assert.equal(answer.statusCode, 415);
  const echo = await app.inject({ method: 'POST', url: '/other?validationToken=abc', payload: { a: 1 } });
  assert.deepEqual(echo.json(), { a: 1 });
});

test('no line of the log holds a secret or content', async () => {
  const { post, log } = setUpWebhook();
  await post({ value: [item(), item({ clientState: 'guessed-secret' })], validationTokens: [CONTOSO, 'forged'] });
  await post({ value: [item()], validationTokens: null });
  const text = JSON.stringify(log.lines);
  for (const secret of ['secret"', 'guessed-secret', 'AAAA', 'forged"']) assert.ok(!text.includes(secret), secret);
});

for (const [query, token] of [
  ['validationToken=plain', 'plain'],
  ['validationToken=Validation%3A+Testing+client%20application', 'Validation: Testing client application'],
  ['validationToken=%3Cscript%3E%26%22%2B%25', '<script>&"+%'],
  ['from=here&validationToken=Gr%C3%BC%C3%9Fe', 'Grüße'],
] as const) {
  for (const path of ['/graph/notifications', '/graph/lifecycle']) {
    test(`the validation of the address is answered exactly: ${path}?${query}`, async () => {
      const { app, stored } = setUpWebhook({
        subscription: () => Promise.reject(new Error('the validation must read nothing stored')),
      });
      for (const contentType of [
        'text/plain; charset=utf-8',
        'application/json',
        'application/octet-stream',
        undefined,
      ]) {
        const headers = contentType ? { 'content-type': contentType } : {};
        const answer = await app.inject({ method: 'POST', url: `${path}?${query}`, headers });
        assert.equal(answer.statusCode, 200);
        assert.equal(answer.body, token);
        assert.match(String(answer.headers['content-type']), /^text\/plain;/);
        assert.equal(answer.headers['x-content-type-options'], 'nosniff');
      }
      assert.deepEqual(stored, []);
    });
  }
}

for (const query of [
  'validationToken=',
  'validationToken=a&validationToken=b',
  `validationToken=${'x'.repeat(5000)}`,
]) {
  test(`a validation token that is none is refused without echo: ${query.slice(0, 40)}`, async () => {
    const { app } = setUpWebhook();
    const answer = await app.inject({ method: 'POST', url: `/graph/notifications?${query}` });
    assert.equal(answer.statusCode, 400);
    assert.ok(!answer.body.includes('xxx'));
  });
}
