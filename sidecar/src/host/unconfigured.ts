import type { FastifyInstance } from 'fastify';
import Fastify from 'fastify';
import type { AppError } from '../core/errors.ts';
import type { CommandAnswer } from './protocol/connection.ts';

/** What stands in for the service while its settings are missing or wrong: every question is answered with what to do. */
export interface Unconfigured {
  app: FastifyInstance;
  command(): Promise<CommandAnswer>;
}

export function createUnconfigured({ message, remedy }: AppError): Unconfigured {
  const sentence = [message, remedy].filter(Boolean).join('\n');
  const app = Fastify();
  app.setNotFoundHandler((_request, reply) =>
    reply
      .code(503)
      .header('cache-control', 'no-store')
      .send({ error: { code: 'config_invalid', message: sentence, requestId: '' } }),
  );
  return {
    app,
    command: async () => ({
      text: 'Microsoft Teams for Mattermost is not set up yet. Please ask your Mattermost administrator to complete its settings.',
    }),
  };
}
