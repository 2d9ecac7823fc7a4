import type { FastifyInstance } from 'fastify';
import { idParam, objectBody, paging, stringsBody, text } from '../http/body.ts';
import { ApiError, forbidden, invalidBody, missing } from '../http/errors.ts';
import { type Actor, actor, adminActor, openSession, userParam } from '../http/session.ts';
import { createPost } from '../posts/create.ts';
import { newId } from '../state/ids.ts';
import type { AccessToken, Bot } from '../state/model.ts';
import { addUser, changeUser, directChannel } from '../state/people.ts';
import { isAdmin } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';
import { checkFree, findUser, setActive } from './users.ts';

/** Bot accounts, user access tokens and role look-ups. */
export function botRoutes(app: FastifyInstance, state: MattermostState): void {
  manageBots(app, state);
  tokenRoutes(app, state);
  app.post('/roles/names', async (request) => {
    actor(state, request);
    return stringsBody(request, 'rolenames').map((name) => ({
      id: name.padEnd(26, '0').slice(0, 26).replaceAll('_', '1'),
      name,
      display_name: name,
      description: '',
      permissions:
        name === 'system_admin'
          ? ['manage_system', 'sysconsole_write_plugins', 'sysconsole_read_plugins']
          : ['create_post'],
      scheme_managed: true,
      built_in: true,
      create_at: 0,
      update_at: 0,
      delete_at: 0,
    }));
  });
}

function manageBots(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.post('/bots', async (request, reply) => {
    const who = actor(state, request);
    const body = objectBody(request, 'bot');
    if (!isAdmin(who.user) || who.user.is_bot) throw forbidden('create_bot');
    if (!state.config.ServiceSettings.EnableBotAccountCreation) {
      throw new ApiError(403, 'api.bot.create_disabled', { message: 'Bot creation has been disabled.' });
    }
    reply.code(201);
    return createBot(state, who, {
      username: text(body, 'username').toLowerCase(),
      display_name: text(body, 'display_name'),
      description: text(body, 'description'),
    });
  });
  app.get('/bots', async (request) => {
    adminActor(state, request, 'read_bots');
    const { from, to } = paging(request);
    return [...store.bots.values()].filter((bot) => bot.delete_at === 0).slice(from, to);
  });
  app.get('/bots/:bot_user_id', async (request) => {
    adminActor(state, request, 'read_bots');
    return findBot(state, idParam(request, 'bot_user_id'));
  });
  app.put('/bots/:bot_user_id', async (request) => {
    adminActor(state, request, 'manage_bots');
    const bot = findBot(state, idParam(request, 'bot_user_id'));
    const body = objectBody(request, 'bot');
    if (typeof body.display_name === 'string') bot.display_name = body.display_name;
    if (typeof body.description === 'string') bot.description = body.description;
    const fields = { first_name: bot.display_name, bot_description: bot.description };
    changeUser(store, findUser(state, bot.user_id), { fields, now: state.now() });
    return bot;
  });
  for (const verb of ['enable', 'disable'] as const) {
    app.post(`/bots/:bot_user_id/${verb}`, async (request) => {
      adminActor(state, request, 'manage_bots');
      const bot = findBot(state, idParam(request, 'bot_user_id'));
      setActive(state, findUser(state, bot.user_id), verb === 'enable');
      return bot;
    });
  }
}

function findBot(state: MattermostState, id: string): Bot {
  const bot = state.store.bots.get(id);
  if (!bot) throw missing('store.sql_bot.get.missing.app_error', 'bot');
  return bot;
}

/** Makes the bot and its account; the owner is told in a direct message, as Mattermost does. */
async function createBot(
  state: MattermostState,
  who: Actor,
  fields: Pick<Bot, 'username' | 'display_name' | 'description'>,
): Promise<Bot> {
  const { username, display_name, description } = fields;
  const email = `${username}@localhost`;
  checkFree(state, username, email);
  if (display_name.length > 64) throw invalidBot('display_name');
  if (description.length > 1024) throw invalidBot('description');
  const now = state.now();
  const account = { username, email, first_name: display_name, is_bot: true, bot_description: description };
  const user = addUser(state.store, account, now);
  const bot: Bot = { ...fields, user_id: user.id, owner_id: who.user.id, create_at: now, update_at: now, delete_at: 0 };
  state.store.bots.set(user.id, bot);
  const { channel } = directChannel(state.store, [user.id, who.user.id], now);
  const message =
    'Please add me to teams and channels you want me to interact in. To do this, use the browser or Mattermost Desktop App.';
  await createPost(state, user, {
    input: {
      id: '',
      channelId: channel.id,
      message,
      rootId: '',
      type: 'add_bot_teams_channels',
      props: {},
      fileIds: [],
      pendingPostId: '',
      createAt: 0,
      priority: undefined,
    },
  });
  return bot;
}

function invalidBot(field: string): ApiError {
  return new ApiError(400, `model.bot.is_valid.${field}.app_error`, { message: `Invalid ${field}.` });
}

function tokenRoutes(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.post('/users/:user_id/tokens', async (request) => {
    const who = actor(state, request);
    const user = findUser(state, userParam(request, who));
    const description = text(objectBody(request, 'user_access_token'), 'description');
    if (description === '') throw invalidBody('description');
    if (!isAdmin(who.user)) throw forbidden('create_user_access_token');
    if (!user.is_bot && !state.config.ServiceSettings.EnableUserAccessTokens) {
      throw new ApiError(501, 'app.user_access_token.disabled', {
        message: 'Personal access tokens are disabled on this server.',
      });
    }
    const token: AccessToken = { id: newId(), token: newId(), user_id: user.id, description, is_active: true };
    store.accessTokens.set(token.id, token);
    openSession(state, user.id, { hours: 0, origin: token.id, token: token.token });
    return token;
  });
  app.get('/users/:user_id/tokens', async (request) => {
    const who = actor(state, request);
    const id = userParam(request, who);
    if (!isAdmin(who.user) && id !== who.user.id) throw forbidden('read_user_access_token');
    return [...store.accessTokens.values()]
      .filter((token) => token.user_id === id)
      .map(({ token: _, ...rest }) => rest);
  });
  for (const verb of ['revoke', 'disable', 'enable'] as const) {
    app.post(`/users/tokens/${verb}`, async (request) => {
      adminActor(state, request, 'revoke_user_access_token');
      const token = store.accessTokens.get(text(objectBody(request, 'token_id'), 'token_id'));
      if (!token) throw invalidBody('token_id');
      token.is_active = verb === 'enable';
      if (verb === 'revoke') store.accessTokens.delete(token.id);
      if (verb === 'enable') openSession(state, token.user_id, { hours: 0, origin: token.id, token: token.token });
      else store.sessions.delete(token.token);
      return { status: 'OK' };
    });
  }
}
