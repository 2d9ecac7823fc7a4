import type { FastifyReply, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { ErrorCode } from '../core/errors.ts';
import { AppError, HTTP_STATUS, toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { SECOND } from '../core/time.ts';

export const errorResponseSchema = Type.Object({
  error: Type.Object({
    code: Type.String({ description: 'Stable' }),
    message: Type.String({ description: 'A sentence for the user' }),
    requestId: Type.String(),
  }),
});

/** The body of every refused or failed request. */
export type ErrorResponse = Static<typeof errorResponseSchema>;

/** How errors are logged, as constant sentences: a refusal (status below 500) at `level`, a failure (500 and above) at `error`. */
export interface ErrorLog {
  log: Log;
  /** Default `debug`. */
  level?: 'debug' | 'warn';
  refusal: string;
  /** Default: the sentence of `refusal`. */
  failure?: string;
}

export interface ErrorHandlerOptions extends ErrorLog {
  /** The message in the body. By default a refusal's own message, and one general sentence for a failure. */
  explain?(error: AppError, request: FastifyRequest): string;
  /** Called for every refusal, for counting. */
  onRefusal?(error: AppError): void;
}

/** Codes of Fastify's own errors by status; any other status below 500 becomes `bad_request`. */
const FASTIFY_CODES: Partial<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  413: 'payload_too_large',
  429: 'too_many_requests',
};
/** `Retry-After` of a 503 whose error has no `retryAfterMs`. */
const UNAVAILABLE_MS = 10 * SECOND;

/** Error handler of a Fastify scope: logs the error and sends its status, `Retry-After` and an `ErrorResponse`. */
export function createErrorHandler(options: ErrorHandlerOptions) {
  const { explain = publicMessage, onRefusal } = options;
  return (thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const error = logError(thrown, request, options);
    const status = HTTP_STATUS[error.code];
    if (status < 500) onRefusal?.(error);
    const retryAfterMs = error.retryAfterMs ?? (status === 503 ? UNAVAILABLE_MS : undefined);
    if (retryAfterMs !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterMs / SECOND)));
    const body: ErrorResponse = {
      error: { code: error.code, message: explain(error, request), requestId: request.id },
    };
    return reply.status(status).send(body);
  };
}

/** Logs an error and returns it as an `AppError`; for routes that answer 200 even on errors. */
export function logError(thrown: unknown, request: FastifyRequest, options: ErrorLog): AppError {
  const { log, level = 'debug', refusal, failure = refusal } = options;
  const error = fromFastify(thrown) ?? toAppError(thrown);
  const { code, remedy, fields } = error;
  const entry = { ...fields, err: thrown, code, remedy, requestId: request.id, route: request.routeOptions.url };
  if (HTTP_STATUS[code] >= 500) log.error(entry, failure);
  else log[level](entry, refusal);
  return error;
}

/** Fastify's own errors below 500 (size, syntax, schema, rate limit) as an `AppError`; null for any other value. */
function fromFastify(thrown: unknown): AppError | null {
  if (thrown instanceof AppError || !(thrown instanceof Error) || !('statusCode' in thrown)) return null;
  const { statusCode, message } = thrown;
  if (typeof statusCode !== 'number' || statusCode >= 500) return null;
  return new AppError(FASTIFY_CODES[statusCode] ?? 'bad_request', message, { cause: thrown });
}

function publicMessage({ code, message }: AppError): string {
  return HTTP_STATUS[code] >= 500 ? 'Something went wrong here. Please try again in a moment.' : message;
}
