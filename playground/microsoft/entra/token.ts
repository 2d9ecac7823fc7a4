import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Fault } from '../faults.ts';
import type { Requests } from '../requests.ts';
import type { MicrosoftState } from '../state.ts';
import type { Json } from '../types.ts';
import type { AppRegistration } from './app.ts';
import { checkClient, type TokenForm } from './client-credential.ts';
import type { Consents } from './consents.ts';
import { EntraError, errorBody } from './errors.ts';
import { type IssuingDeps, issueForApp, issueForPerson } from './issuing.ts';
import { parseScopes, SIGN_IN_SCOPES } from './scopes.ts';
import { isKnownTenant, isShared } from './tenants.ts';

/** What the token endpoint needs. */
export interface TokenDeps extends IssuingDeps {
  app: AppRegistration;
  consents: Consents;
  state: MicrosoftState;
  requests: Requests;
}

type Grant = (deps: TokenDeps, form: TokenForm, tenant: string) => Promise<Json>;

const GRANTS: Record<string, Grant> = {
  authorization_code: redeemCode,
  refresh_token: refresh,
  client_credentials: forApp,
};

const TOKEN_FACTS = { operations: ['token'], named: true };

/** `POST /{tenant}/oauth2/v2.0/token`: the three grants. */
export function tokenRoutes(server: FastifyInstance, deps: TokenDeps): void {
  server.post<{ Params: { tenant: string } }>('/:tenant/oauth2/v2.0/token', async (request, reply) => {
    reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
    try {
      const delay = deps.faults.take('delay', TOKEN_FACTS);
      if (delay) await new Promise((resolve) => setTimeout(resolve, Number(delay.ms)));
      const blocked = plannedAnswer(deps, reply);
      if (blocked) return blocked;
      return await answer(deps, toForm(request.body), request.params.tenant);
    } catch (error) {
      if (!(error instanceof EntraError)) throw error;
      return reply
        .code(error.status)
        .send(errorBody(error, { url: deps.url(), correlationId: correlationId(request) }));
    } finally {
      deps.requests.count('POST token', reply.statusCode);
    }
  });
}

async function answer(deps: TokenDeps, form: TokenForm, tenant: string): Promise<Json> {
  const grant = GRANTS[form.grant_type ?? ''];
  if (!grant) throw new EntraError(form.grant_type ? 'unsupported_grant_type' : 'invalid_request', 9002313);
  const fault = deps.faults.take('entra_error', { values: { grant: form.grant_type } });
  if (fault) throw plannedError(fault);
  if (!isKnownTenant(deps.state, tenant))
    throw new EntraError('invalid_request', 90002, { detail: 'Tenant not found.' });
  if (isShared(tenant) && !deps.app.multiTenant) throw new EntraError('invalid_request', 50194);
  await checkClient(deps.app, form, `${deps.url()}/${tenant}/oauth2/v2.0/token`);
  return grant(deps, form, tenant);
}

async function redeemCode(deps: TokenDeps, form: TokenForm, tenant: string): Promise<Json> {
  if (!form.code || !form.redirect_uri || !form.code_verifier) throw new EntraError('invalid_request', 9002313);
  const grant = deps.grants.redeemCode(form.code);
  if (grant.clientId !== form.client_id || !isFor(tenant, grant.tid)) throw new EntraError('invalid_grant', 70000);
  if (grant.redirectUri !== form.redirect_uri) throw new EntraError('invalid_grant', 50011);
  if (!matches(form.code_verifier, grant.challenge)) throw new EntraError('invalid_grant', 501481);
  const person = deps.state.person(grant.oid);
  const { clientId, oid, tid, scopes } = grant;
  const clientInfo = form.client_info === '1';
  return issueForPerson(deps, person, { grant: { clientId, oid, tid, scopes }, nonce: grant.nonce, clientInfo });
}

async function refresh(deps: TokenDeps, form: TokenForm, tenant: string): Promise<Json> {
  if (!form.refresh_token) throw new EntraError('invalid_request', 9002313);
  const grant = deps.grants.readRefreshToken(form.refresh_token);
  if (grant.clientId !== form.client_id || !isFor(tenant, grant.tid)) throw new EntraError('invalid_grant', 70000);
  const asked = form.scope ? parseScopes(form.scope, deps.url()) : grant.scopes;
  const scopes = asked.includes('.default') ? grant.scopes : asked;
  const graphScopes = scopes.filter((scope) => !SIGN_IN_SCOPES.includes(scope));
  if (!deps.consents.covers(grant, graphScopes)) {
    throw new EntraError('invalid_grant', 65001, { suberror: 'consent_required' });
  }
  const person = deps.state.person(grant.oid);
  // A refresh gives a new refresh token even when the request does not repeat offline_access.
  const kept = [...new Set([...scopes, ...grant.scopes.filter((scope) => SIGN_IN_SCOPES.includes(scope))])];
  return issueForPerson(deps, person, { grant: { ...grant, scopes: kept }, clientInfo: form.client_info === '1' });
}

async function forApp(deps: TokenDeps, form: TokenForm, tenant: string): Promise<Json> {
  if (isShared(tenant)) throw new EntraError('invalid_request', 9002313);
  if (tenant !== deps.app.tid && !deps.app.multiTenant) throw new EntraError('unauthorized_client', 700016);
  const scopes = parseScopes(form.scope ?? '', deps.url());
  if (scopes.length !== 1 || scopes[0] !== '.default') throw new EntraError('invalid_scope', 70011);
  const { clientId, servicePrincipalId, roles } = deps.app;
  return issueForApp(deps, { clientId, oid: servicePrincipalId, tid: tenant, scopes: [...roles] });
}

function isFor(tenant: string, tid: string): boolean {
  return isShared(tenant) || tenant === tid;
}

function matches(verifier: string, challenge: string): boolean {
  if (!/^[\w.~-]{43,128}$/.test(verifier)) return false;
  const actual = Buffer.from(createHash('sha256').update(verifier).digest('base64url'));
  const expected = Buffer.from(challenge);
  return actual.length === expected.length && timingSafeEqual(actual, expected);
}

function toForm(body: unknown): TokenForm {
  const fields = (body ?? {}) as Record<string, unknown>;
  if (Object.values(fields).some((value) => typeof value !== 'string'))
    throw new EntraError('invalid_request', 9002313);
  return fields as TokenForm;
}

function plannedAnswer(deps: TokenDeps, reply: FastifyReply): FastifyReply | null {
  const throttle = deps.faults.take('throttle', TOKEN_FACTS);
  if (throttle) {
    reply.code(429).header('retry-after', String(throttle.retryAfterSeconds));
    return reply.send({ error: 'temporarily_unavailable' });
  }
  const error = deps.faults.take('error', TOKEN_FACTS);
  return error && reply.code(Number(error.status)).send(error.body ?? { error: 'server_error' });
}

function plannedError(fault: Fault): EntraError {
  return new EntraError(String(fault.error), Number(fault.code), {
    ...(fault.suberror === undefined ? {} : { suberror: String(fault.suberror) }),
    ...(fault.status === undefined ? {} : { status: Number(fault.status) }),
  });
}

function correlationId(request: FastifyRequest): string | undefined {
  const { 'client-request-id': fromQuery } = request.query as Record<string, string | undefined>;
  const fromHeader = request.headers['client-request-id'];
  return fromQuery ?? (typeof fromHeader === 'string' ? fromHeader : undefined);
}
