import type { FastifyError, FastifyInstance } from 'fastify';
import { AppError, HTTP_STATUS, toAppError } from '../../core/errors.ts';
import type { IntakeDeps } from './accept-notifications.ts';
import { createIntake } from './accept-notifications.ts';
import { answerHandshake } from './handshake.ts';

/** A batch of rich notifications is some tens of kilobytes; Graph documents no limit. */
const BODY_LIMIT = 8 * 1024 * 1024;

/**
 * `POST /graph/notifications` and `POST /graph/lifecycle`, in a scope of their own so that their content-type parser touches nothing
 * else. 202 once everything acceptable is stored; what is not acceptable is counted by reason and answered 202 as well, so that
 * nobody learns why. 400 and 413 for what cannot be read at all, 5xx when it could not be stored, so that Graph tries again.
 */
export function graphRoutes(app: FastifyInstance, deps: IntakeDeps): void {
  app.register(async (scope) => {
    const accept = createIntake(deps);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT }, parseBody);
    scope.addHook('onRequest', answerHandshake);
    scope.setErrorHandler(async (error: FastifyError | AppError, request, reply) => {
      const failure = asAppError(error);
      const status = HTTP_STATUS[failure.code];
      const fields = { code: failure.code, requestId: request.id, ...failure.fields };
      if (status < 500) deps.metrics.notificationReceived('discarded', failure.code);
      if (status < 500) deps.log.warn(fields, 'A call to the Graph webhook was refused.');
      else
        deps.log.error({ ...fields, err: failure }, 'Notifications could not be stored; Graph will send them again.');
      return reply
        .code(status)
        .send({ error: { code: failure.code, message: failure.message, requestId: request.id } });
    });
    for (const path of ['/graph/notifications', '/graph/lifecycle']) {
      scope.post(path, async (request, reply) => {
        await accept(request.body);
        return reply.code(202).send();
      });
    }
  });
}

async function parseBody(_request: unknown, body: string | Buffer): Promise<unknown> {
  try {
    return JSON.parse(String(body));
  } catch (cause) {
    throw new AppError('bad_request', 'The body is not JSON.', { cause });
  }
}

function asAppError(error: FastifyError | AppError): AppError {
  if (error instanceof AppError || error.statusCode === undefined) return toAppError(error);
  if (error.statusCode === 413) return new AppError('payload_too_large', 'The body is too large.', { cause: error });
  if (error.statusCode < 500) return new AppError('bad_request', 'The request cannot be read.', { cause: error });
  return toAppError(error);
}
