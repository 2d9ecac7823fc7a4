import type { FastifyInstance } from 'fastify';
import type { MicrosoftState } from '../state.ts';

/** `GET /playground/events`: server-sent events that name what changed, for the page. */
export function eventStream(server: FastifyInstance, state: MicrosoftState): void {
  server.get('/playground/events', (request, reply) => {
    reply.hijack();
    reply.raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    reply.raw.write(': here\n\n');
    const stop = state.onChange((topic) => reply.raw.write(`data: ${JSON.stringify(topic)}\n\n`));
    request.raw.on('close', stop);
  });
}
