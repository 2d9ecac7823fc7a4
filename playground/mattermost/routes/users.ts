import type { FastifyInstance, FastifyRequest } from 'fastify';
import { flag, idParam, objectBody, paging, param, query, stringsBody, text } from '../http/body.ts';
import { ApiError, forbidden, invalidBody, missing } from '../http/errors.ts';
import { actor, adminActor, ownUserParam, userParam } from '../http/session.ts';
import type { User } from '../state/model.ts';
import { addUser, changeUser } from '../state/people.ts';
import { hasRole, isAdmin } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';
import { clientUser, publishUser } from '../state/user-wire.ts';
import { endSessions } from './login.ts';

/** Looking people up, and what administrators and people themselves may change. */
export function userRoutes(app: FastifyInstance, state: MattermostState): void {
  lookUpRoutes(app, state);
  listRoutes(app, state);
  changeRoutes(app, state);
  adminRoutes(app, state);
}

/** The account or 404. */
export function findUser(state: MattermostState, id: string): User {
  const user = state.store.users.get(id);
  if (!user) throw missing('app.user.missing_account.const', 'user');
  return user;
}

function lookUpRoutes(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.get('/users/:user_id', async (request) => {
    const who = actor(state, request);
    return clientUser(state, who.user, findUser(state, userParam(request, who)));
  });
  app.get('/users/username/:username', async (request) => {
    const who = actor(state, request);
    return clientUser(
      state,
      who.user,
      findUser(state, store.userIdByName.get(param(request, 'username').toLowerCase()) ?? ''),
    );
  });
  app.get('/users/email/:email', async (request) => {
    const who = actor(state, request);
    if (!state.config.PrivacySettings.ShowEmailAddress && !isAdmin(who.user)) {
      throw new ApiError(403, 'api.user.get_user_by_email.permissions.app_error', {
        message: 'Unable to get user by email.',
      });
    }
    return clientUser(
      state,
      who.user,
      findUser(state, store.userIdByEmail.get(param(request, 'email').toLowerCase()) ?? ''),
    );
  });
  app.post('/users/ids', async (request) => {
    const who = actor(state, request);
    const ids = stringsBody(request, 'user_ids');
    return ids.flatMap((id) => store.users.get(id) ?? []).map((user) => clientUser(state, who.user, user));
  });
  app.post('/users/usernames', async (request) => {
    const who = actor(state, request);
    const ids = stringsBody(request, 'usernames').flatMap((name) => store.userIdByName.get(name.toLowerCase()) ?? []);
    return ids.flatMap((id) => store.users.get(id) ?? []).map((user) => clientUser(state, who.user, user));
  });
}

function listRoutes(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.get('/users', async (request) => {
    const who = actor(state, request);
    const team = store.teamMembers.get(query(request, 'in_team'));
    const channel = store.channelMembers.get(query(request, 'in_channel'));
    if (query(request, 'in_team') !== '' && !team?.has(who.user.id) && !isAdmin(who.user)) throw forbidden('view_team');
    const people = [...store.users.values()].filter(
      (user) => matchesState(request, user) && (!team || team.has(user.id)) && (!channel || channel.has(user.id)),
    );
    people.sort((one, other) => (one.username < other.username ? -1 : 1));
    const { from, to } = paging(request);
    return people.slice(from, to).map((user) => clientUser(state, who.user, user));
  });
  app.post('/users/search', async (request) => {
    const who = actor(state, request);
    const body = objectBody(request, '');
    const term = text(body, 'term');
    if (term === '') throw invalidBody('term');
    const limit = typeof body.limit === 'number' ? Math.min(1000, body.limit) : 100;
    const found = search(state, term).filter((user) => user.delete_at === 0 || flag(body, 'allow_inactive'));
    return found.slice(0, limit).map((user) => clientUser(state, who.user, user));
  });
  app.get('/users/autocomplete', async (request) => {
    const who = actor(state, request);
    const found = search(state, query(request, 'name')).filter((user) => user.delete_at === 0);
    return { users: found.slice(0, 100).map((user) => clientUser(state, who.user, user)), out_of_channel: [] };
  });
}

function matchesState(request: FastifyRequest, user: User): boolean {
  if (query(request, 'active') === 'true') return user.delete_at === 0;
  return query(request, 'inactive') !== 'true' || user.delete_at !== 0;
}

function search(state: MattermostState, term: string): User[] {
  const wanted = term.toLowerCase().replace(/^@/, '');
  const showsMail = state.config.PrivacySettings.ShowEmailAddress;
  return [...state.store.users.values()].filter((user) => {
    const names = [user.username, user.first_name, user.last_name, user.nickname, ...(showsMail ? [user.email] : [])];
    return names.some((name) => name.toLowerCase().startsWith(wanted));
  });
}

function changeRoutes(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.post('/users', async (request, reply) => {
    adminActor(state, request, 'create_user');
    const body = objectBody(request, 'user');
    const username = text(body, 'username').toLowerCase();
    const email = text(body, 'email').toLowerCase();
    checkFree(state, username, email);
    reply.code(201);
    return addUser(store, { username, email, password: text(body, 'password') }, state.now());
  });
  app.put('/users/:user_id/patch', async (request) => {
    const who = actor(state, request);
    const user = findUser(state, ownUserParam(request, who));
    const body = objectBody(request, 'user');
    const names = ['first_name', 'last_name', 'nickname', 'position', 'locale', 'email'] as const;
    const fields = Object.fromEntries(
      names.filter((name) => typeof body[name] === 'string').map((name) => [name, body[name]]),
    );
    changeUser(store, user, { fields, now: state.now() });
    publishUser(state, user);
    return clientUser(state, who.user, user);
  });
}

function adminRoutes(app: FastifyInstance, state: MattermostState): void {
  const { store } = state;
  app.put('/users/:user_id/roles', async (request) => {
    adminActor(state, request, 'manage_roles');
    const roles = text(objectBody(request, 'roles'), 'roles');
    if (!/^[a-z_]+( [a-z_]+)*$/.test(roles)) throw invalidBody('roles');
    changeUser(store, findUser(state, idParam(request, 'user_id')), { fields: { roles }, now: state.now() });
    return { status: 'OK' };
  });
  app.put('/users/:user_id/active', async (request) => {
    adminActor(state, request, 'edit_other_users');
    setActive(state, findUser(state, idParam(request, 'user_id')), flag(objectBody(request, 'active'), 'active'));
    return { status: 'OK' };
  });
  app.delete('/users/:user_id', async (request) => {
    const user = findUser(state, ownUserParam(request, actor(state, request)));
    setActive(state, user, false);
    return { status: 'OK' };
  });
  app.post('/users/:user_id/convert_to_bot', async (request) => {
    const who = adminActor(state, request, 'manage_system');
    const user = findUser(state, idParam(request, 'user_id'));
    const now = state.now();
    changeUser(store, user, { fields: { is_bot: true, bot_description: '' }, now });
    endSessions(state, user.id);
    const { id: user_id, username, first_name: display_name, create_at } = user;
    const bot = {
      user_id,
      username,
      display_name,
      description: '',
      owner_id: who.user.id,
      create_at,
      update_at: now,
      delete_at: 0,
    };
    store.bots.set(user.id, bot);
    return bot;
  });
}

/** Refuses a user name or address that is taken. */
export function checkFree(state: MattermostState, username: string, email: string): void {
  if (!/^[a-z][a-z0-9.\-_]{0,63}$/.test(username)) {
    throw new ApiError(400, 'model.user.is_valid.username.app_error', { message: 'Invalid username.' });
  }
  if (state.store.userIdByName.has(username)) {
    throw new ApiError(400, 'app.user.save.username_exists.app_error', {
      message: 'An account with that username already exists.',
    });
  }
  if (state.store.userIdByEmail.has(email)) {
    throw new ApiError(400, 'app.user.save.email_exists.app_error', {
      message: 'An account with that email already exists.',
    });
  }
}

/** Activates or deactivates an account; a deactivated owner takes the bots along. */
export function setActive(state: MattermostState, user: User, isActive: boolean): void {
  const now = state.now();
  changeUser(state.store, user, { fields: { delete_at: isActive ? 0 : now }, now });
  const bot = state.store.bots.get(user.id);
  if (bot) bot.delete_at = user.delete_at;
  if (!isActive) state.pluginHost.deactivated(user);
  if (!isActive && !user.is_bot) {
    endSessions(state, user.id);
    for (const owned of state.store.bots.values()) {
      const account = state.store.users.get(owned.user_id);
      if (owned.owner_id === user.id && account && !hasRole(account.roles, 'system_admin'))
        setActive(state, account, false);
    }
  }
  publishUser(state, user);
}
