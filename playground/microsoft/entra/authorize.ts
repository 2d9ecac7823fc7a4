import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { MovableClock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import { askConsent, needAdministrator, pickPerson, sorry } from '../html/sign-in.ts';
import type { MicrosoftState } from '../state.ts';
import type { Person } from '../types.ts';
import { answerApp, answerUrl, sendPage } from './answer.ts';
import type { AppRegistration } from './app.ts';
import { type AuthorizeQuery, type AuthorizeRequest, checkAddress, parseRequest } from './authorize-request.ts';
import type { Consents } from './consents.ts';
import { describe, EntraError, newTrace } from './errors.ts';
import type { Grants } from './grants.ts';
import { clientInfo } from './issuing.ts';
import { readSession, writeSession } from './session.ts';
import { isKnownTenant, isShared } from './tenants.ts';

/** What the sign-in pages need. */
export interface AuthorizeDeps {
  url(): string;
  app: AppRegistration;
  state: MicrosoftState;
  clock: MovableClock;
  consents: Consents;
  grants: Grants;
  faults: Faults;
}

/** A sign-in under way: what the app asked, and who was picked. */
interface Flow {
  request: AuthorizeRequest;
  tenant: string;
  person: Person | null;
}

type Flows = Map<string, Flow>;
type Tenanted = { Params: { tenant: string } };

/** `GET /{tenant}/oauth2/v2.0/authorize` and the pages behind it. */
export function authorizeRoutes(server: FastifyInstance, deps: AuthorizeDeps): void {
  const flows: Flows = new Map();
  server.get<Tenanted>('/:tenant/oauth2/v2.0/authorize', (request, reply) => begin(deps, flows, { request, reply }));
  server.post<Tenanted>('/:tenant/login', (request, reply) => {
    const { flow: id = '', person: oid = '' } = request.body as Record<string, string>;
    const flow = flows.get(id);
    const person = deps.state.people.get(oid);
    if (!flow || !person)
      return sendPage(reply, sorry(9002313, 'This sign-in is over. Start again from the app.'), 400);
    writeSession(reply, person.oid);
    return signedIn(deps, { ...flow, person }, { reply, flows, id });
  });
  server.post<Tenanted>('/:tenant/consent', (request, reply) => {
    const { flow: id = '', decision } = request.body as Record<string, string>;
    const flow = flows.get(id);
    if (!flow?.person) return sendPage(reply, sorry(9002313, 'This sign-in is over. Start again from the app.'), 400);
    flows.delete(id);
    if (decision !== 'accept') return refuse(reply, flow.request, new EntraError('access_denied', 65004));
    deps.consents.give(flow.person.oid, flow.request.scopes);
    return succeed(deps, flow, { reply, person: flow.person });
  });
}

function begin(
  deps: AuthorizeDeps,
  flows: Flows,
  { request, reply }: { request: FastifyRequest<Tenanted>; reply: FastifyReply },
): FastifyReply {
  const { tenant } = request.params;
  const query = request.query as AuthorizeQuery;
  const responseMode = query.response_mode === 'form_post' ? 'form_post' : 'query';
  let redirectUri: string;
  try {
    if (!isKnownTenant(deps.state, tenant))
      throw new EntraError('invalid_request', 90002, { detail: 'Tenant not found.' });
    redirectUri = checkAddress(deps.app, query);
    if (isShared(tenant) && !deps.app.multiTenant) throw new EntraError('invalid_request', 50194);
    if (!isShared(tenant) && tenant !== deps.app.tid && !deps.app.multiTenant) {
      throw new EntraError('unauthorized_client', 700016);
    }
  } catch (error) {
    if (error instanceof EntraError) return sendPage(reply, sorry(error.code, error.message), 400);
    throw error;
  }
  try {
    const parsed = parseRequest(query, redirectUri, deps.url());
    const flow: Flow = { request: parsed, tenant, person: sessionPerson(deps, request, parsed) };
    const id = randomUUID();
    if (flow.person) return signedIn(deps, flow, { reply, flows, id });
    if (parsed.prompt === 'none') throw new EntraError('login_required', 50058, { detail: 'No session.' });
    flows.set(id, flow);
    const people = byHint([...deps.state.people.values()], parsed.loginHint);
    return sendPage(reply, pickPerson({ people, flow: id, tenant, appName: deps.app.name }));
  } catch (error) {
    if (error instanceof EntraError) return refuse(reply, { redirectUri, responseMode, state: query.state }, error);
    throw error;
  }
}

/** After a person was picked: refuses accounts of other tenants, asks for missing consent, else issues the code. */
function signedIn(
  deps: AuthorizeDeps,
  flow: Flow & { person: Person | null },
  { reply, flows, id }: { reply: FastifyReply; flows: Flows; id: string },
): FastifyReply {
  const { request, person, tenant } = flow;
  if (!person) return sendPage(reply, sorry(9002313, 'This sign-in is over. Start again from the app.'), 400);
  if (!isShared(tenant) && person.tid !== tenant) {
    return sendPage(reply, sorry(50020, new EntraError('invalid_request', 50020).message), 403);
  }
  const managed = deps.faults.peek('admin_consent_required') !== null;
  if (managed && deps.consents.needsAdministrator(person.tid, request.scopes)) {
    const refusal = refusalFields(request.state, new EntraError('access_denied', 90094));
    const returnUrl = answerUrl({ redirectUri: request.redirectUri, responseMode: 'query' }, refusal);
    return sendPage(reply, needAdministrator({ person, appName: deps.app.name, returnUrl }));
  }
  if (request.prompt !== 'consent' && deps.consents.covers(person, request.scopes)) {
    flows.delete(id);
    return succeed(deps, flow, { reply, person });
  }
  if (request.prompt === 'none') {
    return refuse(reply, request, new EntraError('consent_required', 65001));
  }
  flows.set(id, flow);
  return sendPage(reply, askConsent({ person, scopes: request.scopes, flow: id, tenant, appName: deps.app.name }));
}

function succeed(
  deps: AuthorizeDeps,
  { request }: Flow,
  { reply, person }: { reply: FastifyReply; person: Person },
): FastifyReply {
  const { redirectUri, challenge, nonce, scopes } = request;
  const { oid, tid } = person;
  const code = deps.grants.issueCode({ clientId: deps.app.clientId, oid, tid, scopes, redirectUri, challenge, nonce });
  return answerApp(reply, request, {
    code,
    client_info: request.clientInfo ? clientInfo(person) : undefined,
    state: request.state,
    session_state: randomUUID(),
  });
}

function refuse(
  reply: FastifyReply,
  to: { redirectUri: string; responseMode: string; state: string | undefined },
  refusal: EntraError,
): FastifyReply {
  return answerApp(reply, to, refusalFields(to.state, refusal));
}

function refusalFields(state: string | undefined, refusal: EntraError): Record<string, string> {
  const error_description = describe(refusal, newTrace());
  return { error: refusal.error, error_description, ...(state === undefined ? {} : { state }) };
}

/** A person with a session in this browser needs no click, unless the app asks for account selection. */
function sessionPerson(deps: AuthorizeDeps, request: FastifyRequest, parsed: AuthorizeRequest): Person | null {
  if (parsed.prompt === 'login' || parsed.prompt === 'select_account') return null;
  const person = deps.state.people.get(readSession(request) ?? '');
  const hint = parsed.loginHint?.toLowerCase();
  return person && (hint === undefined || hint === person.upn.toLowerCase()) ? person : null;
}

/** The hinted person first, and a limited number: the page is for use by hand. */
function byHint(people: Person[], hint: string | undefined): Person[] {
  const wanted = hint?.toLowerCase();
  const isHinted = (person: Person) => person.upn.toLowerCase() === wanted || person.mail?.toLowerCase() === wanted;
  return [...people.filter(isHinted), ...people.filter((person) => !isHinted(person))].slice(0, 50);
}
