import { randomUUID } from 'node:crypto';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import Fastify from 'fastify';
import type { ErrorCode } from '../core/errors.ts';
import { AppError, HTTP_STATUS, toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

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

/**
 * The HTTP server: limits, request ids, one error handler, health. It judges nothing itself; the routes it is given do.
 * TLS and the public address are the reverse proxy's part.
 */
export async function createServer(options: ServerOptions): Promise<FastifyInstance> {
  const app = Fastify({
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT_MS,
    genReqId: () => randomUUID(),
    trustProxy: true,
    forceCloseConnections: 'idle',
  });
  app.addHook('onSend', securityHeaders);
  app.setErrorHandler((error, request, reply) => answerError({ error, request, reply, log: options.log }));
  app.setNotFoundHandler((request, reply) => {
    answerError({ error: new AppError('not_found', 'There is no such address.'), request, reply, log: options.log });
  });
  app.get('/healthz', () => ({ status: 'ok' }));
  app.get('/readyz', async () => {
    const problems = await options.ready();
    return { status: 'ready', problems };
  });
  for (const routes of options.routes) await app.register(async (scope) => routes(scope));
  return app;
}

async function securityHeaders(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  reply.header('x-content-type-options', 'nosniff');
  reply.header('x-request-id', request.id);
  if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store');
}

interface Failure {
  error: unknown;
  request: FastifyRequest;
  reply: FastifyReply;
  log: Log;
}

/** Refusals are told as they are; what is our own fault is told without detail and logged with it. */
function answerError({ error, request, reply, log }: Failure): void {
  const failure = fromFastify(error) ?? toAppError(error);
  const status = HTTP_STATUS[failure.code];
  const fields = {
    err: error,
    code: failure.code,
    requestId: request.id,
    route: request.routeOptions.url,
    ...failure.fields,
  };
  if (status >= 500) log.error({ ...fields, remedy: failure.remedy }, 'A request failed.');
  else log.debug(fields, 'A request was refused.');
  const retryAfter = failure.retryAfterMs ?? (status === 503 ? 10_000 : undefined);
  if (retryAfter !== undefined) reply.header('retry-after', String(Math.ceil(retryAfter / 1000)));
  const message = status >= 500 ? 'Something went wrong here. Please try again in a moment.' : failure.message;
  void reply.status(status).send({ error: { code: failure.code, message, requestId: request.id } });
}

/** Fastify's own refusals (size, syntax, schema) in our words. */
function fromFastify(error: unknown): AppError | null {
  const { statusCode, message } = error as Partial<FastifyError>;
  if (error instanceof AppError || statusCode === undefined || statusCode >= 500) return null;
  const text = message ?? 'The request is malformed.';
  if (statusCode === 413) return new AppError('payload_too_large', text, { cause: error });
  if (statusCode === 429) return new AppError('too_many_requests', text, { cause: error });
  if (statusCode === 401) return new AppError('unauthorized', text, { cause: error });
  return new AppError('bad_request', text, { cause: error });
}
