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
import { createMiddleware } from './middleware.ts';
import type { Limiter, LimitScope } from './rate-limiter.ts';
import { createLimiter } from './rate-limiter.ts';

/** A token, or a function that gets one: then a call that Graph answers with 401 is repeated once with a new token. */
export type TokenSource = string | (() => Promise<string>);

/** A request to Graph. `path` starts with a slash and has no version; ids in it are percent-encoded. */
export interface GraphCall extends LimitScope {
  token: TokenSource;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Default: twenty seconds. */
  timeoutMs?: number;
  signal?: AbortSignal;
}

/**
 * Microsoft Graph v1.0. One attempt per call and token; retrying is the queue's and the jobs' part. Answers are unchecked JSON, undefined
 * when empty; `graph/wire` reads them.
 *
 * @throws {AppError} unauthorized (401), microsoft_not_found, microsoft_conflict, microsoft_quota, microsoft_throttled with
 * `retryAfterMs`, microsoft_unavailable (5xx or no answer), microsoft_refused (any other); `fields.requestId` is Graph's
 */
export interface GraphClient {
  get(call: GraphCall): Promise<unknown>;
  post(call: GraphCall): Promise<unknown>;
  patch(call: GraphCall): Promise<unknown>;
  delete(call: GraphCall): Promise<unknown>;
  /** The bytes of a file. @throws {AppError} payload_too_large */
  getBytes(call: GraphCall, maxBytes: number): Promise<Buffer>;
  /** Opens a file whose address Graph answers with. @throws {AppError} payload_too_large */
  openFile(call: GraphCall, maxBytes: number): Promise<Download>;
  /** Whether Graph has answered 401 to that token. A password reset or a revoked session ends tokens early. */
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

/** The Graph client: Microsoft's library builds the requests, middleware of our own sends them. */
export function createGraphClient(options: GraphClientOptions): GraphClient {
  const { graphUrl, clock, metrics } = options;
  const limiter = options.limiter ?? createLimiter(clock);
  const dispatcher = options.dispatcher ?? new Agent({ connect: { timeout: 10 * SECOND }, connections: 64 });
  const origin = new URL(graphUrl).origin;
  const client = Client.initWithMiddleware({
    baseUrl: `${graphUrl}/`,
    defaultVersion: 'v1.0',
    middleware: createMiddleware({ origin, limiter, dispatcher, clock, metrics }),
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
    const needsNewToken = first.status === 401 && typeof call.token !== 'string';
    const response = needsNewToken ? await send(method, call, maxBytes) : first;
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

/** The raw answer, also of a failure: the library's own errors lose our codes and fail on bodies that are not JSON. */
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
