import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import { createErrorHandler } from '../../http/error-response.ts';
import type { AcceptNotificationsDeps } from './accept-notifications.ts';
import { createAcceptNotifications } from './accept-notifications.ts';

/** Graph documents no limit. A batch with resource data is some tens of kilobytes. */
const BODY_LIMIT = 8 * 1024 * 1024;
/** Graph documents no limit. Real validation tokens are a few hundred characters long. */
const MAX_TOKEN = 4_096;

/**
 * Mounts `POST /graph/notifications` and `POST /graph/lifecycle`. Their content-type parser stays in a scope of its own.
 *
 * 202 as soon as everything acceptable is stored. Discarded items are counted by reason and answered 202 too, so that a forger learns
 * nothing. 400 and 413 for a body that cannot be read; 5xx when it could not be stored, and Graph sends it again.
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#receive-notifications
 */
export function graphRoutes(app: FastifyInstance, deps: AcceptNotificationsDeps): void {
  app.register(async (scope) => {
    const acceptNotifications = createAcceptNotifications(deps);
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'string', bodyLimit: BODY_LIMIT }, parseBody);
    scope.addHook('onRequest', answerValidation);
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
      // No browser reads these answers, and setting the security headers costs a fifth of the CPU time of a small request.
      scope.post(path, { helmet: false }, async (request, reply) => {
        await acceptNotifications(request.body);
        return reply.code(202).send();
      });
    }
  });
}

/**
 * Answers Graph's validation of the webhook's address: 200 with the decoded token as plain text. Graph validates at creation and may do
 * so at renewals, so the answer depends on nothing stored. Runs before the body is read, whatever the content type.
 * https://learn.microsoft.com/graph/change-notifications-delivery-webhooks#notificationurl-validation
 */
async function answerValidation(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const query = request.query as Record<string, unknown>;
  if (!('validationToken' in query)) return undefined;
  const token = query.validationToken;
  // Anyone can call this with any token: a browser must never show the answer as a page.
  reply
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .type('text/plain; charset=utf-8');
  if (typeof token !== 'string' || token.length === 0 || token.length > MAX_TOKEN) {
    return reply.code(400).send('The validation token is missing, repeated or too long.');
  }
  return reply.code(200).send(token);
}

async function parseBody(_request: unknown, body: string | Buffer): Promise<unknown> {
  try {
    return JSON.parse(String(body));
  } catch (cause) {
    throw new AppError('bad_request', 'The body is not JSON.', { cause });
  }
}
