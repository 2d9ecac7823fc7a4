import type { FastifyInstance, FastifyRequest } from 'fastify';
import { isObject, isStrings, objectBody, param, query, text } from '../http/body.ts';
import { ApiError, invalidBody } from '../http/errors.ts';
import type { Fault, FaultKind } from '../http/faults.ts';
import { reconcilePlugins } from '../plugins/install.ts';
import { clientPost } from '../posts/wire.ts';
import { type ConfigPatch, editConfig } from '../state/config.ts';
import type { Props, User } from '../state/model.ts';
import { addTeam, addUser, changeUser, joinTeam, type NewUser } from '../state/people.ts';
import type { MattermostState } from '../state/state.ts';
import { publishUser } from '../state/user-wire.ts';
import { setActive } from './users.ts';

const KINDS: readonly FaultKind[] = ['lose_answer', 'error', 'throttle', 'slow', 'hang', 'down'];

/** `/playground/…`: what tests and the demo do behind the server's back. No authentication. */
export function controlRoutes(app: FastifyInstance, state: MattermostState): void {
  faultRoutes(app, state);
  peopleRoutes(app, state);
  pluginRoutes(app, state);
  app.post('/restart', async () => {
    state.pending.clear();
    state.hub.reset();
    return { status: 'OK' };
  });
  app.get('/clock', async () => ({ now: state.now() }));
  app.post('/clock', async (request) => {
    const ms = objectBody(request, 'clock').advanceMs;
    if (typeof ms !== 'number') throw invalidBody('advanceMs');
    state.advance(ms);
    return { now: state.now() };
  });
  app.get('/posts', async (request) => postsBetween(state, query(request, 'user'), query(request, 'from')));
  app.put('/config', async (request) => {
    editConfig(state.config, objectBody(request, 'config') as ConfigPatch);
    await reconcilePlugins(state);
    return state.config;
  });
}

/** The process of a plugin: what it logged, signals, and the health check now instead of within 30 s. */
function pluginRoutes(app: FastifyInstance, state: MattermostState): void {
  const id = (request: FastifyRequest) => param(request, 'plugin_id');
  const view = (pluginId: string) => {
    const plugin = state.store.plugins.get(pluginId);
    const supervised = state.pluginHost.supervised(pluginId);
    return {
      state: plugin?.state ?? 0,
      error: plugin?.error ?? '',
      pid: supervised?.pid() ?? 0,
      restarts: supervised?.restarts() ?? 0,
      log: state.pluginHost.logOf(pluginId),
    };
  };
  app.get('/plugins/:plugin_id', async (request) => view(id(request)));
  app.post('/plugins/:plugin_id/check', async (request) => {
    await state.pluginHost.supervised(id(request))?.check();
    return view(id(request));
  });
  app.post('/plugins/:plugin_id/kill', async (request) => {
    state.pluginHost.supervised(id(request))?.kill('SIGKILL');
    return view(id(request));
  });
}

function faultRoutes(app: FastifyInstance, state: MattermostState): void {
  app.get('/faults', async () => state.faults.list());
  app.post('/faults', async (request) => {
    const fault = readFault(objectBody(request, 'fault'));
    state.faults.add(fault);
    if (fault.kind === 'down') state.hub.reset();
    return fault;
  });
  app.delete('/faults', async () => {
    state.faults.clear();
    return { status: 'OK' };
  });
  app.get('/requests', async () => Object.fromEntries(state.faults.counts));
  app.delete('/requests', async () => {
    state.faults.counts.clear();
    return { status: 'OK' };
  });
}

function readFault(body: Props): Fault {
  const kind = KINDS.find((item) => item === body.kind);
  if (!kind) throw invalidBody('kind');
  const number = (key: string, otherwise: number) => (typeof body[key] === 'number' ? body[key] : otherwise);
  const path = text(body, 'path') || '*';
  return {
    kind,
    path,
    status: number('status', 500),
    retryAfterSeconds: number('retryAfterSeconds', 1),
    ms: number('ms', 1000),
    times: number('times', Number.MAX_SAFE_INTEGER),
  };
}

function peopleRoutes(app: FastifyInstance, state: MattermostState): void {
  app.post('/users', async (request, reply) => {
    reply.code(201);
    return makeUser(state, objectBody(request, 'user'));
  });
  app.post('/bulk', { bodyLimit: 64 * 1024 * 1024 }, async (request, reply) => {
    const { users } = objectBody(request, 'bulk');
    if (!Array.isArray(users)) throw invalidBody('users');
    reply.code(201);
    return {
      users: users
        .map((user) => makeUser(state, isObject(user) ? user : {}))
        .map(({ id, username }) => ({ id, username })),
    };
  });
  app.patch('/users/:user_id', async (request) => {
    const key = param(request, 'user_id');
    const user = state.store.users.get(key) ?? state.store.users.get(state.store.userIdByName.get(key) ?? '');
    if (!user) throw new ApiError(404, 'app.user.missing_account.const', { message: 'There is no such user.' });
    const { delete_at, ...fields } = objectBody(request, 'user');
    changeUser(state.store, user, { fields: fields as Partial<User>, now: state.now() });
    if (typeof delete_at === 'number') setActive(state, user, delete_at === 0);
    else publishUser(state, user);
    return user;
  });
  app.post('/teams', async (request, reply) => {
    const body = objectBody(request, 'team');
    const name = text(body, 'name');
    const team = addTeam(state.store, { name, display_name: text(body, 'display_name') || name }, state.now());
    for (const member of isStrings(body.members) ? body.members : []) {
      joinTeam(state.store, team.id, { userId: state.store.userIdByName.get(member) ?? member });
    }
    reply.code(201);
    return team;
  });
}

/** An account with the password of all sample people, in the teams named (by default the first one). */
function makeUser(state: MattermostState, body: Props): User {
  const { teams, ...fields } = body;
  const username = text(body, 'username');
  if (username === '' || state.store.userIdByName.has(username)) throw invalidBody('username');
  const email = text(body, 'email') || `${username}@example.com`;
  const user = addUser(
    state.store,
    { password: 'Password1!', ...(fields as Partial<NewUser>), username, email },
    state.now(),
  );
  const names = isStrings(teams) ? teams : ['playground'];
  for (const team of state.store.teams.values()) {
    if (names.includes(team.name)) joinTeam(state.store, team.id, { userId: user.id });
  }
  return user;
}

/** Every stored post of the direct channel of two people, oldest first, deleted ones included; integrations visible. */
function postsBetween(state: MattermostState, user: string, from: string) {
  const { store } = state;
  const ids = [store.userIdByName.get(user) ?? '', store.userIdByName.get(from) ?? ''].sort();
  const channelId = store.channelIdByName.get(`/${ids.join('__')}`) ?? '';
  const posts = store.postsOfChannel.get(channelId) ?? [];
  return posts.map((post) => {
    const files = (post.file_ids ?? []).flatMap((id) => store.files.get(id) ?? []);
    const asked_at = store.postAskedAt.get(post.id) ?? post.create_at;
    return { ...clientPost(store, post), props: post.props, pending_post_id: post.pending_post_id, files, asked_at };
  });
}
