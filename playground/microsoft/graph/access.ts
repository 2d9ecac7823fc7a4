import { decodeJwt } from 'jose';
import type { MovableClock } from '../clock.ts';
import type { Grants } from '../entra/grants.ts';
import type { AccessToken } from '../types.ts';
import { forbidden, GraphError } from './errors.ts';

/** Permissions of which one is enough; null where this kind of token is not supported at all. */
export interface Permissions {
  delegated: readonly string[] | null;
  app: readonly string[] | null;
}

/** Who is asking. Errors: `GraphError` 401 for a missing, foreign, forged or expired token. */
export function authenticate(
  header: string | undefined,
  { grants, clock }: { grants: Grants; clock: MovableClock },
): AccessToken {
  const token = /^Bearer (.+)$/i.exec(header ?? '')?.[1];
  if (token === undefined) throw unauthenticated('Access token is empty.');
  const known = grants.accessToken(token);
  if (!known) throw unauthenticated(whyUnknown(token));
  if (known.expiresAt <= clock.now()) throw unauthenticated('Lifetime validation failed, the token is expired.');
  return known;
}

/** @throws {GraphError} 403 naming the missing permission */
export function requirePermission(token: AccessToken, needed: Permissions): void {
  const names = token.kind === 'delegated' ? needed.delegated : needed.app;
  const held = token.permissions.map((name) => name.toLowerCase());
  if (names?.some((name) => held.includes(name.toLowerCase()))) return;
  const list = `'${(names ?? []).join(', ')}'`;
  const own = `'${token.permissions.join(', ')}'`;
  if (token.kind === 'delegated') {
    throw forbidden(
      `Missing scope permissions on the request. API requires one of ${list}. Scopes on the request ${own}`,
    );
  }
  throw forbidden(`Missing role permissions on the request. API required one of ${list}. Roles on the request ${own}`);
}

/**
 * The person meant by `/users/{id}` (object id or user principal name).
 * @throws {GraphError} 403 for a delegated token of another person
 */
export function requireSelf(token: AccessToken, names: readonly string[]): void {
  if (token.kind === 'app') return;
  if (!names.some((name) => name.toLowerCase() === token.oid.toLowerCase())) {
    throw forbidden('The signed-in user can only ask for their own data.');
  }
}

function unauthenticated(message: string): GraphError {
  return new GraphError(401, 'InvalidAuthenticationToken', {
    message,
    headers: { 'www-authenticate': 'Bearer realm=""' },
  });
}

/** The error for a token that was not issued here; an id token and a token for another audience have errors of their own. */
function whyUnknown(token: string): string {
  try {
    const { aud } = decodeJwt(token);
    return aud === 'https://graph.microsoft.com'
      ? 'Access token validation failure. Invalid signature.'
      : 'Access token validation failure. Invalid audience.';
  } catch {
    return 'CompactToken parsing failed.';
  }
}
