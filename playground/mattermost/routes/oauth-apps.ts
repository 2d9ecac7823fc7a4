import type { FastifyInstance } from 'fastify';
import { flag, idParam, isStrings, objectBody, paging, text } from '../http/body.ts';
import { ApiError, forbidden, invalidBody, missing } from '../http/errors.ts';
import { actor, adminActor } from '../http/session.ts';
import { newId } from '../state/ids.ts';
import type { OauthApp, Props } from '../state/model.ts';
import type { MattermostState } from '../state/state.ts';

/** 501 unless the OAuth provider is on. */
export function checkProvider(state: MattermostState): void {
  if (state.config.ServiceSettings.EnableOAuthServiceProvider) return;
  throw new ApiError(501, 'api.oauth.register_oauth_app.turn_off.app_error', {
    message: 'The system admin has turned off OAuth2 Service Provider.',
  });
}

/** OAuth applications below `/api/v4`. */
export function oauthAppRoutes(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.post('/oauth/apps', async (request, reply) => {
    const who = adminActor(state, request, 'manage_oauth');
    checkProvider(state);
    const body = objectBody(request, 'oauth_app');
    const registered = readApp(body, { creatorId: who.user.id, now: state.now() });
    store.oauthApps.set(registered.id, registered);
    reply.code(201);
    return registered;
  });
  app.get('/oauth/apps', async (request) => {
    adminActor(state, request, 'manage_oauth');
    checkProvider(state);
    const { from, to } = paging(request);
    return [...store.oauthApps.values()].slice(from, to);
  });
  app.get('/oauth/apps/:app_id', async (request) => {
    adminActor(state, request, 'manage_oauth');
    checkProvider(state);
    return findApp(state, idParam(request, 'app_id'));
  });
  app.get('/oauth/apps/:app_id/info', async (request) => {
    actor(state, request);
    return { ...findApp(state, idParam(request, 'app_id')), client_secret: '' };
  });
  app.delete('/oauth/apps/:app_id', async (request) => {
    adminActor(state, request, 'manage_oauth');
    checkProvider(state);
    store.oauthApps.delete(findApp(state, idParam(request, 'app_id')).id);
    return { status: 'OK' };
  });
}

/** The application or 404. */
export function findApp(state: MattermostState, id: string): OauthApp {
  const found = state.store.oauthApps.get(id);
  if (!found) throw missing('app.oauth.get_app.find.app_error', 'app');
  return found;
}

function readApp(body: Props, by: { creatorId: string; now: number }): OauthApp {
  const callbacks = body.callback_urls;
  if (!isStrings(callbacks) || callbacks.length === 0 || callbacks.join().length > 1024 || !callbacks.every(isHttp)) {
    throw invalidBody('callback_urls');
  }
  const [name, description, homepage] = [text(body, 'name'), text(body, 'description'), text(body, 'homepage')];
  if (name === '' || name.length > 64) throw invalidBody('name');
  if (description.length > 512) throw invalidBody('description');
  const icon = text(body, 'icon_url');
  if (icon !== '' && (!isHttp(icon) || icon.length > 512)) throw invalidBody('icon_url');
  if (!isHttp(homepage) || homepage.length > 256) throw invalidBody('homepage');
  return {
    id: newId(),
    creator_id: by.creatorId,
    create_at: by.now,
    update_at: by.now,
    client_secret: flag(body, 'is_public') ? '' : newId(),
    name,
    description,
    icon_url: icon,
    callback_urls: callbacks,
    homepage,
    is_trusted: flag(body, 'is_trusted'),
    is_public: flag(body, 'is_public'),
  };
}

function isHttp(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}

/** 403 for a session that was itself opened by OAuth. */
export function refuseOauth(isOauth: boolean): void {
  if (isOauth) throw forbidden('edit_other_users');
}
