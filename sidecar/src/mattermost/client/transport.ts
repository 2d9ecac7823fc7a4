import { Readable } from 'node:stream';
import { type Dispatcher, Pool } from 'undici';
import { AppError } from '../../core/errors.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { BeforeSend } from '../../core/ports/bot.ts';
import type { Clock } from '../../core/time.ts';
import { SECOND } from '../../core/time.ts';
import { failureOf } from './errors.ts';
import { withBeforeSend } from './send-guard.ts';
import { createThrottle } from './throttle.ts';

export interface TransportOptions {
  /** Where the sidecar reaches Mattermost; may end in a sub-path. */
  url: string;
  clock: Clock;
  metrics: Pick<Metrics, 'outbound'>;
  /** Ends every request, at shutdown. */
  signal?: AbortSignal;
  /** For a proxy. The caller closes it. */
  dispatcher?: Dispatcher;
  /** Milliseconds for a whole request, answer included. */
  timeoutMs?: number;
}

/** One request, as `Client4.getOptions` prepares it. */
export interface OutboundCall {
  url: string;
  method: string;
  headers: Record<string, string>;
  /** Text, a form or a stream; undefined for none. */
  body: string | FormData | AsyncIterable<Uint8Array> | undefined;
  /** Milliseconds for this request, answer included. */
  timeoutMs?: number;
  beforeSend?: BeforeSend | undefined;
}

export interface Transport {
  /** Sends one request, once. @throws {AppError} mattermost_*, and what `beforeSend` throws */
  send(call: OutboundCall): Promise<Answer>;
  close(): Promise<void>;
}

/** A 2xx answer; `data` is its parsed JSON. */
export interface Answer {
  status: number;
  headers: Headers;
  data: unknown;
}

const TIMEOUT_MS = 15 * SECOND;
/** More than the worker's chats at a time, so that a request that a person waits for never waits for a connection. */
const CONNECTIONS = 320;

/**
 * HTTP to Mattermost over one keep-alive pool, which takes a sixth of the CPU time of `fetch`. Every request has a timeout, and all wait
 * for a `Retry-After`. Redirects are not followed: a POST would become a GET.
 */
export function createTransport(options: TransportOptions): Transport {
  const dispatcher = options.dispatcher ?? new Pool(new URL(options.url).origin, { connections: CONNECTIONS });
  const guarded = withBeforeSend(dispatcher);
  const throttle = createThrottle(options.clock);
  return {
    send: async (call) => {
      throttle.check();
      return send(guarded, options, call).catch((error: unknown) => {
        throttle.learn(error);
        throw error;
      });
    },
    close: async () => {
      if (!options.dispatcher) await dispatcher.close();
    },
  };
}

async function send(dispatcher: Dispatcher, options: TransportOptions, call: OutboundCall): Promise<Answer> {
  const { origin, pathname, search } = new URL(call.url);
  const operation = operationOf(call.method, pathname);
  const started = options.clock.now();
  let status = 0;
  try {
    const request: Dispatcher.RequestOptions & { beforeSend: BeforeSend | undefined } = {
      origin,
      path: pathname + search,
      method: call.method as Dispatcher.HttpMethod,
      ...(await payloadOf(call)),
      signal: deadline({ ...options, ...(call.timeoutMs === undefined ? {} : { timeoutMs: call.timeoutMs }) }),
      beforeSend: call.beforeSend,
    };
    const response = await dispatcher.request(request);
    const text = await response.body.text();
    status = response.statusCode;
    const headers = headersOf(response.headers);
    const data = parse(text);
    if (status < 200 || status > 299 || data === undefined) {
      throw failureOf({ status, headers, data, operation, now: options.clock.now() });
    }
    return { status, headers, data };
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    throw new AppError('mattermost_unavailable', 'Mattermost did not answer.', {
      cause,
      remedy: 'Check that Mattermost runs and that MATTERMOST_INTERNAL_URL is its address.',
      fields: { operation },
    });
  } finally {
    options.metrics.outbound({ peer: 'mattermost', operation, status, ms: options.clock.now() - started });
  }
}

/** Encodes forms here: undici takes its own `FormData` class only, and `Client4` uses the global one. */
async function payloadOf({ headers, body }: OutboundCall) {
  if (!(body instanceof FormData)) {
    return { headers, body: typeof body === 'object' ? Readable.from(body) : (body ?? null) };
  }
  const encoded = new Response(body);
  const type = encoded.headers.get('content-type') ?? 'multipart/form-data';
  return { headers: { ...headers, 'Content-Type': type }, body: Buffer.from(await encoded.arrayBuffer()) };
}

function deadline({ signal, timeoutMs = TIMEOUT_MS }: TransportOptions): AbortSignal {
  const timeout = AbortSignal.timeout(timeoutMs);
  return signal ? AbortSignal.any([signal, timeout]) : timeout;
}

/** Method and route with ids and names left out, such as `PUT /posts/{id}/patch`: few enough to be a metric label. */
function operationOf(method: string, pathname: string): string {
  const route = pathname.replace(/^.*?(?:\/api\/v4(?=\/)|(?=\/oauth\/))/, '');
  return `${method} ${route.replace(/\/[a-z0-9]{26}(?=\/|$)/g, '/{id}').replace(/\/(username|email|name)\/.*/, '/$1/{name}')}`;
}

function headersOf(raw: Record<string, string | string[] | undefined>): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(raw)) {
    for (const one of Array.isArray(value) ? value : [value ?? '']) headers.append(name, one);
  }
  return headers;
}

/** `undefined` when the text is no JSON: a proxy's page, not Mattermost. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
