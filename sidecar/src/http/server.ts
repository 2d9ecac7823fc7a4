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

/** One group of routes, mounted in a scope of its own so that its parsers and hooks touch nothing else. */
export type Routes = (app: FastifyInstance) => void | Promise<void>;

export interface ServerOptions {
  log: Log;
  routes: Routes[];
  /** Rejects with the reason while no request can be served; resolves to what does not work beside that. */
  ready(): Promise<ReadyProblem[]>;
}

/** Something that an operator must mend although the sidecar is ready. Times in Unix milliseconds. */
export interface ReadyProblem {
  code: ErrorCode;
  message: string;
  remedy: string | undefined;
  since: number;
}

const BODY_LIMIT = 256 * 1024;
const REQUEST_TIMEOUT_MS = 30_000;
/** Callers that a rate limit remembers; the least recently seen is forgotten first. */
const LIMITED_CALLERS = 10_000;

/**
 * The HTTP server: size and time limits, request ids, security headers, cookies, rate limits for the routes that ask for one, the error
 * handler, health. TLS and the public address are the reverse proxy's part.
 */
export async function createServer({ log, routes, ready }: ServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    // `request.ip` is the address that the nearest proxy saw: a caller may have written himself what stands further left in
    // X-Forwarded-For.
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
    // For JSON and text; a page sets the policy that fits it.
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"], frameAncestors: ["'none'"] },
    },
    frameguard: { action: 'deny' },
    referrerPolicy: { policy: 'no-referrer' },
    // These speak for the whole origin or site, which the sidecar may share with Mattermost: the reverse proxy's part.
    strictTransportSecurity: false,
    originAgentCluster: false,
    // The pages of the sign-in are opened by Mattermost's window and close themselves.
    crossOriginOpenerPolicy: false,
  });
  app.addHook('onSend', setCommonHeaders);
  await app.register(cookie);
  await app.register(rateLimit, {
    global: false,
    cache: LIMITED_CALLERS,
    // The refusal says when to come again; nothing else of the limit is told.
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
  reply.header('x-request-id', request.id);
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
}
