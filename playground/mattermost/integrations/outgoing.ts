import { lookup } from 'node:dns';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { rootCertificates } from 'node:tls';
import type { Config } from '../state/config.ts';
import { createSsrfGuard, type SsrfGuard } from './ssrf.ts';

const MAX_REDIRECTS = 10;
const MAX_REPLY_BYTES = 1_048_576;
const CLIENT_TIMEOUT_MS = 30_000;

/** One request to an integration. */
export interface OutgoingRequest {
  method: 'GET' | 'POST';
  url: string;
  headers: Record<string, string>;
  body?: string;
}

export interface OutgoingReply {
  status: number;
  contentType: string;
  body: string;
}

/** Calls an integration as Mattermost does: guarded destinations, 30 s, redirects followed, 1 MiB of answer. Rejects with the reason. */
export type Outgoing = (request: OutgoingRequest) => Promise<OutgoingReply>;

/** `extraCa` (PEM) is trusted beside the usual authorities; `settings` are read at each call. */
export function createOutgoing(settings: () => Config['ServiceSettings'], extraCa: string | undefined): Outgoing {
  const ca = extraCa === undefined ? undefined : [...rootCertificates, extraCa];
  return async (request) => {
    const { OutgoingIntegrationRequestsTimeout, EnableInsecureOutgoingConnections } = settings();
    const options: HopOptions = {
      guard: createSsrfGuard(settings().AllowedUntrustedInternalConnections),
      signal: AbortSignal.timeout(Math.min(CLIENT_TIMEOUT_MS, OutgoingIntegrationRequestsTimeout * 1000)),
      rejectUnauthorized: !EnableInsecureOutgoingConnections,
      ...(ca ? { ca } : {}),
    };
    let next = request;
    for (let hop = 0; hop <= MAX_REDIRECTS; hop += 1) {
      const reply = await send(next, options);
      const target = redirected(next, reply);
      if (!target) return readReply(reply);
      reply.resume();
      next = target;
    }
    throw new Error('stopped after 10 redirects');
  };
}

interface HopOptions {
  guard: SsrfGuard;
  signal: AbortSignal;
  rejectUnauthorized: boolean;
  ca?: string[];
}

/** Go's client turns a POST into a GET without body on 301, 302 and 303. */
function redirected(request: OutgoingRequest, reply: IncomingMessage): OutgoingRequest | undefined {
  const { location } = reply.headers;
  if (location === undefined || ![301, 302, 303, 307, 308].includes(reply.statusCode ?? 0)) return undefined;
  const url = new URL(location, request.url).href;
  if (reply.statusCode === 307 || reply.statusCode === 308) return { ...request, url };
  const { 'Content-Type': _, ...headers } = request.headers;
  return { method: 'GET', url, headers };
}

function send(request: OutgoingRequest, options: HopOptions): Promise<IncomingMessage> {
  const url = new URL(request.url);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const { guard } = options;
  const isFree = guard.isHostAllowed(host);
  if (!isFree && isIP(host) !== 0 && !guard.isAddressAllowed(host)) return Promise.reject(forbiddenAddress());
  const client = url.protocol === 'https:' ? https : http;
  return new Promise((resolve, reject) => {
    const call = client.request(
      url,
      {
        method: request.method,
        headers: request.headers,
        signal: options.signal,
        rejectUnauthorized: options.rejectUnauthorized,
        agent: false,
        ...(options.ca ? { ca: options.ca } : {}),
        ...(isFree ? {} : { lookup: guardedLookup(guard) }),
      },
      resolve,
    );
    call.on('error', reject);
    call.end(request.body);
  });
}

function forbiddenAddress(): Error {
  return new Error(
    'address forbidden, you may need to set AllowedUntrustedInternalConnections to allow an integration access to your internal network',
  );
}

function guardedLookup(guard: SsrfGuard): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '');
      const allowed = addresses.filter(({ address }) => guard.isAddressAllowed(address));
      const first = allowed[0];
      if (!first) return callback(forbiddenAddress(), '');
      if (options.all === true) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

async function readReply(reply: IncomingMessage): Promise<OutgoingReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    if (size > MAX_REPLY_BYTES) break;
  }
  return {
    status: reply.statusCode ?? 0,
    contentType: reply.headers['content-type'] ?? '',
    body: Buffer.concat(chunks).subarray(0, MAX_REPLY_BYTES).toString('utf8'),
  };
}
