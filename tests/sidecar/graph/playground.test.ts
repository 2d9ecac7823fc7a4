import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { FastifyInstance } from 'fastify';
import fastify from 'fastify';
import { Agent, fetch as undiciFetch } from 'undici';
import { ALICE, ANN, CHAT_BUDGET, CLIENT_ID, CONTOSO } from '../../../playground/sample.ts';
import type { TlsFront } from '../../../playground/tls-front.ts';
import { startTlsFront } from '../../../playground/tls-front.ts';
import { createSealer } from '../../../sidecar/src/core/encryption.ts';
import { PUBLISHER_APP_ID } from '../../../sidecar/src/core/microsoft-graph.ts';
import type { StoredCertificate } from '../../../sidecar/src/core/ports/certificates.ts';
import type { InboxItem } from '../../../sidecar/src/core/ports/queue.ts';
import { systemClock } from '../../../sidecar/src/core/time.ts';
import { createGraphClient } from '../../../sidecar/src/graph/client/client.ts';
import { createEncryptionCertificates } from '../../../sidecar/src/graph/encryption/certificates.ts';
import { createDecryptMessage } from '../../../sidecar/src/graph/encryption/decrypt-message.ts';
import { createChats } from '../../../sidecar/src/graph/resources/chats.ts';
import { createMe } from '../../../sidecar/src/graph/resources/me.ts';
import { createPictures } from '../../../sidecar/src/graph/resources/pictures.ts';
import { createPresence } from '../../../sidecar/src/graph/resources/presence.ts';
import { createSubscriptionManager } from '../../../sidecar/src/graph/subscriptions/manager.ts';
import { graphRoutes } from '../../../sidecar/src/graph/webhook/routes.ts';
import { createTokenVerifier } from '../../../sidecar/src/graph/webhook/validation-tokens.ts';
import { connection } from '../../support/builders.ts';
import { createTestLog } from '../../support/log.ts';
import { createTestMetrics } from '../../support/metrics.ts';
import type { MicrosoftEmulator } from '../../support/microsoft-emulator.ts';
import { signIn, startMicrosoftEmulator } from '../../support/microsoft-emulator.ts';
import { until } from '../../support/until.ts';
import { createRows } from './subscriptions/subscriptions-in-memory.ts';

const alice = connection({ tid: CONTOSO, oid: ALICE.oid });

/** The whole Microsoft side of the sidecar, with a store in memory, against the Microsoft emulator. */
async function createSide(emulator: MicrosoftEmulator, publicUrl: string) {
  const dispatcher = new Agent({ connect: { ca: emulator.authority.certificatePem } });
  const graphUrl = emulator.microsoft.url;
  const [clock, log, metrics] = [systemClock, createTestLog(), createTestMetrics()];
  const { token } = await signIn(emulator, ALICE.oid);
  const tokenFor = async () => token;
  const client = createGraphClient({ graphUrl, clock, metrics, dispatcher });
  const certificateRows: StoredCertificate[] = [];
  const sealer = createSealer([{ id: 'k', key: Buffer.alloc(32, 1) }]);
  const certificates = createEncryptionCertificates({
    certificates: {
      list: async () => [...certificateRows],
      create: async (row) => void certificateRows.push(row),
      remove: async () => {},
    },
    sealer,
    clock,
    log,
  });
  const { rows, subscriptions } = createRows(new Map([[alice.id, alice]]));
  const connections = { find: async () => alice, list: async () => [alice] };
  const manager = createSubscriptionManager({
    feed: 'personal',
    tid: CONTOSO,
    subscriptions,
    connections,
    tokenFor,
    client,
    certificates,
    publicUrl,
    clock,
    random: Math.random,
    log,
  });
  const stored: InboxItem[] = [];
  const verifyTokens = createTokenVerifier({
    clientId: CLIENT_ID,
    keysUrl: `${graphUrl}/common/discovery/v2.0/keys`,
    issuers: (tid) => [`${graphUrl}/${tid}/v2.0`, `${graphUrl}/sts/${tid}/`],
    publisherAppId: PUBLISHER_APP_ID,
    tenants: [CONTOSO],
    clock,
    fetch: ((url: string, init: object) => undiciFetch(url, { ...init, dispatcher })) as unknown as typeof fetch,
  });
  const app: FastifyInstance = fastify();
  graphRoutes(app, {
    subscription: manager.find,
    verifyTokens,
    put: async (items) => ({ stored: stored.push(...items) && items.length, duplicate: 0 }),
    lifecycle: manager.onLifecycle,
    clock,
    log,
    metrics,
  });
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  const close = async () => {
    await app.close();
    await client.close();
    await dispatcher.destroy();
  };
  const deps = { client, tokenFor, graphUrl, clock, log };
  return {
    url,
    manager,
    rows,
    stored,
    metrics,
    log,
    open: createDecryptMessage({ certificates, sealer, chatChanged: () => {} }),
    deps,
    token,
    close,
  };
}

describe('against the Microsoft emulator', () => {
  let emulator: MicrosoftEmulator;
  let front: TlsFront;
  let side: Awaited<ReturnType<typeof createSide>>;

  before(async () => {
    emulator = await startMicrosoftEmulator({ retryBaseMs: 100 });
    const tls = await emulator.authority.issue(['localhost']);
    front = await startTlsFront({ ...tls, targetUrl: 'http://127.0.0.1:9' });
    side = await createSide(emulator, front.url);
    front.setTarget(side.url);
    await side.manager.ensure(alice);
  });
  beforeEach(async () => {
    await emulator.control('DELETE', '/faults');
    side.stored.length = 0;
    side.metrics.received.length = 0;
  });
  after(async () => {
    await emulator?.close();
    await side?.close();
    await front?.close();
  });

  async function write(content: string, more: object = {}): Promise<{ id: string }> {
    const body = { chatId: CHAT_BUDGET.id, from: ANN.oid, body: { contentType: 'html', content }, ...more };
    return emulator.control<{ id: string }>('POST', '/messages', body);
  }

  async function firstStored(): Promise<InboxItem> {
    await until(() => side.stored.length > 0);
    const [item] = side.stored;
    assert.ok(item);
    return item;
  }

  test('a message arrives encrypted and opens, with its chat and the presence of its reader', async () => {
    const { id } = await write('<p>Grüße 🙂</p>');
    const item = await firstStored();
    assert.equal(item.messageId, id);
    assert.equal(item.chatId, CHAT_BUDGET.id);
    assert.ok(!item.payload?.includes('Grüße'));
    const message = await side.open(item);
    assert.equal(message.body.content, '<p>Grüße 🙂</p>');
    assert.equal(message.sender?.id, ANN.oid);
    const chat = await createChats(side.deps).chat(alice, item.chatId);
    assert.equal(chat.topic, 'Budget 2027');
    assert.equal(chat.members.length, 3);
    assert.deepEqual(
      await createPresence({ ...side.deps, asksInBulk: () => false, bulk: async () => undefined })(alice),
      { availability: 'offline', activity: 'offline' },
    );
    assert.equal((await createMe(side.deps.client)(side.token)).mail, ALICE.mail);
  });

  test('a pasted picture is fetched', async () => {
    const base64 = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex').toString('base64');
    await write('<img src="{{hosted:0}}">', { hostedContents: [{ contentType: 'image/png', base64 }] });
    const message = await side.open(await firstStored());
    const url = /src="([^"]+)"/.exec(message.body.content)?.[1] ?? '';
    const picture = await createPictures(side.deps)(alice, { url, name: 'pasted' });
    assert.ok('bytes' in picture);
    assert.equal(picture.name, 'pasted.png');
  });

  test('a version 1 validation token is accepted', async () => {
    await emulator.control('POST', '/faults', { kind: 'token_v1' });
    await write('x');
    await firstStored();
  });

  for (const [kind, reason] of [
    ['token_wrong_azp', 'validation_token'],
    ['token_wrong_aud', 'validation_token'],
    ['token_wrong_tid', 'validation_token'],
    ['token_expired', 'validation_token'],
    ['token_bad_signature', 'validation_token'],
    ['token_null', 'no_validation_token'],
    ['wrong_client_state', 'client_state'],
  ] as const) {
    test(`${kind} is answered 202 and stores nothing`, async () => {
      await emulator.control('POST', '/faults', { kind, times: 1 });
      await write('x');
      await until(() => side.metrics.received.length > 0);
      assert.deepEqual(side.metrics.received, [`discarded:${reason}`]);
      assert.deepEqual(side.stored, []);
    });
  }

  for (const kind of ['wrong_key', 'tampered_data', 'tampered_signature']) {
    test(`${kind} does not open`, async () => {
      await emulator.control('POST', '/faults', { kind, times: 1 });
      await write('x');
      await assert.rejects(side.open(await firstStored()), { code: 'notification_unreadable' });
    });
  }

  test('a subscription that was removed, or whose row was lost, is made anew and brings messages again', async () => {
    const [removed = ''] = side.rows.keys();
    await emulator.control('DELETE', `/subscriptions/${removed}`);
    await until(() => side.rows.size === 1 && !side.rows.has(removed));
    side.rows.clear();
    await side.manager.ensure(alice);
    await write('again');
    assert.equal((await side.open(await firstStored())).body.content, 'again');
  });

  test('a lifecycle event soon after the creation makes no request; a stopped subscription brings nothing', async () => {
    const [subscriptionId] = side.rows.keys();
    await emulator.control('POST', '/lifecycle', { subscriptionId, event: 'reauthorizationRequired' });
    await until(() => side.log.lines.some(({ fields }) => fields.event === 'reauthorizationrequired'));
    await side.manager.stop(alice);
    await write('unheard');
    await emulator.control('POST', '/flush');
    assert.deepEqual(side.stored, []);
    assert.deepEqual(await emulator.control('GET', '/subscriptions'), { value: [] });
  });
});
