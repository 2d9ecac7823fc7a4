import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { Agent } from 'undici';

/** A request as a local server got it. */
export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** What a local server answers. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  /** Bytes as they are, anything else as JSON. */
  body?: unknown;
  /** Sent as an HTML page, in place of `body`. */
  text?: string;
  /** Breaks the connection instead of answering. */
  drop?: boolean;
  /** Leaves the request without an answer. */
  hang?: boolean;
}

export interface LocalServer {
  url: string;
  seen: ReceivedRequest[];
  /** Trusts the server's certificate. */
  dispatcher: Agent;
  close(): Promise<void>;
}

export type Handler = (seen: ReceivedRequest) => Answer | Promise<Answer>;

/** A small HTTPS server on a free port, with its own certificate. */
export async function startHttps(handler: Handler): Promise<LocalServer> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { algorithm: 'sha256' });
  const seen: ReceivedRequest[] = [];
  const server = createServer({ cert, key }, listener(handler, seen));
  return listen(server, { scheme: 'https', seen, dispatcher: new Agent({ connect: { ca: cert } }) });
}

/** A small HTTP server on a free port. */
export function startHttp(handler: Handler): Promise<LocalServer> {
  const seen: ReceivedRequest[] = [];
  return listen(createHttpServer(listener(handler, seen)), { scheme: 'http', seen, dispatcher: new Agent() });
}

function listener(handler: Handler, log: ReceivedRequest[]) {
  return async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    log.push(seen);
    const answer = await handler(seen);
    if (answer.hang) return;
    if (answer.drop) return void request.socket.destroy();
    const isBytes = answer.body instanceof Uint8Array;
    const type = answer.text === undefined ? 'application/json' : 'text/html';
    response.writeHead(answer.status ?? 200, { ...(isBytes ? {} : { 'content-type': type }), ...answer.headers });
    response.end(answer.text ?? (isBytes || answer.body === undefined ? answer.body : JSON.stringify(answer.body)));
  };
}

async function listen(
  server: Server,
  { scheme, seen, dispatcher }: { scheme: string; seen: ReceivedRequest[]; dispatcher: Agent },
): Promise<LocalServer> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `${scheme}://localhost:${port}`,
    seen,
    dispatcher,
    async close() {
      await dispatcher.destroy();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
