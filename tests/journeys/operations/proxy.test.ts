import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { connect } from 'node:net';
import { after, describe, test } from 'node:test';
import type { Environment } from '../../../playground/environment.ts';
import { openEnvironment } from '../../../playground/environment.ts';
import { createMattermostUser } from '../../../playground/mattermost-user.ts';
import { ALICE } from '../../../playground/sample.ts';

/** An HTTPS proxy in small: tunnels by CONNECT and notes where to, or refuses. */
async function startProxy({ refuse = false } = {}) {
  const tunnels = new Set<string>();
  const open = new Set<Socket>();
  const server = createServer((_request, response) => response.writeHead(405).end());
  server.on('connect', (request: IncomingMessage, client: Socket) => {
    tunnels.add(request.url ?? '');
    client.on('error', () => client.destroy());
    if (refuse) return void client.end('HTTP/1.1 403 Forbidden\r\n\r\n');
    const [host, port] = (request.url ?? '').split(':');
    const target = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    for (const socket of [client, target]) open.add(socket);
    target.on('error', () => client.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    tunnels,
    close: () => {
      for (const socket of open) socket.destroy();
      server.close();
    },
  };
}

describe('behind a proxy', () => {
  const releases: Array<() => unknown> = [];
  after(async () => {
    for (const release of releases.reverse()) await release();
  });

  async function open(options: Parameters<typeof startProxy>[0], noProxy: (environment: Environment) => string) {
    const proxy = await startProxy(options);
    releases.push(proxy.close);
    const environment = await openEnvironment();
    releases.push(environment.close);
    const env = { HTTP_PROXY: proxy.url, HTTPS_PROXY: proxy.url, NO_PROXY: noProxy(environment) };
    await environment.startSidecar({ env });
    return { proxy, environment };
  }

  test('all requests to Microsoft and Mattermost go through it, with the extra authority trusted', async () => {
    const { proxy, environment } = await open({}, () => '');
    const alice = await createMattermostUser(environment, 'alice');
    assert.match(await alice.connect(ALICE), /You are connected/);
    const hosts = [environment.microsoftUrl, environment.mattermostUrl].map((url) => new URL(url).host);
    assert.deepEqual([...proxy.tunnels].sort(), hosts.sort());
  });

  test('without it Microsoft is unreachable, while hosts in NO_PROXY are reached directly', async () => {
    const { proxy, environment } = await open({ refuse: true }, ({ mattermostUrl }) => new URL(mattermostUrl).host);
    const alice = await createMattermostUser(environment, 'alice');
    await assert.rejects(alice.connect(ALICE), /Microsoft is not responding/);
    assert.deepEqual([...proxy.tunnels], [new URL(environment.microsoftUrl).host]);
  });
});
