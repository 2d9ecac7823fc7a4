import { randomUUID } from 'node:crypto';
import type { Sealer } from '../core/encryption.ts';
import type { ErrorCode } from '../core/errors.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Connections } from '../core/ports/connections.ts';
import type { AccessToken, RenewableToken, RenewalLock, TokenRenewals } from '../core/ports/tokens.ts';
import type { Clock } from '../core/time.ts';
import { MINUTE } from '../core/time.ts';
import type { AccountKey, Connection } from '../core/types.ts';

export interface TokensDeps {
  connections: Pick<Connections, 'find' | 'endSignIn'>;
  renewals: Pick<TokenRenewals, 'acquire' | 'save' | 'release'>;
  /** Whether Graph has refused that token before its time. */
  isRefused(token: string): boolean;
  sealer: Sealer;
  entra: { accessToken(request: { cache: string }): Promise<RenewableToken & { account: AccountKey }> };
  /** Told once per dead sign-in. A failure of it is logged, never retried. */
  onDead(connection: Connection): Promise<void>;
  clock: Clock;
  log: Log;
}

/** Whether a token that another replica brought will do. */
export type Suits = (access: AccessToken) => boolean;

/** Failures that end a sign-in for good; everything else is temporary or the operator's. */
const DEADLY: ReadonlySet<ErrorCode> = new Set(['reconnect_needed', 'admin_consent_needed', 'seal_broken']);

/** Longer than Entra may take to answer, with both of two credentials. */
const LOCK_MS = MINUTE;
const LOOK_EVERY_MS = 100;

/** Binds a sealed token cache to its connection. */
export function tokenContext(connectionId: string): string {
  return `connection-tokens:${connectionId}`;
}

function accessContext(connectionId: string): string {
  return `connection-access:${connectionId}`;
}

/**
 * A fresh token of this connection. Refresh tokens change with every use, so one replica at a time asks for it; those that had to wait
 * take what it brought. Errors: see `Tokens`.
 */
export async function renew(deps: TokensDeps, connectionId: string, suits: Suits): Promise<AccessToken> {
  const { connection, lock } = await acquireLock(deps, connectionId);
  try {
    const shared = openShared(deps.sealer, lock);
    if (shared && suits(shared)) return shared;
    return await redeem(deps, connection, lock);
  } catch (error) {
    const { code } = toAppError(error);
    if (DEADLY.has(code)) await bury(deps, connection, { code, sealed: lock.sealedTokenCache });
    throw error;
  } finally {
    await deps.renewals.release(lock).catch((err: unknown) => {
      deps.log.warn({ err, connectionId }, 'The lock to renew tokens could not be given back; it runs out by itself.');
    });
  }
}

async function acquireLock(
  deps: TokensDeps,
  connectionId: string,
): Promise<{ connection: Connection; lock: RenewalLock }> {
  const lockId = randomUUID();
  for (;;) {
    const connection = await deps.connections.find(connectionId);
    if (!connection) throw new AppError('not_found', 'The connection is gone.', { fields: { connectionId } });
    if (connection.state === 'reconnect') {
      throw new AppError('reconnect_needed', 'The connection waits for its user to sign in again.', {
        fields: { connectionId },
      });
    }
    const now = deps.clock.now();
    const lock = await deps.renewals.acquire({ connectionId, lockId, now, until: now + LOCK_MS });
    if (lock) return { connection, lock };
    await deps.clock.sleep(LOOK_EVERY_MS);
  }
}

/** Null when there is none, and when it was sealed with a key that is gone: then a new one is asked for. */
function openShared(sealer: Sealer, { connectionId, sealedAccess }: RenewalLock): AccessToken | null {
  if (sealedAccess === null) return null;
  try {
    return JSON.parse(sealer.open(sealedAccess, accessContext(connectionId))) as AccessToken;
  } catch {
    return null;
  }
}

async function redeem(deps: TokensDeps, connection: Connection, lock: RenewalLock): Promise<AccessToken> {
  const { sealer, renewals } = deps;
  const context = tokenContext(connection.id);
  const access = await deps.entra.accessToken({ cache: sealer.open(lock.sealedTokenCache, context) });
  if (access.account.oid !== connection.oid || access.account.tid !== connection.tid) {
    throw new AppError('reconnect_needed', 'The tokens of a connection belong to another account.');
  }
  const { token, expiresAt } = access;
  const sealedAccess = sealer.seal(JSON.stringify({ token, expiresAt }), accessContext(connection.id));
  // Refused when the user signed in anew meanwhile, or this lock took too long: what is stored then is the newer.
  await renewals.save(lock, { sealedTokenCache: sealer.seal(access.cache, context), sealedAccess });
  return { token, expiresAt };
}

/**
 * Notes a dead sign-in and tells of it. The state is written first and by one replica only, so that it is told once. Nobody waits for the
 * telling: it stops the feed, and the feed may be what is waiting for this token.
 */
async function bury(
  deps: TokensDeps,
  connection: Connection,
  { code, sealed }: { code: ErrorCode; sealed: string },
): Promise<void> {
  const { id } = connection;
  const end = { id, sealedTokenCache: sealed, errorCode: code, now: deps.clock.now() };
  if (!(await deps.connections.endSignIn(end))) return;
  deps.log.warn({ connectionId: id, code }, 'A Microsoft sign-in ended; its user must connect again.');
  void deps.onDead({ ...connection, state: 'reconnect' }).catch((error: unknown) => {
    deps.log.error({ err: error, connectionId: id }, 'A user could not be told that the sign-in ended.');
  });
}
