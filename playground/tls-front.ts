import { type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';

/** Where the front listens, the certificate it shows (PEM) and the plain-HTTP service behind it. */
export interface TlsFrontOptions {
  cert: string;
  key: string;
  targetUrl: string;
  port?: number;
}

/** A running HTTPS front. `setTarget` moves it to another service, as after a restart on a new port. */
export interface TlsFront {
  url: string;
  setTarget(url: string): void;
  close(): Promise<void>;
}

const HOP_BY_HOP = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'upgrade']);

/**
 * Starts an HTTPS reverse proxy: streams both ways, adds X-Forwarded-For, -Proto and -Host, and answers 502 while the
 * target cannot be reached.
 */
export async function startTlsFront(options: TlsFrontOptions): Promise<TlsFront> {
  let target = new URL(options.targetUrl);
  const server = createServer({ cert: options.cert, key: options.key }, (incoming, outgoing) => {
    forward(target, incoming, outgoing);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://localhost:${port}`,
    setTarget: (url) => {
      target = new URL(url);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function forward(target: URL, incoming: IncomingMessage, outgoing: ServerResponse): void {
  const onward = request(
    {
      hostname: target.hostname,
      port: target.port,
      method: incoming.method,
      path: incoming.url,
      headers: forwardedHeaders(incoming),
    },
    (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, withoutHopByHop(answer.headers));
      answer.pipe(outgoing);
      // A target that dies half-way must break the answer, or the client would take the first half for all of it.
      answer.on('error', () => outgoing.destroy());
    },
  );
  onward.on('error', () => refuse(outgoing));
  outgoing.on('close', () => onward.destroy());
  incoming.pipe(onward);
}

function refuse(outgoing: ServerResponse): void {
  if (outgoing.headersSent) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' });
  outgoing.end('The service behind this address does not answer. Start it and try again.\n');
}

function forwardedHeaders(incoming: IncomingMessage): Record<string, string | string[] | undefined> {
  const before = incoming.headers['x-forwarded-for'];
  const address = incoming.socket.remoteAddress ?? 'unknown';
  return {
    ...withoutHopByHop(incoming.headers),
    'x-forwarded-for': before === undefined ? address : `${before}, ${address}`,
    'x-forwarded-proto': 'https',
    'x-forwarded-host': incoming.headers.host,
  };
}

function withoutHopByHop<T>(headers: NodeJS.Dict<T>): NodeJS.Dict<T> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !HOP_BY_HOP.has(name)));
}
