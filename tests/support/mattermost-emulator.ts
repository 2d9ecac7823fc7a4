import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Mattermost, type MattermostOptions, startMattermost } from '../../playground/mattermost/server.ts';

export type Json = Record<string, unknown>;

/** What a call answered. `json` is empty when the body is no JSON object. */
export interface Answer {
  status: number;
  headers: Headers;
  text: string;
  json: Json;
  list: Json[];
}

export interface CallOptions {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

/** A started server with what nearly every test needs. */
export interface MattermostEmulator extends Mattermost {
  call(route: string, options?: CallOptions): Promise<Answer>;
  admin(route: string, body?: unknown): Promise<Answer>;
  login(username: string): Promise<{ token: string; id: string; cookies: string; csrf: string; setCookies: string[] }>;
  bot(username: string): Promise<{ id: string; token: string }>;
  direct(token: string, one: string, other: string): Promise<string>;
  control(route: string, body?: unknown): Promise<Answer>;
}

/** Starts a server; bots may be created unless the options say otherwise. */
export async function startMattermostEmulator(options: MattermostOptions = {}): Promise<MattermostEmulator> {
  const config = { ...options.config };
  config.ServiceSettings = { EnableBotAccountCreation: true, ...config.ServiceSettings };
  const server = await startMattermost({ ...options, config });
  const call = (route: string, callOptions: CallOptions = {}) =>
    request(server.url, `api/v4/${path(route)}`, { route, ...callOptions });
  const admin = (route: string, body?: unknown) => call(route, { token: server.adminToken, body });
  return {
    ...server,
    call,
    admin,
    control: (route, body) => request(server.url, `playground/${path(route)}`, { route, body }),
    async login(username) {
      const answer = await call('POST users/login', {
        body: { login_id: username, password: 'Password1!' },
        headers: { 'X-Requested-With': 'XMLHttpRequest' },
      });
      const setCookies = answer.headers.getSetCookie();
      const cookies = setCookies.map((cookie) => cookie.split(';')[0]).join('; ');
      const csrf = /MMCSRF=([^;]+)/.exec(cookies)?.[1] ?? '';
      return { token: answer.headers.get('token') ?? '', id: String(answer.json.id), cookies, csrf, setCookies };
    },
    async bot(username) {
      const { json } = await admin('POST bots', { username, display_name: 'A Bot', description: '' });
      const token = await admin(`POST users/${json.user_id}/tokens`, { description: 'test' });
      return { id: String(json.user_id), token: String(token.json.token) };
    },
    async direct(token, one, other) {
      const answer = await call('POST channels/direct', { token, body: [one, other] });
      return String(answer.json.id);
    },
  };
}

function path(route: string): string {
  return route.split(' ')[1] ?? '';
}

async function request(url: string, target: string, options: CallOptions & { route: string }): Promise<Answer> {
  const headers: Record<string, string> = { ...options.headers };
  if (options.token !== undefined) headers.authorization = `Bearer ${options.token}`;
  const init: RequestInit = { method: options.route.split(' ')[0] ?? 'GET', headers, redirect: 'manual' };
  if (options.body instanceof FormData || options.body instanceof Uint8Array)
    init.body = options.body as FormData | Uint8Array<ArrayBuffer>;
  else if (options.body !== undefined) init.body = JSON.stringify(options.body);
  const response = await fetch(`${url}/${target}`, init);
  const text = await response.text();
  const value = parse(text);
  const list = Array.isArray(value) ? (value as Json[]) : [];
  const json = typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : {};
  return { status: response.status, headers: response.headers, text, json, list };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** One request that an integration received. */
export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

/** An HTTP server that plays the sidecar: records requests and answers what it is told. */
export interface Integration {
  url: string;
  received: Received[];
  reply: { status: number; headers: Record<string, string>; body: string };
  close(): Promise<void>;
}

export async function startIntegration(): Promise<Integration> {
  const integration = {
    received: [] as Received[],
    reply: { status: 200, headers: { 'content-type': 'application/json' } as Record<string, string>, body: '{}' },
  };
  const server: Server = createServer((incoming, outgoing) => {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming;
      integration.received.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
      outgoing.writeHead(integration.reply.status, integration.reply.headers).end(integration.reply.body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(integration, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  });
}
