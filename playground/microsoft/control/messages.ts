import type { FastifyInstance } from 'fastify';
import type { MessageDraft, Messages } from '../messages.ts';
import type { MicrosoftState } from '../state.ts';
import type { Json } from '../types.ts';

const TEXT = { type: 'string' };
const NULLABLE = { type: ['string', 'null'] };
const OBJECT = { type: 'object' };
const OBJECTS = { type: 'array', items: OBJECT };
const BODY = {
  type: 'object',
  required: ['contentType', 'content'],
  properties: { contentType: { enum: ['text', 'html'] }, content: TEXT },
  additionalProperties: false,
};
const IMPORTANCE = { enum: ['normal', 'high', 'urgent'] };
const MESSAGE = {
  type: 'object',
  required: ['chatId', 'from', 'body'],
  properties: {
    chatId: TEXT,
    from: NULLABLE,
    body: BODY,
    mentions: OBJECTS,
    attachments: OBJECTS,
    importance: IMPORTANCE,
    subject: NULLABLE,
    hostedContents: {
      type: 'array',
      items: { type: 'object', required: ['contentType', 'base64'], properties: { contentType: TEXT, base64: TEXT } },
    },
    id: TEXT,
    extra: OBJECT,
  },
  additionalProperties: false,
};
const EDIT = {
  type: 'object',
  properties: { body: BODY, mentions: OBJECTS, attachments: OBJECTS, importance: IMPORTANCE, subject: NULLABLE },
  additionalProperties: false,
};
const REACTION = { type: 'object', required: ['from', 'reactionType'], properties: { from: TEXT, reactionType: TEXT } };
const EVENT = {
  type: 'object',
  required: ['type'],
  properties: { type: TEXT, members: { type: 'array', items: TEXT }, topic: TEXT, initiator: TEXT },
  additionalProperties: false,
};

type InChat = { chatId: string };
type OfMessage = InChat & { id: string };
type Event = Parameters<Messages['event']>[1];

/** Control of messages: what people do in Teams. */
export function messageControl(
  server: FastifyInstance,
  { messages, state }: { messages: Messages; state: MicrosoftState },
): void {
  const one = '/playground/chats/:chatId/messages/:id';
  server.post<{ Body: MessageDraft }>('/playground/messages', { schema: { body: MESSAGE } }, (request, reply) =>
    reply.code(201).send(messages.write(request.body)),
  );
  server.get<{ Params: InChat }>('/playground/chats/:chatId/messages', (request) => ({
    value: [...state.chat(request.params.chatId).messages.values()].slice(-200).map(({ wire }) => wire),
  }));
  server.patch<{ Params: OfMessage; Body: Json }>(one, { schema: { body: EDIT } }, ({ params, body }) =>
    messages.edit(params.chatId, params.id, body),
  );
  server.delete<{ Params: OfMessage }>(one, ({ params }) => messages.remove(params.chatId, params.id));
  server.post<{ Params: OfMessage; Body: { from: string; reactionType: string } }>(
    `${one}/reactions`,
    { schema: { body: REACTION } },
    ({ params, body }, reply) => reply.code(201).send(messages.react(params, body)),
  );
  server.post<{ Params: InChat; Body: Event }>(
    '/playground/chats/:chatId/events',
    { schema: { body: EVENT } },
    ({ params, body }, reply) => reply.code(201).send(messages.event(params.chatId, body)),
  );
  server.get<{ Params: OfMessage & { hostedId: string } }>(`${one}/hosted/:hostedId`, ({ params }, reply) => {
    const content = messages.find(params.chatId, params.id).message.hosted.get(params.hostedId);
    // The page shows pictures that people put in; nothing else may be opened from this address.
    if (!content?.contentType.startsWith('image/'))
      return reply.code(404).send({ error: { message: 'There is no such picture.' } });
    return reply.type(content.contentType).header('content-security-policy', 'sandbox').send(content.bytes);
  });
}
