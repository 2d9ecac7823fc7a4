import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Agent, request } from 'undici';
import { createAuthority } from '../../../playground/authority.ts';
import { startTlsFront } from '../../../playground/tls-front.ts';

test('the front passes requests on, says where they came from, and answers 502 for a dead target', async () => {
  const authority = await createAuthority();
  const target = createServer((incoming, outgoing) => {
    const { 'x-forwarded-proto': proto, 'x-forwarded-host': host, 'x-forwarded-for': address } = incoming.headers;
    outgoing.setHeader('content-type', 'application/json');
    incoming.on('data', () => {});
    incoming.on('end', () => outgoing.end(JSON.stringify({ proto, host, address, url: incoming.url })));
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  const targetUrl = `http://127.0.0.1:${(target.address() as AddressInfo).port}`;
  const front = await startTlsFront({ ...(await authority.issue(['localhost'])), targetUrl });
  const dispatcher = new Agent({ connect: { ca: authority.certificatePem } });
  try {
    const answer = await request(`${front.url}/a?b=c`, { method: 'POST', body: 'x', dispatcher });
    const seen = (await answer.body.json()) as Record<string, string>;
    assert.deepEqual([seen.proto, seen.host, seen.url], ['https', new URL(front.url).host, '/a?b=c']);
    assert.ok(seen.address);
    front.setTarget('http://127.0.0.1:1');
    const dead = await request(front.url, { dispatcher });
    assert.equal(dead.statusCode, 502);
    await dead.body.dump();
  } finally {
    await dispatcher.close();
    await front.close();
    target.close();
  }
});
