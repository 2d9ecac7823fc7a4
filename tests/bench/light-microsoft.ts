import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createAuthority } from '../../playground/authority.ts';
import { CHANGE_TRACKING } from '../../playground/microsoft/delivery/validation-tokens.ts';
import { createKeys } from '../../playground/microsoft/keys.ts';
import { CLIENT_ID } from '../../playground/sample.ts';
import { messagesResource, webhookUrls } from '../../sidecar/src/graph/subscriptions/api.ts';
import { objectId, PUBLIC_URL, subscriptionId, TENANT } from './users.ts';

/** Entra and Graph that do nothing but answer, over TLS, in the real wire form. */
export interface LightMicrosoft {
  url: string;
  /** What must be trusted to reach it. */
  authorityPem: string;
  /** Proof of origin for notifications, good for a day. */
  validationToken: string;
  /** Milliseconds before every answer. */
  delay: { ms: number };
  /** Requests by route, and the times of renewals. */
  counts: Map<string, number>;
  renewals: number[];
  close(): Promise<void>;
}

/** Starts it on a free port. */
export async function startLightMicrosoft(): Promise<LightMicrosoft> {
  const authority = await createAuthority();
  const keys = await createKeys();
  const delay = { ms: 0 };
  const counts = new Map<string, number>();
  const renewals: number[] = [];
  let url = '';
  const claims = (more: Record<string, unknown>) => {
    const now = Math.floor(Date.now() / 1000);
    return {
      aud: CLIENT_ID,
      iss: `${url}/${TENANT}/v2.0`,
      iat: now,
      nbf: now,
      exp: now + 86_400,
      tid: TENANT,
      ...more,
    };
  };
  const person = (nonce: string) =>
    keys.sign(
      claims({ oid: objectId(0), sub: 's', preferred_username: 'a@example.com', name: 'A', nonce, ver: '2.0' }),
    );

  async function respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = (request.url ?? '').replace(/\?.*$/, '');
    const route = routeOf(request.method ?? '', path);
    counts.set(route, (counts.get(route) ?? 0) + 1);
    if (route === 'PATCH subscription') renewals.push(Date.now());
    if (delay.ms > 0) await sleep(delay.ms);
    const owner = /^Bearer access\.(.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    const question = { route, path, owner, body: Buffer.concat(chunks).toString('utf8') };
    const answer = await answerTo(question, { url, keys, person });
    const text = JSON.stringify(answer ?? { error: { code: 'NotFound', message: route } });
    response.writeHead(answer ? 200 : 404, {
      'content-type': 'application/json',
      'content-length': Buffer.byteLength(text),
    });
    response.end(text);
  }

  const server = createServer(await authority.issue(['localhost', '127.0.0.1']), (request, response) => {
    void respond(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `https://localhost:${(server.address() as AddressInfo).port}`;
  return {
    url,
    delay,
    counts,
    renewals,
    authorityPem: authority.certificatePem,
    validationToken: await keys.sign(claims({ azp: CHANGE_TRACKING, azpacr: '2', oid: randomUUID(), ver: '2.0' })),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

function routeOf(method: string, path: string): string {
  if (path.endsWith('/openid-configuration')) return 'GET configuration';
  if (path.endsWith('/discovery/v2.0/keys')) return 'GET keys';
  if (path.endsWith('/token')) return 'POST token';
  if (path === '/v1.0/me/presence') return 'GET presence';
  if (path.startsWith('/v1.0/chats/')) return 'GET chat';
  if (path === '/v1.0/me/chats') return 'GET chats';
  if (path === '/v1.0/subscriptions' && method === 'GET') return 'GET subscriptions';
  if (path.startsWith('/v1.0/subscriptions')) return `${method} subscription`;
  return `${method} ${path}`;
}

interface Question {
  route: string;
  path: string;
  /** Object id of the token's owner. */
  owner: string;
  body: string;
}

interface World {
  url: string;
  keys: Awaited<ReturnType<typeof createKeys>>;
  person(nonce: string): Promise<string>;
}

async function answerTo({ route, path, owner, body }: Question, { url, keys, person }: World): Promise<unknown> {
  const base = `${url}/${TENANT}`;
  if (route === 'GET configuration') {
    return {
      issuer: `${base}/v2.0`,
      authorization_endpoint: `${base}/oauth2/v2.0/authorize`,
      token_endpoint: `${base}/oauth2/v2.0/token`,
      jwks_uri: `${base}/discovery/v2.0/keys`,
    };
  }
  if (route === 'GET keys') return keys.jwks;
  if (route === 'POST token') return token(new URLSearchParams(body), person);
  if (route === 'GET presence') return { availability: 'Offline', activity: 'Offline' };
  if (route === 'GET chat') {
    const id = decodeURIComponent(path.slice('/v1.0/chats/'.length));
    return { id, chatType: 'group', topic: `Topic of ${id.slice(3, 35)}`, members: [] };
  }
  if (route === 'GET chats') return { value: [] };
  if (route === 'GET subscriptions') return { value: [subscription(subscriptionOf(owner), owner)] };
  if (route.endsWith(' subscription')) return subscription(path.split('/')[3] ?? randomUUID(), owner);
  return null;
}

function subscription(id: string, owner: string): unknown {
  return {
    id,
    resource: messagesResource(owner),
    ...FEED,
    expirationDateTime: new Date(Date.now() + 86_400_000).toISOString(),
  };
}

const { notificationUrl, lifecycleUrl: lifecycleNotificationUrl } = webhookUrls(PUBLIC_URL);
const FEED = { notificationUrl, lifecycleNotificationUrl };

/** The ids of a user and of their subscription end in the same number. */
function subscriptionOf(owner: string): string {
  return subscriptionId(Number(owner.slice(-12)));
}

/** The code carries the nonce and the refresh token the object id, so nothing has to be remembered. */
async function token(form: URLSearchParams, person: (nonce: string) => Promise<string>): Promise<unknown> {
  const code = form.get('code');
  const common = { token_type: 'Bearer', scope: form.get('scope') ?? '', expires_in: 86_000, ext_expires_in: 86_000 };
  if (code === null) {
    const refresh_token = form.get('refresh_token') ?? '';
    return { ...common, access_token: refresh_token.replace('refresh', 'access'), refresh_token };
  }
  const client_info = Buffer.from(JSON.stringify({ uid: objectId(0), utid: TENANT })).toString('base64url');
  const refresh_token = `refresh.${objectId(0)}`;
  return { ...common, access_token: 'access', refresh_token, id_token: await person(code), client_info };
}
