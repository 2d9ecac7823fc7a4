import { Client, ResponseType } from '@microsoft/microsoft-graph-client';
import { LRUCache } from 'lru-cache';
import type { Dispatcher } from 'undici';
import { Agent } from 'undici';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { Clock } from '../../core/time.ts';
import { SECOND } from '../../core/time.ts';
import { parseJson } from '../wire/entities.ts';
import type { Download } from './download.ts';
import { openDownload } from './download.ts';
import { graphError } from './errors.ts';
import type { CallState } from './middleware.ts';
import { graphMiddleware } from './middleware.ts';
import type { Limiter, LimitScope } from './rate-limiter.ts';
import { createLimiter } from './rate-limiter.ts';

/** A token, or how to get one: then a token that Graph refuses before its time is replaced once. */
export type TokenSource = string | (() => Promise<string>);

/** One request to Graph. `path` starts with a slash, without the version; ids in it are percent-encoded. */
export interface GraphCall extends LimitScope {
  token: TokenSource;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Default: twenty seconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/** Microsoft Graph v1.0. Answers are unchecked JSON (undefined when empty): `wire.ts` reads them. */
export interface GraphClient {
  get(call: GraphCall): Promise<unknown>;
  post(call: GraphCall): Promise<unknown>;
  patch(call: GraphCall): Promise<unknown>;
  delete(call: GraphCall): Promise<unknown>;
  /** Bytes of a file. Error besides the others: `payload_too_large`. */
  getBytes(call: GraphCall, maxBytes: number): Promise<Buffer>;
  /** Opens a file that Graph answers with the address of. Errors besides the others: those of `openDownload`. */
  openFile(call: GraphCall, maxBytes: number): Promise<Download>;
  /** Whether Graph has answered 401 to that token: a password reset or a revoked session ends tokens before their time. */
  isRefused(token: string): boolean;
  close(): Promise<void>;
}

export interface GraphClientOptions {
  /** Graph's root, https, without version and trailing slash. */
  graphUrl: string;
  clock: Clock;
  metrics: Metrics;
  limiter?: Limiter;
  /** For a proxy or a special certificate authority; the default trusts what Node trusts. */
  dispatcher?: Dispatcher;
}

const TIMEOUT = 20 * SECOND;
const MAX_JSON_BYTES = 8 * 1024 * 1024;
const MAX_REFUSED = 10_000;

type Method = 'get' | 'post' | 'patch' | 'delete';

/**
 * The Graph client: Microsoft's library for the requests, our own chain beneath it. One attempt per call and token. Errors: `unauthorized` (401),
 * `microsoft_not_found`, `microsoft_conflict`, `microsoft_quota`, `microsoft_throttled` (with `retryAfterMs`),
 * `microsoft_unavailable` (5xx, no answer), `microsoft_refused` (the rest); `fields.requestId` is Graph's.
 */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { graphUrl, clock, metrics } = options;
  const limiter = options.limiter ?? createLimiter(clock);
  const dispatcher = options.dispatcher ?? new Agent({ connect: { timeout: 10 * SECOND }, connections: 64 });
  const origin = new URL(graphUrl).origin;
  const client = Client.initWithMiddleware({
    baseUrl: `${graphUrl}/`,
    defaultVersion: 'v1.0',
    middleware: graphMiddleware({ origin, limiter, dispatcher, clock, metrics }),
  });

  const refused = new LRUCache<string, true>({ max: MAX_REFUSED });

  async function send(method: Method, call: GraphCall, maxBytes: number): Promise<Response> {
    const { token: source } = call;
    const token = typeof source === 'string' ? source : await source();
    const response = await sendRaw(client, { method, call, state: stateOf({ ...call, token }, maxBytes) });
    if (response.status === 401) refused.set(token, true);
    return response;
  }

  async function perform(method: Method, call: GraphCall, maxBytes: number): Promise<Response> {
    const first = await send(method, call, maxBytes);
    const isToBeRenewed = first.status === 401 && typeof call.token !== 'string';
    const response = isToBeRenewed ? await send(method, call, maxBytes) : first;
    if (response.ok || response.headers.has('location')) return response;
    const error = graphError({
      operation: call.operation,
      status: response.status,
      body: await response.text(),
      requestId: response.headers.get('request-id'),
      retryAfter: response.headers.get('retry-after'),
      now: clock.now(),
    });
    if (response.status === 429 && error.retryAfterMs !== undefined) limiter.pause(call, error.retryAfterMs);
    throw error;
  }

  async function json(method: Method, call: GraphCall): Promise<unknown> {
    return parseJson(await (await perform(method, call, MAX_JSON_BYTES)).text());
  }

  return {
    get: (call) => json('get', call),
    post: (call) => json('post', call),
    patch: (call) => json('patch', call),
    delete: (call) => json('delete', call),
    getBytes: async (call, maxBytes) => Buffer.from(await (await perform('get', call, maxBytes)).arrayBuffer()),
    openFile: async (call, maxBytes) => {
      const { headers } = await perform('get', call, MAX_JSON_BYTES);
      return openDownload({ dispatcher, clock, metrics }, headers.get('location') ?? '', maxBytes);
    },
    isRefused: (token) => refused.has(token),
    async close() {
      if (!options.dispatcher) await dispatcher.close();
    },
  };
}

function stateOf(call: GraphCall & { token: string }, maxBytes: number): CallState {
  const { operation, tid, user, chat, priority, longestWaitMs } = call;
  return {
    token: call.token,
    scope: {
      operation,
      tid,
      user,
      ...(chat === undefined ? {} : { chat }),
      ...(priority === undefined ? {} : { priority }),
      ...(longestWaitMs === undefined ? {} : { longestWaitMs }),
    },
    timeoutMs: call.timeoutMs ?? TIMEOUT,
    maxBytes,
    signal: call.signal,
    failure: null,
  };
}

/** The library's raw answer, errors included: its own error objects lose our codes and stumble over bodies that are no JSON. */
async function sendRaw(
  client: Client,
  { method, call, state }: { method: Method; call: GraphCall; state: CallState },
): Promise<Response> {
  const request = client
    .api(call.path)
    .headers(call.headers ?? {})
    .option('call', state)
    .responseType(ResponseType.RAW);
  try {
    const answer: unknown = await (method === 'get' || method === 'delete'
      ? request[method]()
      : request[method](call.body ?? {}));
    if (answer instanceof Response) return answer;
  } catch (error) {
    throw state.failure ?? toAppError(error);
  }
  throw new AppError('internal', 'The Graph library gave no response.');
}
