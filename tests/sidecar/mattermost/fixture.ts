import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createSealer } from '../../../sidecar/src/core/encryption.ts';
import type { AppError, ErrorCode } from '../../../sidecar/src/core/errors.ts';
import type { Log } from '../../../sidecar/src/core/log.ts';
import type { OutboundRequest } from '../../../sidecar/src/core/metrics.ts';
import type { Clock } from '../../../sidecar/src/core/time.ts';
import type { User } from '../../../sidecar/src/core/types.ts';

export const NOW = Date.UTC(2026, 10, 20, 12);
export const ALICE = 'alice7777777777777777777aa';
export const BOB = 'bob99999999999999999999bbb';
export const BOT = 'botbotbotbotbotbotbotbot11';

/** A clock that stands until it is moved; who sleeps wakes when it is moved far enough. */
export function createTestClock(start = NOW): Clock & { advance(ms: number): void } {
  let now = start;
  const sleepers = new Set<() => void>();
  return {
    now: () => now,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        const until = now + ms;
        const check = () => {
          if (now < until && !signal?.aborted) return;
          sleepers.delete(check);
          resolve();
        };
        sleepers.add(check);
        signal?.addEventListener('abort', check, { once: true });
        check();
      }),
    advance: (ms) => {
      now += ms;
      for (const check of [...sleepers]) check();
    },
  };
}

/** A sealer whose keys are named; the same name gives the same key. */
export function sealerOf(...names: string[]) {
  return createSealer(names.map((id) => ({ id, key: Buffer.alloc(32, id) })));
}

export function userOf(overrides: Partial<User> = {}): User {
  return {
    id: ALICE,
    username: 'alice',
    name: 'Alice Adams',
    email: 'alice@example.com',
    locale: 'en',
    isBot: false,
    deactivated: false,
    ...overrides,
  };
}

/** Keeps what is logged. */
export function createTestLog(): Log & { lines: Array<{ level: string; code: unknown; message: string }> } {
  const lines: Array<{ level: string; code: unknown; message: string }> = [];
  const at = (level: string) => (fields: Record<string, unknown>, message: string) => {
    lines.push({ level, code: fields.code, message });
  };
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** For `assert.rejects` and `assert.throws`: the error has this code. */
export function hasCode(code: ErrorCode): (error: AppError) => boolean {
  return (error) => error.code === code;
}

export interface Received {
  method: string;
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export interface Scripted {
  status?: number;
  headers?: Record<string, string>;
  json?: unknown;
  text?: string;
  /** Never answers. */
  hang?: boolean;
  /** Closes the connection without an answer. */
  drop?: boolean;
}

/** A server that answers as it is told and keeps what it received. */
export async function startScripted(answer: (request: Received) => Scripted) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString('utf8');
    const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
    received.push(one);
    play(answer(one), response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function play(scripted: Scripted, response: ServerResponse): void {
  if (scripted.hang) return;
  if (scripted.drop) {
    response.destroy();
    return;
  }
  const type = scripted.text === undefined ? 'application/json' : 'text/html';
  response.writeHead(scripted.status ?? 200, { 'content-type': type, ...scripted.headers });
  response.end(scripted.text ?? JSON.stringify(scripted.json ?? {}));
}

/** Keeps the outbound requests that were counted. */
export function createTestMetrics() {
  const requests: OutboundRequest[] = [];
  return { requests, outbound: (request: OutboundRequest) => void requests.push(request) };
}
