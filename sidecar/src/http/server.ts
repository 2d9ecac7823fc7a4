import { randomUUID } from 'node:crypto';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Fastify from 'fastify';
import type { ErrorCode } from '../core/errors.ts';
import { AppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { createErrorHandler } from './error-response.ts';

/** Mounts one group of routes in a scope of its own, so that its parsers and hooks apply to these routes only. */
export type Routes = (app: FastifyInstance) => void | Promise<void>;

export interface ServerOptions {
  log: Log;
  routes: Routes[];
  /** Rejects while no request can be served; otherwise resolves to the problems that an operator must fix. */
  ready(): Promise<ReadyProblem[]>;
}

/** A problem that an operator must fix although the sidecar is ready. */
export interface ReadyProblem {
  code: ErrorCode;
  message: string;
  remedy: string | undefined;
  /** Unix milliseconds. */
  since: number;
}

const BODY_LIMIT = 256 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
/** Callers that a rate limit remembers; the least recently seen is forgotten first. */
const LIMITED_CALLERS = 10_000;

/**
 * The HTTP server: size and time limits, request ids, security headers, cookies, rate limits for the routes that ask for one, the error
 * handler, health. TLS is terminated by the reverse proxy.
 */
export async function createServer({ log, routes, ready }: ServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    // `request.ip` is the last entry of X-Forwarded-For, written by the nearest proxy; a client can forge the entries before it.
    trustProxy: (_address, hop) => hop === 0,
    forceCloseConnections: 'idle',
  });
  const handleError = createErrorHandler({ log, refusal: 'A request was refused.', failure: 'A request failed.' });
  app.setErrorHandler(handleError);
  app.setNotFoundHandler((request, reply) =>
    handleError(new AppError('not_found', 'There is no such address.'), request, reply),
  );
  await registerPlugins(app);
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async () => ({ status: 'ready', problems: await ready() }));
  for (const mount of routes) await app.register(async (scope) => mount(scope));
  return app;
}

async function registerPlugins(app: FastifyInstance): Promise<void> {
  await app.register(helmet, {
    // For JSON and text. Pages set their own policy.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // Both apply to the whole origin, which the sidecar may share with Mattermost; the reverse proxy decides.
    strictTransportSecurity: false,
    originAgentCluster: false,
    // Mattermost's window opens the sign-in pages; with its own browsing context group a page could not close itself.
    crossOriginOpenerPolicy: false,
  });
  app.addHook('onSend', setCommonHeaders);
  await app.register(cookie);
  await app.register(rateLimit, {
    global: false,
    cache: LIMITED_CALLERS,
    // Only `Retry-After` is sent.
    addHeaders: { 'x-ratelimit-limit': false, 'x-ratelimit-remaining': false, 'x-ratelimit-reset': false },
    addHeadersOnExceeding: {
      'x-ratelimit-limit': false,
      'x-ratelimit-remaining': false,
      'x-ratelimit-reset': false,
    },
    errorResponseBuilder: (_request, { ttl }) =>
      new AppError('too_many_requests', 'There are too many requests of this caller.', { retryAfterMs: ttl }),
  });
}

async function setCommonHeaders(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('x-content-type-options', 'nosniff');
  reply.header('x-request-id', request.id);
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
}
