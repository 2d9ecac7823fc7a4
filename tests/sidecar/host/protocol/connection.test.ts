import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Duplex } from 'node:stream';
import { after, describe, test } from 'node:test';
import {
  connectToPlugin,
  type PluginConnection,
} from '../../../../playground/mattermost/plugins/process/connection.ts';
import { type PluginRequest, serveOverPlugin } from '../../../../playground/mattermost/plugins/process/http-stream.ts';
import { values } from '../../../../sidecar/src/host/protocol/api-types.ts';
import { type Hooks, serveHost } from '../../../../sidecar/src/host/protocol/connection.ts';
import type { HostApi } from '../../../../sidecar/src/host/protocol/host-api.ts';
import type { RpcMethod } from '../../../../sidecar/src/host/protocol/net-rpc.ts';
import { createYamuxSession } from '../../../../sidecar/src/host/protocol/yamux.ts';

const cleanUp: Array<() => void> = [];
after(() => {
  for (const undo of cleanUp) undo();
});

const NOTHING: Hooks = {
  onActivate: async () => {},
  onConfigurationChange: async () => {},
  onDeactivate: async () => {},
  onHttp: async (_, response) => response.head(204, {}),
  onCommand: async () => ({ text: '' }),
  onPost: async () => {},
  onUserDeactivated: async () => {},
};

interface Pair {
  plugin: PluginConnection;
  ended: Promise<'quit' | 'gone'>;
  failures: string[];
  socket: Socket;
}

/** A plugin with these hooks, and Mattermost's side of the connection to it. */
async function open(hooks: Partial<Hooks> = {}): Promise<Pair> {
  const path = join(tmpdir(), `protocol-${randomBytes(8).toString('hex')}`);
  const failures: string[] = [];
  const arrived = Promise.withResolvers<{ socket: Socket; ended: Promise<'quit' | 'gone'> }>();
  const server = createServer((socket) => {
    const { ended } = serveHost(socket, { ...NOTHING, ...hooks }, (where, error) =>
      failures.push(`${where}: ${error}`),
    );
    arrived.resolve({ socket, ended });
    server.close();
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const [plugin, { socket, ended }] = await Promise.all([connectToPlugin(path), arrived.promise]);
  cleanUp.push(() => plugin.destroy());
  return { plugin, ended, failures, socket };
}

function request(body: Iterable<Buffer>, headers: Record<string, string> = {}): PluginRequest {
  async function* chunks() {
    yield* body;
  }
  return {
    method: 'POST',
    url: '/echo?x=1',
    requestUri: '/plugins/p/echo?x=1',
    headers: new Map(Object.entries(headers).map(([name, value]) => [name, [value]])),
    host: 'chat.example',
    remoteAddress: '192.0.2.1:5000',
    context: { RequestId: 'r1', IPAddress: '192.0.2.1', SessionId: 's1' },
    body: chunks(),
  };
}

/** Collects an answer. */
function collect() {
  const parts: Buffer[] = [];
  const seen = { status: 0, headers: new Map<string, string[]>(), body: () => Buffer.concat(parts) };
  return {
    seen,
    sink: {
      head: (status: number, headers: Map<string, string[]>) => void Object.assign(seen, { status, headers }),
      write: async (bytes: Buffer) => void parts.push(bytes),
      flush: () => {},
    },
  };
}

const echo: Hooks['onHttp'] = async ({ body }, response) => {
  const parts: Buffer[] = [];
  for await (const bytes of body ?? []) parts.push(Buffer.from(bytes));
  await response.head(200, { 'content-type': ['application/octet-stream'] });
  for (const part of parts) await response.write(part);
};

describe('the connection to Mattermost', () => {
  test('names its hooks, answers pings and says good-bye', async () => {
    const { plugin, ended } = await open();
    assert.ok(plugin.implemented.has('ServeHTTP') && plugin.implemented.has('ExecuteCommand'));
    await plugin.ping();
    await plugin.quit();
    assert.equal(await ended, 'quit');
  });

  test('ends when the connection ends, whatever is under way', async () => {
    const { plugin, ended } = await open({ onHttp: () => new Promise(() => {}) });
    const pending = serveOverPlugin(plugin, request([]), collect().sink).catch(() => 'gone');
    plugin.destroy();
    assert.equal(await ended, 'gone');
    assert.equal(await pending, 'gone');
  });

  test('calls the API of Mattermost, and an error of the server is an error here', async () => {
    let api: HostApi | undefined;
    const { plugin } = await open({
      onActivate: async (given) => {
        api = given;
      },
    });
    const called: unknown[] = [];
    const methods = new Map<string, RpcMethod>([
      [
        'Plugin.KVGet',
        { result: values('bytes'), handle: async (key) => ({ A: Buffer.from(`v${called.push(key)}`) }) },
      ],
      [
        'Plugin.HasPermissionTo',
        { result: values('bool'), handle: async () => Promise.reject(new Error('no such user')) },
      ],
    ]);
    const activated = await plugin.call('OnActivate', {
      APIMuxId: plugin.serveApi(methods),
      DriverMuxId: plugin.serveApi(new Map()),
    });
    assert.equal(activated.A ?? null, null);
    assert.deepEqual(await api?.kvGet('key'), Buffer.from('v1'));
    assert.deepEqual(called, [{ A: 'key' }]);
    await assert.rejects(async () => api?.hasPermission('u', 'manage_system'), /no such user/);
    await assert.rejects(async () => api?.serverVersion(), /can't find method Plugin.GetServerVersion/);
  });

  test('what onActivate throws is what the administrator reads', async () => {
    const { plugin } = await open({
      onActivate: async () => Promise.reject(new Error('The database is newer than the plugin.')),
    });
    const { A } = await plugin.call('OnActivate', {
      APIMuxId: plugin.serveApi(new Map()),
      DriverMuxId: plugin.serveApi(new Map()),
    });
    assert.deepEqual(A, { Err: 'The database is newer than the plugin.' });
  });

  test('an activation that dials too late fails by itself, and the connection lives', async () => {
    const { plugin } = await open();
    await assert.rejects(plugin.call('OnActivate', { APIMuxId: 98, DriverMuxId: 99 }), /came too late/);
    await plugin.ping();
  });

  test('a command is answered, and a hook that throws fails that call only', async () => {
    const { plugin, failures } = await open({
      onCommand: async ({ command, userId }) => ({ text: `${userId} said ${command}`, props: { a: [1, { b: null }] } }),
      onUserDeactivated: async () => Promise.reject(new Error('broken')),
    });
    const { A } = await plugin.call('ExecuteCommand', { A: {}, B: { UserId: 'u1', Command: '/msteams status' } });
    assert.deepEqual(A, {
      ResponseType: 'ephemeral',
      Text: 'u1 said /msteams status',
      Props: new Map([['a', [1, new Map([['b', null]])]]]),
    });
    await assert.rejects(plugin.call('UserHasBeenDeactivated', { A: {}, B: { Id: 'u' } }), /broken/);
    assert.deepEqual(failures, ['Plugin.UserHasBeenDeactivated: Error: broken']);
    await plugin.ping();
  });

  test('a post comes with its props', async () => {
    const posts: unknown[] = [];
    const { plugin } = await open({ onPost: async (post) => void posts.push(post) });
    const props = new Map([['k', { name: 'string', type: 'string', value: 'v' }]]);
    await plugin.call('MessageHasBeenPosted', {
      A: {},
      B: { Id: 'p', UserId: 'u', ChannelId: 'c', Message: 'hi', CreateAt: 7, Props: props },
    });
    assert.deepEqual(posts, [
      {
        id: 'p',
        userId: 'u',
        channelId: 'c',
        rootId: '',
        message: 'hi',
        type: '',
        createdAt: 7,
        props: new Map([['k', 'v']]),
      },
    ]);
  });
});

describe('HTTP over the connection', () => {
  test('request and answer carry what Mattermost says of them', async () => {
    let seen: unknown;
    const { plugin } = await open({
      onHttp: async ({ body: _, ...rest }, response) => {
        seen = rest;
        await response.head(302, { location: ['/x'], 'set-cookie': ['a=1', 'b=2'], 'x-request-id': ['1'] });
      },
    });
    const answer = collect();
    await serveOverPlugin(plugin, request([], { 'Mattermost-User-Id': 'u1' }), answer.sink);
    assert.deepEqual(seen, {
      method: 'POST',
      url: '/echo?x=1',
      headers: { 'mattermost-user-id': ['u1'] },
      host: 'chat.example',
      remoteAddress: '192.0.2.1',
      sessionId: 's1',
      requestId: 'r1',
    });
    assert.equal(answer.seen.status, 302);
    assert.deepEqual([...answer.seen.headers.keys()], ['Location', 'Set-Cookie', 'X-Request-Id']);
    assert.deepEqual(answer.seen.headers.get('Set-Cookie'), ['a=1', 'b=2']);
  });

  test('bodies far beyond a stream’s credit come through both ways, many at once, and pings are answered meanwhile', async () => {
    const { plugin, failures } = await open({ onHttp: echo });
    const body = randomBytes(5 * 1024 * 1024);
    const chunks = Array.from({ length: 80 }, (_, index) => body.subarray(index * 65_536, (index + 1) * 65_536));
    const answers = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const answer = collect();
        await serveOverPlugin(plugin, request(chunks, { 'Content-Length': String(body.length) }), answer.sink);
        await plugin.ping();
        return answer.seen.body();
      }),
    );
    for (const answer of answers) assert.ok(answer.equals(body));
    assert.deepEqual(failures, []);
  });

  test('three hundred requests at once are all answered', async () => {
    const { plugin, failures } = await open({ onHttp: echo });
    const all = Array.from({ length: 300 }, async (_, index) => {
      const answer = collect();
      await serveOverPlugin(plugin, request([Buffer.from(`body ${index}`)]), answer.sink);
      return answer.seen.body().toString();
    });
    assert.deepEqual(
      await Promise.all(all),
      Array.from({ length: 300 }, (_, index) => `body ${index}`),
    );
    assert.deepEqual(failures, []);
  });

  test('a body is only taken as far as the handler reads it', async () => {
    let sent = 0;
    const { plugin } = await open({
      onHttp: async ({ body }, response) => {
        for await (const _ of body ?? []) break;
        await response.head(413, {});
      },
    });
    function* endless() {
      for (;;) {
        sent += 65_536;
        yield Buffer.alloc(65_536);
      }
    }
    const answer = collect();
    await serveOverPlugin(plugin, request(endless()), answer.sink);
    assert.equal(answer.seen.status, 413);
    assert.ok(sent <= 4 * 128 * 1024, `${sent} bytes were asked for`);
  });

  test('a client that breaks off is not taken for the end of the body', async () => {
    let problem: unknown;
    const { plugin } = await open({
      onHttp: async (given, response) => {
        await echo(given, response).catch((error) => {
          problem = error;
        });
      },
    });
    await serveOverPlugin(plugin, request([Buffer.from('half')], { 'Content-Length': '8' }), collect().sink);
    assert.match(String(problem), /broke off/);
  });

  test('a client that went away while the answer was written ends the handler’s write', async () => {
    let problem: unknown;
    const { plugin } = await open({
      onHttp: async (_, response) => {
        await response.head(200, {});
        await response.write(Buffer.alloc(1024)).catch((error) => {
          problem = error;
        });
      },
    });
    const { sink } = collect();
    await serveOverPlugin(plugin, request([]), {
      ...sink,
      write: async () => Promise.reject(new Error('broken pipe')),
    });
    assert.match(String(problem), /broken pipe/);
  });

  test('a handler that throws fails its call, which Mattermost answers with 500', async () => {
    const { plugin } = await open({ onHttp: async () => Promise.reject(new Error('bug')) });
    await assert.rejects(serveOverPlugin(plugin, request([]), collect().sink), /bug/);
    await plugin.ping();
  });
});

describe('yamux', () => {
  /** A session over a connection whose other side the test writes itself. */
  function raw() {
    const written: Buffer[] = [];
    const connection = new Duplex({
      read: () => {},
      write: (chunk, _, done) => {
        written.push(chunk);
        done();
      },
    });
    const session = createYamuxSession(connection, { side: 'server', onStream: () => {} });
    const bytes = () => Buffer.concat(written).toString('hex');
    return { session, bytes, receive: (hex: string) => connection.push(Buffer.from(hex, 'hex')) };
  }

  const settled = () => new Promise((resolve) => setImmediate(resolve));

  test('acknowledges a stream and answers a ping with its own number', async () => {
    const { bytes, receive } = raw();
    receive('000100010000000100000000');
    receive('0002000100000000deadbeef');
    await settled();
    assert.equal(bytes(), '000100020000000100000000' + '0002000200000000deadbeef');
  });

  for (const [what, hex] of [
    ['another version', '010100010000000100000000'],
    ['a type that does not exist', '000500000000000000000000'],
    ['a stream of our parity', '000100010000000200000000'],
    ['a stream opened twice', '000100010000000100000000000100010000000100000000'],
    ['more than the credit', `000100010000000100000000${'000000000000000100040001'}`],
  ] as const) {
    test(`ends the session on ${what}`, async () => {
      const { session, bytes, receive } = raw();
      receive(hex);
      assert.ok((await session.closed) instanceof Error);
      assert.ok(bytes().endsWith('000300000000000000000001'), bytes());
    });
  }

  test('frames of streams that are gone are dropped with their data', async () => {
    const { session, bytes, receive } = raw();
    receive(`${'000000000000000900000004'}aabbccdd`);
    receive('0002000100000000000000aa');
    await settled();
    assert.equal(bytes(), '0002000200000000000000aa');
    assert.equal(await Promise.race([session.closed, settled().then(() => 'open')]), 'open');
  });
});
