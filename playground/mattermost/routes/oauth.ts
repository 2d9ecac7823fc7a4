import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import { objectBody, query, rawBody, text } from '../http/body.ts';
import { ApiError } from '../http/errors.ts';
import { actor, findSession, longCode, openSession, requestToken } from '../http/session.ts';
import { sendShell } from '../http/shell.ts';
import { newId } from '../state/ids.ts';
import type { OauthApp, OauthCode, Session } from '../state/model.ts';
import type { MattermostState } from '../state/state.ts';
import { checkProvider, findApp, refuseOauth } from './oauth-apps.ts';

const CODE_LIFETIME_MS = 600_000;

interface AuthorizeRequest {
  responseType: string;
  clientId: string;
  redirectUri: string;
  scope: string;
  state: string;
  challenge: string;
  challengeMethod: string;
}

/** The OAuth 2.0 provider at the site's root. */
export function oauthRoutes(app: FastifyInstance, state: MattermostState): void {
  authorizeRoutes(app, state);
  app.post('/oauth/access_token', async (request, reply) => {
    checkProvider(state);
    const form = new URLSearchParams(rawBody(request).toString('utf8'));
    reply.header('cache-control', 'no-store').header('pragma', 'no-cache');
    return exchange(state, form);
  });
  app.post('/oauth/deauthorize', async (request) => {
    const who = actor(state, request);
    const clientId = text(objectBody(request, 'client_id'), 'client_id');
    state.store.oauthGrants.delete(`${clientId}/${who.user.id}`);
    const token = tokenOf(state, clientId, who.user.id);
    if (token) state.store.sessions.delete(token.token);
    return { status: 'OK' };
  });
  app.get('/.well-known/oauth-authorization-server', async () => {
    checkProvider(state);
    const issuer = state.config.ServiceSettings.SiteURL;
    return {
      issuer,
      authorization_endpoint: `${issuer}/oauth/authorize`,
      token_endpoint: `${issuer}/oauth/access_token`,
      response_types_supported: ['code'],
      grant_types_supported: ['authorization_code', 'refresh_token'],
      token_endpoint_auth_methods_supported: ['client_secret_post', 'none'],
      code_challenge_methods_supported: ['S256'],
      scopes_supported: ['user'],
    };
  });
}

function authorizeRoutes(app: FastifyInstance, state: MattermostState): void {
  app.get('/oauth/authorize', async (request, reply) => {
    checkProvider(state);
    const found = findSession(state, requestToken(request.raw).token);
    if (!found) return reply.redirect(`/login?redirect_to=${encodeURIComponent(request.url)}`, 302);
    const asked = {
      responseType: query(request, 'response_type'),
      clientId: query(request, 'client_id'),
      redirectUri: query(request, 'redirect_uri'),
      scope: query(request, 'scope'),
      state: query(request, 'state'),
      challenge: query(request, 'code_challenge'),
      challengeMethod: query(request, 'code_challenge_method'),
    };
    const client = checkRequest(state, asked);
    const isGranted = state.store.oauthGrants.has(`${client.id}/${found.user.id}`);
    if (client.is_trusted || isGranted) return reply.redirect(allow(state, asked, found.user.id), 302);
    sendShell(state, reply);
    return reply;
  });
  app.post('/oauth/authorize', async (request) => {
    const who = actor(state, request);
    checkProvider(state);
    refuseOauth(who.session.isOauth);
    const body = objectBody(request, 'authorize_request');
    const asked = {
      responseType: text(body, 'response_type'),
      clientId: text(body, 'client_id'),
      redirectUri: text(body, 'redirect_uri'),
      scope: text(body, 'scope'),
      state: text(body, 'state'),
      challenge: text(body, 'code_challenge'),
      challengeMethod: text(body, 'code_challenge_method'),
    };
    checkRequest(state, asked);
    return { redirect: allow(state, asked, who.user.id) };
  });
}

function checkRequest(state: MattermostState, asked: AuthorizeRequest): OauthApp {
  const refuse = (id: string) => new ApiError(400, id, { message: 'Invalid authorization request.' });
  if (asked.responseType !== 'code') throw refuse('api.oauth.allow_oauth.bad_response_type.app_error');
  if (asked.state.length > 1024 || asked.scope.length > 128 || asked.redirectUri.length > 256) {
    throw refuse('model.authorize.is_valid.redirect_uri.app_error');
  }
  const client = findApp(state, asked.clientId);
  if (!client.callback_urls.includes(asked.redirectUri))
    throw refuse('api.oauth.allow_oauth.redirect_callback.app_error');
  if (client.is_public && asked.challenge === '') throw refuse('api.oauth.authorize.pkce_required_public.app_error');
  if (asked.challenge !== '' && asked.challengeMethod !== 'S256') {
    throw refuse('model.authorize.is_valid.code_challenge_method.app_error');
  }
  return client;
}

function allow(state: MattermostState, asked: AuthorizeRequest, userId: string): string {
  const code = longCode();
  state.store.oauthGrants.add(`${asked.clientId}/${userId}`);
  state.store.oauthCodes.set(code, {
    code,
    clientId: asked.clientId,
    userId,
    redirectUri: asked.redirectUri,
    createAt: state.now(),
    challenge: asked.challenge,
  });
  const url = new URL(asked.redirectUri);
  url.searchParams.set('code', code);
  url.searchParams.set('state', asked.state);
  return url.href;
}

function exchange(state: MattermostState, form: URLSearchParams) {
  const refuse = (name: string, status = 400) =>
    new ApiError(status, `api.oauth.get_access_token.${name}.app_error`, { message: `invalid_request: ${name}` });
  const clientId = form.get('client_id') ?? '';
  const client = state.store.oauthApps.get(clientId);
  if (form.get('grant_type') !== 'authorization_code') throw refuse('bad_grant');
  if (!client) throw refuse('bad_client_id');
  const secret = form.get('client_secret') ?? '';
  if (!client.is_public && !isSame(secret, client.client_secret)) throw refuse('credentials', 401);
  const code = state.store.oauthCodes.get(form.get('code') ?? '');
  if (!code || code.clientId !== clientId) throw refuse('expired_code');
  state.store.oauthCodes.delete(code.code);
  if (state.now() - code.createAt > CODE_LIFETIME_MS) throw refuse('expired_code');
  if (code.redirectUri !== form.get('redirect_uri')) throw refuse('redirect_uri');
  if (!isProven(code, form.get('code_verifier') ?? '')) throw refuse('pkce');
  const session = tokenOf(state, clientId, code.userId) ?? openOauthSession(state, clientId, code.userId);
  const expires_in = Math.floor((session.expiresAt - state.now()) / 1000);
  const refresh_token = client.is_public ? '' : newId();
  return { access_token: session.token, token_type: 'bearer', expires_in, scope: '', refresh_token, id_token: '' };
}

function openOauthSession(state: MattermostState, clientId: string, userId: string): Session {
  const hours = state.config.ServiceSettings.SessionLengthSSOInHours;
  const session = openSession(state, userId, { hours, origin: clientId });
  session.isOauth = true;
  return session;
}

/** One token per person and application, given out again while it lives. */
function tokenOf(state: MattermostState, clientId: string, userId: string): Session | undefined {
  return [...state.store.sessions.values()].find(
    (session) => session.origin === clientId && session.userId === userId && session.expiresAt > state.now(),
  );
}

function isProven(code: OauthCode, verifier: string): boolean {
  if (code.challenge === '') return true;
  return isSame(createHash('sha256').update(verifier).digest('base64url'), code.challenge);
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
