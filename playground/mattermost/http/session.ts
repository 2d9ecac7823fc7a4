import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { isId, newId } from '../state/ids.ts';
import type { Session, User } from '../state/model.ts';
import { isAdmin } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';
import { forbidden, invalidUrl, sessionExpired } from './errors.ts';

/** Who makes a request. */
export interface Actor {
  session: Session;
  user: User;
}

const HOUR = 3_600_000;

/** Opens a session; `hours` 0 makes one without end (user access tokens). */
export function openSession(
  state: MattermostState,
  userId: string,
  options: { hours: number; origin: string; token?: string },
): Session {
  const now = state.now();
  const session: Session = {
    id: newId(),
    token: options.token ?? newId(),
    csrf: newId(),
    userId,
    createAt: now,
    expiresAt: options.hours === 0 ? 0 : now + options.hours * HOUR,
    isOauth: options.origin === 'oauth',
    origin: options.origin,
  };
  state.store.sessions.set(session.token, session);
  return session;
}

/** The value of one cookie of a request. */
export function cookie(request: IncomingMessage, name: string): string {
  const header = request.headers.cookie;
  if (header === undefined) return '';
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return '';
}

/** The session token of a request; a cookie wins over the header (`ParseAuthTokenFromRequest`). */
export function requestToken(request: IncomingMessage): { token: string; fromCookie: boolean } {
  const fromCookie = cookie(request, 'MMAUTHTOKEN');
  if (fromCookie !== '') return { token: fromCookie, fromCookie: true };
  const match = /^(bearer|token) +(\S+)$/i.exec(request.headers.authorization ?? '');
  return { token: match?.[2] ?? '', fromCookie: false };
}

/** The living session of a token, or nothing: unknown, ended, or of a deactivated account. */
export function findSession(state: MattermostState, token: string): Actor | undefined {
  const session = state.store.sessions.get(token);
  if (!session || (session.expiresAt !== 0 && session.expiresAt <= state.now())) return undefined;
  const user = state.store.users.get(session.userId);
  return user && user.delete_at === 0 ? { session, user } : undefined;
}

/** The session a request must have; 401 otherwise, and the cookies are cleared when the token was wrong or forged (CSRF). */
export function actor(state: MattermostState, request: FastifyRequest): Actor {
  const { token, fromCookie } = requestToken(request.raw);
  if (token === '') throw sessionExpired(false, 'UserRequired');
  const found = findSession(state, token);
  if (!found) throw sessionExpired(true);
  if (fromCookie && request.method !== 'GET' && !isFromOwnPage(state, request, found.session)) {
    throw sessionExpired(true, 'Appears to be a CSRF attempt');
  }
  return found;
}

/** Like `actor`, but without a session the answer is nothing instead of a refusal. */
export function maybeActor(state: MattermostState, request: FastifyRequest): Actor | undefined {
  return requestToken(request.raw).token === '' ? undefined : actor(state, request);
}

/** Whether a request with the session's cookie comes from a page of the server itself (`checkCSRFToken`). */
export function isFromOwnPage(state: MattermostState, request: FastifyRequest, session: Session): boolean {
  if (request.headers['x-csrf-token'] === session.csrf) return true;
  const strict = state.config.ServiceSettings.ExperimentalStrictCSRFEnforcement;
  return !strict && request.headers['x-requested-with'] === 'XMLHttpRequest';
}

/** The session of a system administrator; 403 naming `permission` otherwise. */
export function adminActor(state: MattermostState, request: FastifyRequest, permission: string): Actor {
  const found = actor(state, request);
  if (!isAdmin(found.user)) throw forbidden(permission);
  return found;
}

/** A `user_id` of the path, where `me` means the session's user. */
export function userParam(request: FastifyRequest, who: Actor, key = 'user_id'): string {
  const value = (request.params as Record<string, string | undefined>)[key] ?? '';
  if (value === 'me') return who.user.id;
  if (!isId(value)) throw invalidUrl(key);
  return value;
}

/** As `userParam`, but only for oneself or an administrator. */
export function ownUserParam(request: FastifyRequest, who: Actor): string {
  const id = userParam(request, who);
  if (id !== who.user.id && !isAdmin(who.user)) throw forbidden('edit_other_users');
  return id;
}

/** Sets the three cookies of a login, with the attributes of `AttachSessionCookies`: no SameSite, Secure only over https. */
export function setCookies(reply: FastifyReply, request: FastifyRequest, session: Session): void {
  const seconds = Math.floor((session.expiresAt - session.createAt) / 1000);
  const expires = new Date(session.expiresAt).toUTCString();
  const secure = request.headers['x-forwarded-proto'] === 'https' ? '; Secure' : '';
  const common = `Path=/; Expires=${expires}; Max-Age=${seconds}`;
  reply.header('set-cookie', [
    `MMAUTHTOKEN=${session.token}; ${common}; HttpOnly${secure}`,
    `MMUSERID=${session.userId}; ${common}${secure}`,
    `MMCSRF=${session.csrf}; ${common}${secure}`,
  ]);
}

/** Removes the session cookies. */
export function clearCookies(reply: FastifyReply): void {
  const gone = 'Path=/; Max-Age=0';
  reply.header('set-cookie', [`MMAUTHTOKEN=; ${gone}; HttpOnly`, `MMUSERID=; ${gone}`, `MMCSRF=; ${gone}`]);
}

/** A code of 52 characters as the OAuth provider hands out. */
export function longCode(): string {
  return randomBytes(26).toString('hex');
}
