import type { FastifyInstance } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { createErrorHandler } from '../../http/error-response.ts';
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
    scope.setErrorHandler(
      createErrorHandler({
        log: deps.log,
        level: 'warn',
        refusal: 'A call to the Graph webhook was refused.',
        failure: 'Notifications could not be stored; Graph will send them again.',
        onRefusal: ({ code }) => deps.metrics.notificationReceived('discarded', code),
      }),
    );
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
