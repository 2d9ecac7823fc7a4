import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { channelId } from './users.ts';

/**
 * A Mattermost that does nothing but answer: what the sidecar asks while it delivers, in the real wire form, for a tenth of the
 * processor time of the playground's. It remembers when each numbered text first arrived.
 */
export interface LightMattermost {
  url: string;
  /** Milliseconds before every answer; `slow` users get posts much later. */
  delay: { ms: number; slowMs: number; isSlow(user: number): boolean };
  /** `performance.now()` by serial number of the message. */
  arrivals: Map<number, number>;
  /** Requests that made or changed a post. */
  posts: number;
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function startLightMattermost(): Promise<LightMattermost> {
  const light: LightMattermost = {
    url: '',
    delay: { ms: 0, slowMs: 0, isSlow: () => false },
    arrivals: new Map(),
    posts: 0,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  const server = createServer((request, response) => void respond(light, request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  light.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return light;
}

async function respond(light: LightMattermost, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await textOf(request);
  const path = (request.url ?? '').replace(/^\/api\/v4/, '').replace(/\?.*$/, '');
  const route = `${request.method} ${path}`;
  const writes = route === 'POST /posts' || /^PUT \/posts\/[^/]+\/patch$/.test(route);
  const slow = writes && light.delay.slowMs > 0 && light.delay.isSlow(userOf(`${body}${bodies.get(postOf(path))}`));
  const wait = slow ? light.delay.slowMs : light.delay.ms;
  if (wait > 0) await sleep(wait);
  const answer = answerTo(route, body);
  if (writes) note(light, body);
  const text = JSON.stringify(answer ?? { id: 'api.context.404.app_error', message: 'Not found.', status_code: 404 });
  response.writeHead(answer ? 200 : 404, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
  });
  response.end(text);
}

let made = 0;
/** Posts as they were sent last, so that a burst is folded into the post that is there, as everywhere. */
const bodies = new Map<string, string>();

function newId(): string {
  made += 1;
  return `post${String(made).padStart(22, '0')}`;
}

function keep(id: string, body: string): unknown {
  bodies.set(id, body);
  return { id, user_id: BOT, create_at: Date.now() };
}

function change(id: string, body: string): unknown {
  return keep(id, JSON.stringify({ ...standing(id), ...(JSON.parse(body) as object) }));
}

function standing(id: string): object | null {
  const body = bodies.get(id);
  return body === undefined ? null : { ...(JSON.parse(body) as object), id, user_id: BOT, delete_at: 0 };
}

function postOf(path: string): string {
  return /\/posts\/([a-z0-9]+)/.exec(path)?.[1] ?? '';
}

function answerTo(route: string, body: string): unknown {
  if (route === 'POST /posts') return keep(newId(), body);
  if (route.startsWith('PUT /posts/')) return change(postOf(route), body);
  if (route.startsWith('GET /posts/')) return standing(postOf(route));
  if (route === 'POST /channels/direct') return { id: channelId(userOf(body)), type: 'D' };
  const [, who] = /^GET \/users\/([a-z0-9]+)$/.exec(route) ?? [];
  if (who === 'me') return { id: BOT, username: 'msteams', is_bot: true, locale: 'en' };
  if (who) return { id: who, username: who, email: `${who}@example.com`, locale: 'en', delete_at: 0 };
  if (/^GET \/channels\/[a-z0-9]+\/posts$/.test(route)) return { order: [], posts: {} };
  return null;
}

const BOT = 'bot00000000000000000000000';

/** The number in the first id of a user or channel of the load. */
function userOf(body: string): number {
  return Number(/"(?:user|chan)(\d{22})"/.exec(body)?.[1] ?? 0);
}

function note(light: LightMattermost, body: string): void {
  light.posts += 1;
  const now = performance.now();
  for (const [, serial] of body.matchAll(/bench-(\d+)/g)) {
    if (!light.arrivals.has(Number(serial))) light.arrivals.set(Number(serial), now);
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
