import { createDecipheriv, createHmac, type KeyObject, privateDecrypt, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Authority } from '../../../playground/authority.ts';

export interface Item {
  subscriptionId: string;
  clientState: string;
  changeType?: string;
  lifecycleEvent?: string;
  tenantId: string;
  resource: string;
  encryptedContent: Record<'data' | 'dataKey' | 'dataSignature' | 'encryptionCertificateId', string>;
}

export interface Received {
  path: string;
  value: Item[];
  validationTokens?: string[] | null;
}

/** An HTTPS endpoint that takes notifications. `answer` decides the status of each POST that is no handshake. */
export async function startReceiver(authority: Authority, answer: (received: Received) => number = () => 202) {
  const received: Received[] = [];
  const handshakes: string[] = [];
  const waiting: (() => void)[] = [];
  const server = createServer(await authority.issue(['localhost', '127.0.0.1']), async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'https://localhost');
    const token = url.searchParams.get('validationToken');
    const body = await text(incoming);
    if (token !== null) {
      handshakes.push(token);
      outgoing.writeHead(url.pathname === '/refusing' ? 403 : 200, { 'content-type': 'text/plain' });
      outgoing.end(url.pathname === '/encoded' ? encodeURIComponent(token) : token);
      return;
    }
    const notification = { path: url.pathname, ...(JSON.parse(body) as Omit<Received, 'path'>) };
    const status = answer(notification);
    if (status < 300) received.push(notification);
    outgoing.writeHead(status).end();
    for (const wake of waiting.splice(0)) wake();
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    url: `https://localhost:${(server.address() as AddressInfo).port}`,
    received,
    handshakes,
    items: () => received.flatMap(({ value }) => value),
    /** Waits until the condition holds. */
    until: async (condition: () => boolean) => {
      while (!condition()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function text(incoming: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}

/** Opens a rich notification as RICH describes; throws when the signature is wrong. */
export function decrypt(item: Item, privateKey: string | KeyObject): Record<string, unknown> {
  const { data, dataKey, dataSignature } = item.encryptedContent;
  const key = privateDecrypt({ key: privateKey, oaepHash: 'sha1' }, Buffer.from(dataKey, 'base64'));
  const bytes = Buffer.from(data, 'base64');
  const mac = createHmac('sha256', key).update(bytes).digest();
  if (!timingSafeEqual(mac, Buffer.from(dataSignature, 'base64'))) throw new Error('The signature is wrong.');
  const decipher = createDecipheriv('aes-256-cbc', key, key.subarray(0, 16));
  return JSON.parse(Buffer.concat([decipher.update(bytes), decipher.final()]).toString('utf8'));
}
