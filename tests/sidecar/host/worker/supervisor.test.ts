import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { systemClock } from '../../../../sidecar/src/core/time.ts';
import type { HostApi } from '../../../../sidecar/src/host/protocol/host-api.ts';
import type { HostRequest } from '../../../../sidecar/src/host/protocol/serve-http.ts';
import { WorkerGone } from '../../../../sidecar/src/host/worker/relay.ts';
import { createSupervisor, type Supervisor } from '../../../../sidecar/src/host/worker/supervisor.ts';

const SERVICE = new URL('./fixtures/service.ts', import.meta.url);

/** The system's time, twenty times faster: what the supervisor waits for seconds passes in moments. */
const FAST = {
  now: () => Date.now(),
  sleep: (ms: number, signal?: AbortSignal) => systemClock.sleep(ms / 20, signal),
};

async function open() {
  const asked: unknown[][] = [];
  const failures: string[] = [];
  const api = { hasPermission: async (...args: unknown[]) => asked.push(args) > 0 } as unknown as HostApi;
  const supervisor = createSupervisor({
    start: () => new Worker(SERVICE, { stdout: true, stderr: true, resourceLimits: { maxOldGenerationSizeMb: 48 } }),
    api,
    clock: FAST,
    log: (_level, _message, fields) => void failures.push(String(fields.reason)),
    onLogLine: () => {},
  });
  await ready(supervisor);
  return { supervisor, asked, failures, [Symbol.asyncDispose]: () => supervisor.stop(100_000) };
}

async function ready(supervisor: Supervisor): Promise<void> {
  while (supervisor.relay() === null) await sleep(5);
}

function request(url: string, more: Partial<HostRequest> = {}): HostRequest {
  return {
    method: 'GET',
    url,
    headers: {},
    host: 'chat.example',
    remoteAddress: '192.0.2.1',
    sessionId: '',
    requestId: '',
    body: null,
    ...more,
  };
}

async function ask(supervisor: Supervisor, given: HostRequest) {
  const parts: Buffer[] = [];
  const answer = { status: 0, headers: {} as Record<string, string[]> };
  await supervisor.relay()?.http(given, {
    head: async (status, headers) => void Object.assign(answer, { status, headers }),
    write: async (bytes) => void parts.push(Buffer.from(bytes)),
    flush: async () => {},
  });
  return { ...answer, body: Buffer.concat(parts) };
}

async function* body(chunks: number): AsyncGenerator<Buffer> {
  for (let index = 0; index < chunks; index++) yield Buffer.alloc(64 * 1024, index);
}

describe('the service in its worker', () => {
  test('answers requests, commands and events, and calls Mattermost', async () => {
    await using opened = await open();
    const { supervisor } = opened;
    const who = await ask(
      supervisor,
      request('/who', { headers: { 'mattermost-user-id': ['u1'], 'x-msteams-session': ['forged'] }, sessionId: 's1' }),
    );
    assert.deepEqual(JSON.parse(who.body.toString()), { user: 'u1', session: 's1', ip: '192.0.2.1' });
    const cookies = await ask(supervisor, request('/cookies'));
    assert.equal(cookies.status, 302);
    assert.deepEqual(cookies.headers['set-cookie'], ['a=1', 'b=2']);
    const call = {
      userId: 'u',
      channelId: '',
      teamId: '',
      rootId: '',
      triggerId: '',
      command: '/msteams',
      siteUrl: '',
    };
    assert.deepEqual(await supervisor.relay()?.command(call), { text: 'you said /msteams' });
    supervisor.relay()?.event({ kind: 'user_deactivated', userId: 'u9' });
    assert.deepEqual(JSON.parse((await ask(supervisor, request('/seen'))).body.toString()), [
      { kind: 'user_deactivated', userId: 'u9' },
    ]);
    assert.deepEqual(JSON.parse((await ask(supervisor, request('/api'))).body.toString()), { has: true });
    assert.deepEqual(opened.asked, [['u', 'manage_system']]);
  });

  test('bodies of megabytes pass both ways', async () => {
    await using opened = await open();
    const answer = await ask(
      opened.supervisor,
      request('/echo', { method: 'POST', headers: { 'content-type': ['application/octet-stream'] }, body: body(80) }),
    );
    assert.equal(answer.status, 200);
    assert.equal(answer.body.length, 80 * 64 * 1024);
    assert.equal(answer.body[79 * 64 * 1024], 79);
  });

  test('a body that breaks off is an error of the request, not the end of the body', async () => {
    await using opened = await open();
    async function* broken(): AsyncGenerator<Buffer> {
      yield Buffer.from('half');
      throw new Error('the client broke off');
    }
    const given = request('/count', { method: 'POST', headers: { 'content-type': ['text/plain'] }, body: broken() });
    await assert.rejects(ask(opened.supervisor, given), /broke off/);
    assert.equal((await ask(opened.supervisor, request('/who'))).status, 200);
  });

  test('a client that goes away ends an endless answer, and the service goes on', async () => {
    await using opened = await open();
    let written = 0;
    const gone = opened.supervisor.relay()?.http(request('/endless'), {
      head: async () => {},
      write: async (bytes) => {
        written += bytes.length;
        if (written > 1_000_000) throw new Error('broken pipe');
      },
      flush: async () => {},
    });
    await assert.rejects(async () => gone, /broken pipe/);
    assert.equal((await ask(opened.supervisor, request('/who'))).status, 200);
  });

  for (const [path, reason] of [
    ['/crash', /a bug in the service/],
    ['/memory', /out of memory/],
    ['/block', /no sign of life/],
  ] as const) {
    test(`${path.slice(1)}: the request is told, the reason is logged, and another service takes over`, async () => {
      await using opened = await open();
      const { supervisor, failures } = opened;
      await assert.rejects(
        async () =>
          supervisor
            .relay()
            ?.http(request(path), { head: async () => {}, write: async () => {}, flush: async () => {} }),
        (error: unknown) => error instanceof WorkerGone && !error.isAnswered,
      );
      await ready(supervisor);
      assert.equal((await ask(supervisor, request('/who'))).status, 200);
      assert.match(failures.join(), reason);
      assert.equal(supervisor.state().restarts, 1);
      assert.match(supervisor.state().lastFailure?.reason ?? '', reason);
    });
  }

  test('is replaced without a gap: the one before answers until the new one does', async () => {
    await using opened = await open();
    const { supervisor } = opened;
    const before = supervisor.relay();
    supervisor.replace();
    while (supervisor.relay() === before) assert.equal((await ask(supervisor, request('/who'))).status, 200);
    assert.equal((await ask(supervisor, request('/who'))).status, 200);
    assert.equal(supervisor.state().restarts, 0);
  });

  test('is not started anew after it was stopped', async () => {
    const { supervisor } = await open();
    await supervisor.stop(100_000);
    assert.equal(supervisor.relay(), null);
    assert.deepEqual(supervisor.state(), { state: 'stopped', restarts: 0, lastFailure: null });
  });
});
