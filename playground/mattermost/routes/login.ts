import type { FastifyInstance } from 'fastify';
import { objectBody, text } from '../http/body.ts';
import { ApiError } from '../http/errors.ts';
import { actor, clearCookies, openSession, ownUserParam, requestToken, setCookies } from '../http/session.ts';
import type { User } from '../state/model.ts';
import type { MattermostState } from '../state/state.ts';
import { clientUser } from '../state/user-wire.ts';

/** Login, logout and sessions. */
export function loginRoutes(app: FastifyInstance, state: MattermostState): void {
  app.post('/users/login', async (request, reply) => {
    const body = objectBody(request, 'body');
    const user = checkPassword(state, text(body, 'login_id'), text(body, 'password'));
    const session = openSession(state, user.id, {
      hours: state.config.ServiceSettings.SessionLengthWebInHours,
      origin: 'login',
    });
    reply.header('token', session.token);
    if (request.headers['x-requested-with'] === 'XMLHttpRequest') setCookies(reply, request, session);
    return clientUser(state, user, user);
  });
  app.post('/users/logout', async (request, reply) => {
    const { token } = requestToken(request.raw);
    const session = state.store.sessions.get(token);
    if (session) {
      state.store.sessions.delete(token);
      state.hub.drop(session.userId);
    }
    clearCookies(reply);
    return { status: 'OK' };
  });
  app.get('/users/:user_id/sessions', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    const sessions = [...state.store.sessions.values()].filter((session) => session.userId === id);
    return sessions.map((session) => ({
      id: session.id,
      token: '',
      create_at: session.createAt,
      expires_at: session.expiresAt,
      user_id: id,
      is_oauth: session.isOauth,
      props: {},
    }));
  });
  app.post('/users/:user_id/sessions/revoke/all', async (request) => {
    const id = ownUserParam(request, actor(state, request));
    endSessions(state, id);
    return { status: 'OK' };
  });
}

/** Ends all sessions and open clients of a person. */
export function endSessions(state: MattermostState, userId: string): void {
  for (const [token, session] of state.store.sessions) {
    if (session.userId === userId) state.store.sessions.delete(token);
  }
  state.hub.drop(userId);
}

function checkPassword(state: MattermostState, loginId: string, password: string): User {
  const { store } = state;
  const id = store.userIdByName.get(loginId.toLowerCase()) ?? store.userIdByEmail.get(loginId.toLowerCase()) ?? '';
  const user = store.users.get(id);
  if (!user || user.is_bot || store.passwords.get(id) !== password) {
    throw new ApiError(401, 'api.user.login.invalid_credentials_email_username', {
      message: 'Enter a valid email or username and/or password.',
    });
  }
  if (user.delete_at !== 0) {
    throw new ApiError(401, 'api.user.login.inactive.app_error', {
      message: 'Login failed because your account has been deactivated. Please contact an administrator.',
    });
  }
  return user;
}
