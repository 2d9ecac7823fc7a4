import type { MicrosoftState } from '../state.ts';
import type { AccessToken, Json, Person } from '../types.ts';
import { requireSelf } from './access.ts';
import { badRequest, forbidden, notFound } from './errors.ts';
import { allowOptions } from './paging.ts';
import type { Call, GraphRoute } from './route.ts';

const PROFILE = { delegated: ['User.Read', 'User.ReadWrite', 'User.Read.All'], app: ['User.Read.All'] };
const OWN_PRESENCE = { delegated: ['Presence.Read', 'Presence.Read.All', 'Presence.ReadWrite'], app: null };
const PRESENCE = {
  delegated: ['Presence.Read', 'Presence.Read.All'],
  app: ['Presence.Read.All', 'Presence.ReadWrite.All'],
};
const PRESENCES = { delegated: ['Presence.Read.All'], app: ['Presence.Read.All'] };
const PRESENCE_LIMITS = { app: 1500, windowSeconds: 30 };

/** Profiles and presence. */
export function peopleRoutes(deps: { url(): string; state: MicrosoftState }): GraphRoute[] {
  const { state, url } = deps;
  const context = (what: string) => ({ '@odata.context': `${url()}/v1.0/$metadata#${what}` });
  const me = ({ token }: Call) => personOf(state, token.oid);
  const profile = (person: Person, { query }: Call) => {
    allowOptions(query, ['$select']);
    return { body: { ...context('users/$entity'), ...select(toUser(person), query.$select) } };
  };
  const presence = (person: Person) => ({ body: { ...context('users/presence/$entity'), ...toPresence(person) } });
  const others = (call: Call) => presence(readablePresence(state, call.token, call.params.userId ?? ''));
  return [
    {
      method: 'GET',
      path: '/me',
      names: ['GET me'],
      needs: { ...PROFILE, app: null },
      answer: (call) => profile(me(call), call),
    },
    {
      method: 'GET',
      path: '/users/:userId',
      names: ['GET user'],
      needs: PROFILE,
      answer: (call) => {
        const person = personOf(state, call.params.userId ?? '');
        requireSelf(call.token, [person.oid]);
        return profile(person, call);
      },
    },
    {
      method: 'GET',
      path: '/me/presence',
      names: ['GET presence'],
      needs: OWN_PRESENCE,
      limits: PRESENCE_LIMITS,
      answer: (call) => presence(me(call)),
    },
    {
      method: 'GET',
      path: '/users/:userId/presence',
      names: ['GET presence'],
      needs: PRESENCE,
      limits: PRESENCE_LIMITS,
      answer: others,
    },
    {
      method: 'GET',
      path: '/communications/presences/:userId',
      names: ['GET presence'],
      needs: PRESENCE,
      limits: PRESENCE_LIMITS,
      answer: others,
    },
    {
      method: 'POST',
      path: '/communications/getPresencesByUserId',
      names: ['POST getPresencesByUserId', 'POST presences'],
      needs: PRESENCES,
      limits: PRESENCE_LIMITS,
      answer: ({ body, token }) => ({
        body: { ...context('Collection(presence)'), value: presencesOf(state, token, body as Json) },
      }),
    },
  ];
}

/** The person with this object id or user principal name. Errors: `GraphError` 404. */
export function personOf(state: MicrosoftState, id: string): Person {
  const wanted = id.toLowerCase();
  const person = state.people.get(wanted) ?? state.people.get(id);
  const named =
    person ?? (id.includes('@') ? [...state.people.values()].find((p) => p.upn.toLowerCase() === wanted) : undefined);
  if (!named)
    throw notFound(`Resource '${id}' does not exist or one of its queried reference-property objects are not present.`);
  return named;
}

function readablePresence(state: MicrosoftState, token: AccessToken, id: string): Person {
  const person = personOf(state, id);
  const mayReadAll = token.permissions.some((name) => name.toLowerCase() === 'presence.read.all');
  if (token.kind === 'delegated' && !mayReadAll && person.oid !== token.oid) {
    throw forbidden("Missing scope permissions on the request. API requires one of 'Presence.Read.All'.");
  }
  if (person.tid !== token.tid) throw notFound(`There is no presence for '${id}' in this organization.`);
  return person;
}

function presencesOf(state: MicrosoftState, token: AccessToken, body: Json | null): Json[] {
  const ids = body?.ids;
  if (!Array.isArray(ids) || ids.length === 0) throw badRequest('ids must be a list of object ids.');
  if (ids.length > 650) throw badRequest('ids can contain at most 650 object ids.');
  return ids.flatMap((id) => {
    const person = state.people.get(String(id));
    return person && person.tid === token.tid ? [toPresence(person)] : [];
  });
}

function toPresence({ oid, presence }: Person): Json {
  return {
    id: oid,
    availability: presence.availability,
    activity: presence.activity,
    outOfOfficeSettings: { message: null, isOutOfOffice: presence.outOfOffice },
    sequenceNumber: String(presence.sequenceNumber),
    statusMessage: null,
    workLocation: null,
  };
}

function toUser(person: Person): Json {
  const [givenName, ...rest] = person.name.split(' ');
  return {
    businessPhones: [],
    displayName: person.name,
    givenName: givenName ?? null,
    jobTitle: null,
    mail: person.mail,
    mobilePhone: null,
    officeLocation: null,
    preferredLanguage: null,
    surname: rest.join(' ') || null,
    userPrincipalName: person.upn,
    id: person.oid,
  };
}

function select(user: Json, names: string | undefined): Json {
  if (names === undefined) return user;
  const wanted = names.split(',').map((name) => name.trim());
  const unknown = wanted.find((name) => !(name in user));
  if (unknown !== undefined)
    throw badRequest(`Could not find a property named '${unknown}' on type 'microsoft.graph.user'.`);
  return Object.fromEntries(wanted.map((name) => [name, user[name]]));
}
