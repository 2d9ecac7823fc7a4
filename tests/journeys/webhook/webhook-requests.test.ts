import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, test } from 'node:test';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import { readMetric } from '../../../playground/metrics.ts';
import { ALICE, ANN, CHAT_ALICE_ANN } from '../../../playground/sample.ts';
import type { SidecarProcess } from '../../../playground/sidecar-process.ts';
import { createTeamsUser, settled } from '../../../playground/teams-user.ts';
import { type ConnectedUser, connectUser, idsOf } from '../../support/connected-user.ts';

describe('the address that Microsoft calls', () => {
  let environment: Environment;
  let sidecar: SidecarProcess;
  let alice: ConnectedUser;

  before(async () => {
    environment = await openEnvironment();
    sidecar = await environment.startSidecar();
    alice = await connectUser(environment, { username: 'alice', as: ALICE });
  });
  after(() => environment?.close());

  const call = (path: string, body?: string) =>
    fetch(`${sidecar.url}/graph/${path}`, { method: 'POST', ...(body === undefined ? {} : { body }) });

  /** A client that announces a body of that many bytes, sends its beginning and then nothing more. */
  function slowSender(bytes: number): Socket {
    const socket = connect(Number(new URL(sidecar.url).port), '127.0.0.1');
    socket.on('error', () => {});
    const head = `POST /graph/notifications HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${bytes}\r\n\r\n`;
    socket.write(`${head}{"value": [`);
    return socket;
  }

  for (const [what, body] of [
    ['no JSON', '{"value": ['],
    ['no batch', '[]'],
    ['empty', ''],
  ] as const) {
    test(`a body that is ${what} is answered 400 and counted`, async () => {
      const refused = () => readMetric(sidecar.url, 'notifications_total', { reason: 'bad_request' });
      const before = await refused();
      assert.equal((await call('notifications', body)).status, 400);
      assert.equal(await refused(), before + 1);
    });
  }

  test('a body that is too large is answered 413 before it is read', async (t) => {
    const socket = slowSender(9 * 1024 * 1024);
    t.after(() => socket.destroy());
    const [answer] = await once(socket, 'data');
    assert.match(String(answer), /^HTTP\/1\.1 413 /);
  });

  test('a body without a type, or with a strange one, is read as what it is', async () => {
    for (const type of [null, 'text/plain', 'application/x-www-form-urlencoded']) {
      const init = { method: 'POST', headers: type === null ? {} : { 'content-type': type } };
      const body = new TextEncoder().encode('{"value":[]}');
      const answer = await fetch(`${sidecar.url}/graph/notifications`, { ...init, body });
      assert.equal(answer.status, 202, `${type}`);
    }
  });

  test('the handshake gives the decoded token back and nothing else', async () => {
    const given = 'Validation: Testing client application reachability for subscription Request-Id: a+b%2Bc&d=é';
    for (const path of ['notifications', 'lifecycle']) {
      const answer = await call(`${path}?validationToken=${encodeURIComponent(given)}`);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
      assert.equal(await answer.text(), given);
    }
    const plus = await call('notifications?validationToken=a+b%2Bc%25');
    assert.equal(await plus.text(), 'a b+c%');
  });

  test('the validation token is never answered as a page', async () => {
    const answer = await call(`notifications?validationToken=${encodeURIComponent('<script>alert(1)</script>')}`);
    assert.match(answer.headers.get('content-type') ?? '', /^text\/plain/);
    assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  });

  for (const query of [
    'validationToken=',
    `validationToken=${'x'.repeat(5_000)}`,
    'validationToken=a&validationToken=b',
  ]) {
    test(`a handshake with ${query.slice(0, 40)} is answered 400`, async () => {
      assert.equal((await call(`notifications?${query}`)).status, 400);
    });
  }

  test('many slow senders do not delay other requests', async (t) => {
    const sockets = Array.from({ length: 100 }, () => slowSender(1_000_000));
    t.after(() => sockets.map((socket) => socket.destroy()));
    const message = await createTeamsUser(environment, ANN).write(CHAT_ALICE_ANN, 'Can you hear me?');
    await settled(environment, sidecar.url);
    assert.deepEqual(idsOf(await alice.delivered()), [message.id]);
  });
});
