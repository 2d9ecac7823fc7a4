import type { Context, Middleware } from '@microsoft/microsoft-graph-client';
import type { Dispatcher } from 'undici';
import { request } from 'undici';
import { AppError } from '../../core/errors.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { Clock } from '../../core/time.ts';
import { noAnswer } from './errors.ts';
import type { Limiter, LimitScope } from './rate-limiter.ts';

/** The state of one call in the middleware chain. `failure` is the error as thrown, because the library wraps what it rethrows. */
export interface CallState {
  token: string;
  scope: LimitScope;
  timeoutMs: number;
  maxBytes: number;
  signal: AbortSignal | undefined;
  failure: AppError | null;
}

export interface MiddlewareDeps {
  /** Graph's origin, the only one that tokens are sent to. */
  origin: string;
  limiter: Limiter;
  dispatcher: Dispatcher;
  clock: Clock;
  metrics: Metrics;
}

type GraphRequestOptions = Record<string, unknown> & {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  call?: CallState;
};

/**
 * The middleware chain for the Graph client: bearer token, rate limiter, undici. The library's own chain repeats requests by itself, POSTs
 * included, and waits in memory; this one makes one attempt.
 * https://github.com/microsoftgraph/msgraph-sdk-javascript/blob/dev/docs/CustomMiddlewareChain.md
 */
export function createMiddleware(deps: MiddlewareDeps): Middleware[] {
  return [
    link(async (context, call, next) => {
      authorize(deps.origin, context, call);
      await next(context);
    }),
    link(async (context, call, next) => {
      await deps.limiter.acquire(call.scope, call.signal);
      await next(context);
    }),
    link((context, call) => send(deps, context, call)),
  ];
}

type Handler = (context: Context, call: CallState, next: (context: Context) => Promise<void>) => Promise<void>;

function link(handle: Handler): Middleware {
  let following: Middleware | null = null;
  return {
    setNext(next) {
      following = next;
    },
    async execute(context) {
      const call = (context.options as GraphRequestOptions | undefined)?.call;
      if (!call) throw new AppError('internal', 'A Graph request was made past the client.');
      try {
        await handle(context, call, async (passed) => following?.execute(passed));
      } catch (error) {
        call.failure = error instanceof AppError ? error : noAnswer(call.scope.operation, error);
        throw error;
      }
    },
  };
}

/** Sets the bearer token, for the configured Graph host only, whatever the path says. */
function authorize(origin: string, context: Context, call: CallState): void {
  if (new URL(String(context.request)).origin !== origin) {
    throw new AppError('internal', 'A token was about to be sent to a host that is not Microsoft Graph.');
  }
  const options = (context.options ?? {}) as GraphRequestOptions;
  options.headers = { ...options.headers, Authorization: `Bearer ${call.token}` };
}

async function send(deps: MiddlewareDeps, context: Context, call: CallState): Promise<void> {
  const { method = 'GET', headers = {}, body } = context.options as GraphRequestOptions;
  const started = deps.clock.now();
  let status = 0;
  try {
    const timeout = AbortSignal.timeout(call.timeoutMs);
    const answer = await request(String(context.request), {
      dispatcher: deps.dispatcher,
      method: method as Dispatcher.HttpMethod,
      headers,
      body: body ?? null,
      signal: call.signal ? AbortSignal.any([call.signal, timeout]) : timeout,
    });
    const bytes = await readBounded(answer.body, call.maxBytes);
    status = answer.statusCode;
    context.response = toResponse(status, answer.headers, bytes);
  } finally {
    deps.metrics.outbound({ peer: 'graph', operation: call.scope.operation, status, ms: deps.clock.now() - started });
  }
}

async function readBounded(body: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    // Leaving the loop destroys the stream.
    if (size > maxBytes) throw new AppError('payload_too_large', 'An answer of Microsoft Graph is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

const EMPTY_STATUSES = new Set([204, 205, 304]);

function toResponse(status: number, headers: Dispatcher.ResponseData['headers'], bytes: Buffer): Response {
  const kept = new Headers();
  for (const name of ['content-type', 'retry-after', 'request-id', 'location']) {
    const value = headers[name];
    if (value !== undefined) kept.set(name, String(value));
  }
  return new Response(EMPTY_STATUSES.has(status) ? null : new Uint8Array(bytes), { status, headers: kept });
}
