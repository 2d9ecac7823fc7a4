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

/** How an error is logged: a refusal (status below 500) at `level`, a failure of ours as an error; both with a constant sentence. */
export interface ErrorLog {
  log: Log;
  /** Default `debug`. */
  level?: 'debug' | 'warn';
  refusal: string;
  /** Default: the same sentence. */
  failure?: string;
}

export interface ErrorHandlerOptions extends ErrorLog {
  /** The message in the body. By default the operator's sentence of a refusal, and one general sentence for a failure of ours. */
  explain?(error: AppError, request: FastifyRequest): string;
  /** Called for every refusal, for counting. */
  onRefusal?(error: AppError): void;
}

/** Fastify's own refusals by their status; every other status below 500 is a `bad_request`. */
const FASTIFY_CODES: Partial<Record<number, ErrorCode>> = {
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  413: 'payload_too_large',
  429: 'too_many_requests',
};
/** `Retry-After` of a 503 whose cause names no time. */
const UNAVAILABLE_MS = 10 * SECOND;

/** The error handler of a Fastify scope: logs the error, then answers with an `ErrorResponse`, the code's status and `Retry-After`. */
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

/** Logs what ended a request and returns it as an `AppError`, for routes that must answer 200 whatever happened. */
export function logError(thrown: unknown, request: FastifyRequest, options: ErrorLog): AppError {
  const { log, level = 'debug', refusal, failure = refusal } = options;
  const error = fromFastify(thrown) ?? toAppError(thrown);
  const { code, remedy, fields } = error;
  const entry = { ...fields, err: thrown, code, remedy, requestId: request.id, route: request.routeOptions.url };
  if (HTTP_STATUS[code] >= 500) log.error(entry, failure);
  else log[level](entry, refusal);
  return error;
}

/** Fastify's own refusals (size, syntax, schema) as an `AppError`; null for anything else. */
function fromFastify(thrown: unknown): AppError | null {
  if (thrown instanceof AppError || !(thrown instanceof Error) || !('statusCode' in thrown)) return null;
  const { statusCode, message } = thrown;
  if (typeof statusCode !== 'number' || statusCode >= 500) return null;
  return new AppError(FASTIFY_CODES[statusCode] ?? 'bad_request', message, { cause: thrown });
}

function publicMessage({ code, message }: AppError): string {
  return HTTP_STATUS[code] >= 500 ? 'Something went wrong here. Please try again in a moment.' : message;
}
