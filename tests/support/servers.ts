import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { Agent } from 'undici';
import type { Log, LogFields } from '../../sidecar/src/core/log.ts';
import type { Metrics, OutboundRequest } from '../../sidecar/src/core/metrics.ts';
import { DEFAULT_PREFERENCES } from '../../sidecar/src/core/preferences.ts';
import type { Clock } from '../../sidecar/src/core/time.ts';
import type { Connection } from '../../sidecar/src/core/types.ts';

/** A clock that moves only when told. `sleep` ends when the clock has passed its end, or at the abort. */
export interface TestClock extends Clock {
  advance(ms: number): void;
  /** Sleepers now waiting. */
  sleeping(): number;
  /** Every sleep moves the clock by itself at once. */
  autoAdvance(): void;
}

export function createTestClock(start = Date.parse('2026-11-21T10:00:00Z')): TestClock {
  let now = start;
  let auto = false;
  const sleepers = new Set<{ until: number; wake: () => void }>();
  return {
    now: () => now,
    advance(ms) {
      now += ms;
      for (const sleeper of sleepers) if (sleeper.until <= now) sleeper.wake();
    },
    sleeping: () => sleepers.size,
    autoAdvance: () => {
      auto = true;
    },
    sleep(ms, signal) {
      if (auto) {
        now += ms;
        return Promise.resolve();
      }
      return new Promise((resolve) => {
        const sleeper = {
          until: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        if (ms <= 0 || signal?.aborted) return resolve();
        signal?.addEventListener('abort', sleeper.wake, { once: true });
        sleepers.add(sleeper);
      });
    },
  };
}

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error';
  fields: LogFields;
  message: string;
}

export function createTestLog(): Log & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: LogFields, message: string) =>
    void lines.push({ level, fields, message });
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

export function createTestMetrics(): Metrics & { received: string[]; outbounds: OutboundRequest[] } {
  const received: string[] = [];
  const outbounds: OutboundRequest[] = [];
  return {
    received,
    outbounds,
    notificationReceived: (outcome, reason) => void received.push(`${outcome}:${reason}`),
    delivery: () => {},
    skipped: () => {},
    outbound: (request) => void outbounds.push(request),
  };
}

/** Waits until `condition` holds. Error: not within half a minute. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = performance.now() + 30_000; !(await condition()); ) {
    if (performance.now() > deadline) throw new Error(`It never came true: ${condition}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

export const TID = '11111111-aaaa-4bbb-8ccc-000000000001';
export const OTHER_TID = '22222222-aaaa-4bbb-8ccc-000000000002';
export const CLIENT_ID = '33333333-aaaa-4bbb-8ccc-000000000003';
export const OID = '8ea0e38b-efb3-4757-924a-5f94061cf8c2';

export function connection(changes: Partial<Connection> = {}): Connection {
  return {
    id: 'c1',
    userId: 'u1',
    tid: TID,
    oid: OID,
    accountName: 'Alice Adams',
    accountAddress: 'alice@example.com',
    state: 'connected',
    connectedAt: 0,
    lastDeliveryAt: null,
    lastErrorCode: null,
    lastErrorAt: null,
    preferences: { ...DEFAULT_PREFERENCES, enabled: true, when: 'away' },
    ...changes,
  };
}

/** A request as a local server got it. */
export interface Seen {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

/** What a local server answers. */
export interface Answer {
  status?: number;
  headers?: Record<string, string>;
  body?: unknown;
  /** Breaks the connection instead of answering. */
  drop?: boolean;
}

export interface LocalServer {
  url: string;
  seen: Seen[];
  /** Trusts the server's certificate. */
  dispatcher: Agent;
  close(): Promise<void>;
}

export type Handler = (seen: Seen) => Answer | Promise<Answer>;

/** A small HTTPS server on a free port, with its own certificate. */
export async function startHttps(handler: Handler): Promise<LocalServer> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'localhost' }], { algorithm: 'sha256' });
  const seen: Seen[] = [];
  const server = createServer({ cert, key }, listener(handler, seen));
  return listen(server, { scheme: 'https', seen, dispatcher: new Agent({ connect: { ca: cert } }) });
}

/** A small HTTP server on a free port. */
export function startHttp(handler: Handler): Promise<LocalServer> {
  const seen: Seen[] = [];
  return listen(createHttpServer(listener(handler, seen)), { scheme: 'http', seen, dispatcher: new Agent() });
}

function listener(handler: Handler, log: Seen[]) {
  return async (request: IncomingMessage, response: ServerResponse) => {
    let body = '';
    for await (const chunk of request) body += chunk;
    const seen = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body };
    log.push(seen);
    const answer = await handler(seen);
    if (answer.drop) return void request.socket.destroy();
    const isBytes = answer.body instanceof Uint8Array;
    response.writeHead(answer.status ?? 200, {
      ...(isBytes ? {} : { 'content-type': 'application/json' }),
      ...answer.headers,
    });
    response.end(isBytes || answer.body === undefined ? answer.body : JSON.stringify(answer.body));
  };
}

async function listen(
  server: Server,
  { scheme, seen, dispatcher }: { scheme: string; seen: Seen[]; dispatcher: Agent },
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
