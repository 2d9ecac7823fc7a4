import type { FastifyInstance } from 'fastify';
import type { MovableClock } from '../clock.ts';
import type { ChatDraft, PersonDraft, World } from '../state.ts';
import type { Chat, Person } from '../types.ts';

const TEXT = { type: 'string' };
const NULLABLE = { type: ['string', 'null'] };
const PRESENCE = {
  type: 'object',
  required: ['availability', 'activity'],
  properties: { availability: TEXT, activity: TEXT, outOfOffice: { type: 'boolean' } },
  additionalProperties: false,
};
const PERSON = {
  type: 'object',
  required: ['name'],
  properties: { name: TEXT, mail: NULLABLE, upn: TEXT, tid: TEXT, oid: TEXT, presence: PRESENCE },
  additionalProperties: false,
};
const CHAT = {
  type: 'object',
  required: ['kind', 'members'],
  properties: {
    kind: { enum: ['oneOnOne', 'group', 'meeting'] },
    topic: NULLABLE,
    members: { type: 'array', items: TEXT, minItems: 1 },
    id: TEXT,
  },
  additionalProperties: false,
};
const BULK = {
  type: 'object',
  properties: { people: { type: 'array', items: PERSON }, chats: { type: 'array', items: CHAT } },
  additionalProperties: false,
};
const READ = {
  type: 'object',
  required: ['oid', 'at'],
  properties: { oid: TEXT, at: TEXT },
  additionalProperties: false,
};

/** Control of people, chats, presence and read marks. */
export function peopleControl(server: FastifyInstance, { world, clock }: { world: World; clock: MovableClock }): void {
  server.get('/playground/state', () => ({
    people: [...world.people.values()].map(personView),
    chats: [...world.chats.values()].map(chatView),
    clock: new Date(clock.now()).toISOString(),
  }));
  server.post<{ Body: PersonDraft }>('/playground/people', { schema: { body: PERSON } }, (request, reply) =>
    reply.code(201).send(personView(world.addPerson(request.body))),
  );
  server.post<{ Body: ChatDraft }>('/playground/chats', { schema: { body: CHAT } }, (request, reply) =>
    reply.code(201).send(chatView(world.addChat(request.body))),
  );
  server.post<{ Body: { people?: PersonDraft[]; chats?: ChatDraft[] } }>(
    '/playground/bulk',
    { schema: { body: BULK } },
    (request, reply) => {
      const people = (request.body.people ?? []).map((draft) => personView(world.addPerson(draft)));
      const chats = (request.body.chats ?? []).map((draft) => chatView(world.addChat(draft)));
      return reply.code(201).send({ people, chats });
    },
  );
  server.put<{ Params: { oid: string }; Body: Person['presence'] }>(
    '/playground/people/:oid/presence',
    { schema: { body: PRESENCE } },
    (request) => personView(world.setPresence(request.params.oid, request.body)),
  );
  server.put<{ Params: { chatId: string }; Body: { oid: string; at: string } }>(
    '/playground/chats/:chatId/read',
    { schema: { body: READ } },
    (request, reply) => {
      world.chat(request.params.chatId).reads.set(request.body.oid, request.body.at);
      world.touch(request.params.chatId);
      return reply.code(204).send();
    },
  );
}

function personView({ oid, tid, name, mail, upn, presence }: Person): object {
  const { availability, activity, outOfOffice } = presence;
  return { oid, tid, name, mail, upn, presence: { availability, activity, outOfOffice } };
}

function chatView({ id, tid, kind, topic, members, messages }: Chat): object {
  return { id, tid, kind, topic, members, messageCount: messages.size };
}
