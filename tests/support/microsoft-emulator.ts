import { randomBytes } from 'node:crypto';
import { ConfidentialClientApplication, CryptoProvider, type INetworkModule } from '@azure/msal-node';
import { generate } from 'selfsigned';
import { Agent, type Dispatcher, request } from 'undici';
import { type Authority, createAuthority } from '../../playground/authority.ts';
import { type Microsoft, startMicrosoft } from '../../playground/microsoft/server.ts';
import type { MicrosoftOptions } from '../../playground/microsoft/types.ts';
import { CLIENT_ID, CLIENT_SECRET, CONTOSO } from '../../playground/sample.ts';

/** The redirect URI. Nothing listens there; the tests read the address. */
export const REDIRECT_URI = 'https://localhost:9443/oauth/callback';
/** What the product asks for. */
export const SCOPES = ['User.Read', 'Chat.Read', 'Presence.Read'];

export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Dispatcher.ResponseData['headers'];
  text: string;
  json: T;
}

/** A running Microsoft with the calls tests make. */
export interface MicrosoftEmulator {
  authority: Authority;
  microsoft: Microsoft;
  call<T = Record<string, unknown>>(method: string, address: string, more?: CallOptions): Promise<Answer<T>>;
  control<T = Record<string, unknown>>(method: string, path: string, body?: object): Promise<T>;
  network: INetworkModule;
  close(): Promise<void>;
}

export interface CallOptions {
  token?: string;
  body?: object;
  form?: Record<string, string>;
  headers?: Record<string, string>;
}

export async function startMicrosoftEmulator(options: MicrosoftOptions = {}): Promise<MicrosoftEmulator> {
  const authority = await createAuthority();
  const microsoft = await startMicrosoft({ authority, redirectUris: [REDIRECT_URI], options });
  const dispatcher = new Agent({ connect: { ca: authority.certificatePem }, connections: 32 });

  async function call<T>(method: string, address: string, more: CallOptions = {}): Promise<Answer<T>> {
    const url = address.startsWith('https:') ? address : `${microsoft.url}${address}`;
    const answer = await request(url, {
      method: method as Dispatcher.HttpMethod,
      dispatcher,
      headers: {
        ...(more.token === undefined ? {} : { authorization: `Bearer ${more.token}` }),
        ...(more.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(more.form === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }),
        ...more.headers,
      },
      body: more.form ? new URLSearchParams(more.form).toString() : more.body ? JSON.stringify(more.body) : null,
    });
    const text = await answer.body.text();
    const isJson = String(answer.headers['content-type']).includes('json');
    return { status: answer.statusCode, headers: answer.headers, text, json: (isJson ? JSON.parse(text) : null) as T };
  }

  const send = async (
    method: string,
    url: string,
    options: { headers?: Record<string, string>; body?: string } = {},
  ) => {
    const answer = await request(url, { method: method as Dispatcher.HttpMethod, dispatcher, ...options });
    return {
      status: answer.statusCode,
      headers: answer.headers as Record<string, string>,
      body: (await answer.body.json()) as never,
    };
  };
  return {
    authority,
    microsoft,
    call,
    control: async <T>(method: string, path: string, body?: object) => {
      const answer = await call<T>(method, `/playground${path}`, body ? { body } : {});
      if (answer.status > 299) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
      return answer.json;
    },
    network: {
      sendGetRequestAsync: (url, options) =>
        send('GET', url, { ...(options?.headers ? { headers: options.headers } : {}) }),
      sendPostRequestAsync: (url, options) =>
        send('POST', url, {
          ...(options?.headers ? { headers: options.headers } : {}),
          ...(options?.body === undefined ? {} : { body: options.body }),
        }),
    },
    close: async () => {
      await dispatcher.close();
      await microsoft.close();
    },
  };
}

type Credential = { clientSecret: string } | { clientCertificate: { thumbprintSha256: string; privateKey: string } };

/** The real msal-node against this Microsoft. */
export function createMsal(
  emulator: MicrosoftEmulator,
  credential: Credential = { clientSecret: CLIENT_SECRET },
): ConfidentialClientApplication {
  const { url } = emulator.microsoft;
  return new ConfidentialClientApplication({
    auth: { clientId: CLIENT_ID, authority: `${url}/${CONTOSO}`, knownAuthorities: [new URL(url).host], ...credential },
    system: { networkClient: emulator.network },
  });
}

/** A good authorize request, changed; null takes a parameter out. */
export function toAuthorizeUrl(change: Record<string, string | null> = {}): string {
  const query = new URLSearchParams({
    client_id: CLIENT_ID,
    response_type: 'code',
    redirect_uri: REDIRECT_URI,
    scope: 'openid profile offline_access User.Read',
    state: 's',
    nonce: 'n',
    code_challenge: 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM',
    code_challenge_method: 'S256',
  });
  for (const [name, value] of Object.entries(change)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  return `/${CONTOSO}/oauth2/v2.0/authorize?${query}`;
}

/** Walks the pages as a person: picks `oid`, then accepts or declines. Answers the address that the browser is sent to. */
export async function walk(
  emulator: MicrosoftEmulator,
  authorizeUrl: string,
  { oid, decision = 'accept' }: { oid: string; decision?: string },
): Promise<URL> {
  const picked = await pick(emulator, authorizeUrl, oid);
  if (picked.status === 302) return new URL(String(picked.headers.location));
  const flow = field(picked.text, 'flow');
  const done = await emulator.call('POST', `/${CONTOSO}/consent`, { form: { flow, decision } });
  return new URL(String(done.headers.location));
}

/** Opens the sign-in page and clicks a person. */
export async function pick(emulator: MicrosoftEmulator, authorizeUrl: string, oid: string): Promise<Answer> {
  const page = await emulator.call('GET', authorizeUrl);
  return emulator.call('POST', `/${CONTOSO}/login`, { form: { flow: field(page.text, 'flow'), person: oid } });
}

function field(page: string, name: string): string {
  const value = new RegExp(`name="${name}" value="([^"]+)"`).exec(page)?.[1];
  if (value === undefined) throw new Error(`The page has no field ${name}: ${page.slice(0, 500)}`);
  return value;
}

/** A delegated access token of a person, got over the whole way. */
export async function signIn(emulator: MicrosoftEmulator, oid: string, scopes = SCOPES) {
  const msal = createMsal(emulator);
  const { verifier, challenge } = await new CryptoProvider().generatePkceCodes();
  const authorizeUrl = await msal.getAuthCodeUrl({
    scopes,
    redirectUri: REDIRECT_URI,
    codeChallenge: challenge,
    codeChallengeMethod: 'S256',
    state: 'the-state',
    nonce: 'the-nonce',
  });
  const back = await walk(emulator, authorizeUrl, { oid });
  const code = back.searchParams.get('code') ?? '';
  const result = await msal.acquireTokenByCode({
    code,
    scopes,
    redirectUri: REDIRECT_URI,
    codeVerifier: verifier,
    nonce: 'the-nonce',
  });
  return { msal, result, token: result.accessToken, back, code, verifier };
}

/** A certificate to encrypt notifications with. */
export async function createEncryptionKey(): Promise<{ base64: string; privateKey: string; pem: string }> {
  const made = await generate([{ name: 'commonName', value: 'encryption' }], { keySize: 2048, algorithm: 'sha256' });
  return { base64: made.cert.replace(/-----[A-Z ]+-----|\s/g, ''), privateKey: made.private, pem: made.cert };
}

/** Body of Create subscription for a person's chats. */
export function subscriptionBody(oid: string, more: Record<string, unknown>): Record<string, unknown> {
  return {
    changeType: 'created,updated,deleted',
    resource: `/users/${oid}/chats/getAllMessages`,
    expirationDateTime: new Date(Date.now() + 50 * 60_000).toISOString(),
    clientState: randomBytes(12).toString('hex'),
    ...more,
  };
}
