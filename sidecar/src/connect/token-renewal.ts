import { randomUUID } from 'node:crypto';
import type { Sealer } from '../core/encryption.ts';
import type { ErrorCode } from '../core/errors.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Connections } from '../core/ports/connections.ts';
import type { Entra } from '../core/ports/entra.ts';
import type { AccessToken, RenewalLock, TokenRenewals } from '../core/ports/tokens.ts';
import type { Clock } from '../core/time.ts';
import { MINUTE } from '../core/time.ts';
import type { Connection } from '../core/types.ts';

export interface RenewalDeps {
  connections: Pick<Connections, 'find' | 'endSignIn'>;
  renewals: Pick<TokenRenewals, 'acquire' | 'save' | 'release'>;
  /** Whether Graph has refused that token before it expired. */
  isRefused(token: string): boolean;
  sealer: Sealer;
  entra: Pick<Entra, 'accessToken'>;
  /** See `Tokens.onSignInEnded`. */
  onSignInEnded(connection: Connection): Promise<void>;
  clock: Clock;
  log: Log;
}

/** Whether a token that another replica stored may be used. */
export type IsUsable = (access: AccessToken) => boolean;

/** Errors that end a sign-in for good; all others are temporary or for the operator to mend. */
const ENDING: ReadonlySet<ErrorCode> = new Set(['reconnect_needed', 'admin_consent_needed', 'seal_broken']);

/** Longer than two requests to Entra may take, one with each of two credentials. */
const LOCK_MS = MINUTE;
const POLL_MS = 100;

/** Binds a sealed token cache to its connection. */
export function tokenContext(connectionId: string): string {
  return `connection-tokens:${connectionId}`;
}

function accessContext(connectionId: string): string {
  return `connection-access:${connectionId}`;
}

/**
 * Renews the token of this connection. Each use of a refresh token returns a new one
 * (https://learn.microsoft.com/entra/identity-platform/refresh-tokens), so one replica at a time renews; those that waited for the lock use
 * the token it stored.
 * @throws {AppError} the codes of `Tokens.tokenFor`
 */
export async function renew(deps: RenewalDeps, connectionId: string, isUsable: IsUsable): Promise<AccessToken> {
  const { connection, lock } = await acquireLock(deps, connectionId);
  try {
    const shared = openShared(deps.sealer, lock);
    if (shared && isUsable(shared)) return shared;
    return await redeem(deps, connection, lock);
  } catch (error) {
    const { code } = toAppError(error);
    if (ENDING.has(code)) await endSignIn(deps, connection, { code, sealed: lock.sealedTokenCache });
    throw error;
  } finally {
    await deps.renewals.release(lock).catch((err: unknown) => {
      deps.log.warn({ err, connectionId }, 'The lock to renew tokens could not be given back; it runs out by itself.');
    });
  }
}

async function acquireLock(
  deps: RenewalDeps,
  connectionId: string,
): Promise<{ connection: Connection; lock: RenewalLock }> {
  const lockId = randomUUID();
  for (;;) {
    const connection = await deps.connections.find(connectionId);
    if (!connection) throw new AppError('not_found', 'There is no such connection.', { fields: { connectionId } });
    if (connection.state === 'reconnect') {
      throw new AppError('reconnect_needed', 'The connection waits for its user to sign in again.', {
        fields: { connectionId },
      });
    }
    const now = deps.clock.now();
    const lock = await deps.renewals.acquire({ connectionId, lockId, now, until: now + LOCK_MS });
    if (lock) return { connection, lock };
    await deps.clock.sleep(POLL_MS);
  }
}

/** The token that the last renewal stored. Null when there is none or its encryption key is gone: then a new one is requested. */
function openShared(sealer: Sealer, { connectionId, sealedAccess }: RenewalLock): AccessToken | null {
  if (sealedAccess === null) return null;
  try {
    return JSON.parse(sealer.open(sealedAccess, accessContext(connectionId))) as AccessToken;
  } catch {
    return null;
  }
}

async function redeem(deps: RenewalDeps, connection: Connection, lock: RenewalLock): Promise<AccessToken> {
  const { sealer, renewals } = deps;
  const context = tokenContext(connection.id);
  const access = await deps.entra.accessToken({ cache: sealer.open(lock.sealedTokenCache, context) });
  if (access.account.oid !== connection.oid || access.account.tid !== connection.tid) {
    throw new AppError('reconnect_needed', 'The tokens of a connection belong to another account.');
  }
  const { token, expiresAt } = access;
  const sealedAccess = sealer.seal(JSON.stringify({ token, expiresAt }), accessContext(connection.id));
  // Not saved when the user signed in again meanwhile or this lock expired: the stored tokens are newer then.
  await renewals.save(lock, { sealedTokenCache: sealer.seal(access.cache, context), sealedAccess });
  return { token, expiresAt };
}

/**
 * Records that the sign-in ended and calls `onSignInEnded`. The state is written first and by one replica only, so the callback runs once.
 * The caller does not wait for it: the callback stops subscriptions, and a subscription may be what waits for this token.
 */
async function endSignIn(
  deps: RenewalDeps,
  connection: Connection,
  { code, sealed }: { code: ErrorCode; sealed: string },
): Promise<void> {
  const { id } = connection;
  const end = { id, sealedTokenCache: sealed, errorCode: code, now: deps.clock.now() };
  if (!(await deps.connections.endSignIn(end))) return;
  deps.log.warn({ connectionId: id, code }, 'A Microsoft sign-in ended; its user must connect again.');
  void deps.onSignInEnded({ ...connection, state: 'reconnect' }).catch((error: unknown) => {
    deps.log.error(
      { err: error, connectionId: id },
      'The end of a sign-in could not be handled: its user may not have been told.',
    );
  });
}
