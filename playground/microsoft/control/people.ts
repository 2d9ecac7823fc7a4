import type { FastifyInstance } from 'fastify';
import type { MovableClock } from '../clock.ts';
import type { ChatDraft, MicrosoftState, PersonDraft } from '../state.ts';
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
export function peopleControl(
  server: FastifyInstance,
  { state, clock }: { state: MicrosoftState; clock: MovableClock },
): void {
  server.get('/playground/state', () => ({
    people: [...state.people.values()].map(personView),
    chats: [...state.chats.values()].map(chatView),
    clock: new Date(clock.now()).toISOString(),
  }));
  server.post<{ Body: PersonDraft }>('/playground/people', { schema: { body: PERSON } }, (request, reply) =>
    reply.code(201).send(personView(state.addPerson(request.body))),
  );
  server.post<{ Body: ChatDraft }>('/playground/chats', { schema: { body: CHAT } }, (request, reply) =>
    reply.code(201).send(chatView(state.addChat(request.body))),
  );
  server.post<{ Body: { people?: PersonDraft[]; chats?: ChatDraft[] } }>(
    '/playground/bulk',
    { schema: { body: BULK } },
    (request, reply) => {
      const people = (request.body.people ?? []).map((draft) => personView(state.addPerson(draft)));
      const chats = (request.body.chats ?? []).map((draft) => chatView(state.addChat(draft)));
      return reply.code(201).send({ people, chats });
    },
  );
  server.put<{ Params: { oid: string }; Body: Person['presence'] }>(
    '/playground/people/:oid/presence',
    { schema: { body: PRESENCE } },
    (request) => personView(state.setPresence(request.params.oid, request.body)),
  );
  server.put<{ Params: { chatId: string }; Body: { oid: string; at: string } }>(
    '/playground/chats/:chatId/read',
    { schema: { body: READ } },
    (request, reply) => {
      state.chat(request.params.chatId).reads.set(request.body.oid, request.body.at);
      state.touch(request.params.chatId);
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
