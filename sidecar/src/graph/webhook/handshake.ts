import type { FastifyReply, FastifyRequest } from 'fastify';

/** Real tokens are a few hundred characters long; nothing says how long they may be. */
const MAX_TOKEN = 4_096;

/**
 * Answers Graph's validation of a webhook address, at any time and without looking at anything stored, because it also comes on
 * renewals (Microsoft Graph: "Receive change notifications through webhooks", notificationUrl validation): 200 with the decoded
 * token as plain text and nothing else. Runs before the body is read, so that no content type can spoil it.
 */
export async function answerHandshake(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply | undefined> {
  const query = request.query as Record<string, unknown>;
  if (!('validationToken' in query)) return undefined;
  const token = query.validationToken;
  // The token comes from anybody: never let a browser take it for a page.
  reply
    .header('x-content-type-options', 'nosniff')
    .header('cache-control', 'no-store')
    .type('text/plain; charset=utf-8');
  if (typeof token !== 'string' || token.length === 0 || token.length > MAX_TOKEN) {
    return reply.code(400).send('The validation token is missing, repeated or too long.');
  }
  return reply.code(200).send(token);
}
