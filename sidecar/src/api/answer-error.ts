import type { FastifyReply, FastifyRequest } from 'fastify';
import type { ErrorCode } from '../core/errors.ts';
import { AppError, HTTP_STATUS, toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import { SECOND } from '../core/time.ts';
import type { ErrorResponse } from './contract.ts';

export interface Exchange {
  request: FastifyRequest;
  reply: FastifyReply;
  log: Log;
  /** The user's sentence for a failure, in the caller's language. */
  explain(code: ErrorCode): string;
}

/** Answers a failure as `ErrorResponse`; what is our fault is logged as an error. */
export function answerError(error: unknown, { request, reply, log, explain }: Exchange): FastifyReply {
  const { code, remedy, fields, retryAfterMs } = fromFastify(error) ?? toAppError(error);
  const status = HTTP_STATUS[code];
  const level = status >= 500 ? 'error' : 'debug';
  log[level]({ ...fields, err: error, code, remedy, requestId: request.id }, 'An API request was not done.');
  if (retryAfterMs !== undefined) reply.header('retry-after', String(Math.ceil(retryAfterMs / SECOND)));
  const answer: ErrorResponse = { error: { code, message: explain(code), requestId: request.id } };
  return reply.status(status).send(answer);
}

/** Fastify's own refusals (size, syntax, schema) in our words. */
function fromFastify(error: unknown): AppError | null {
  if (error instanceof AppError || !(error instanceof Error) || !('statusCode' in error)) return null;
  const { statusCode } = error;
  if (typeof statusCode !== 'number' || statusCode >= 500) return null;
  return new AppError(statusCode === 413 ? 'payload_too_large' : 'bad_request', error.message, { cause: error });
}
