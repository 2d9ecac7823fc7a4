import { randomUUID } from 'node:crypto';
import type { Sealer } from '../core/encryption.ts';
import type { ErrorCode } from '../core/errors.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Clock } from '../core/time.ts';
import { MINUTE } from '../core/time.ts';
import type { AccountKey, Connection, ConnectionState } from '../core/types.ts';

/** An access token; `expiresAt` in milliseconds. `cache` renews it. */
export interface Access {
  token: string;
  expiresAt: number;
  cache: string;
}

/** An access token without what renews it. */
export type ShortAccess = Omit<Access, 'cache'>;

/** A change of a connection's state, with the error that caused it. */
export interface StateChange {
  id: string;
  state: ConnectionState;
  errorCode: ErrorCode | null;
  now: number;
}

/** The end of the sign-in that these tokens belong to. */
interface SignInEnd {
  id: string;
  sealedTokenCache: string;
  errorCode: ErrorCode;
  now: number;
}

/** The right to renew the tokens of one connection, with what is stored now; `sealedAccess` null before the first renewal. */
interface Turn {
  connectionId: string;
  turnId: string;
  version: number;
  sealedTokenCache: string;
  sealedAccess: string | null;
}

export interface TokensDeps {
  connections: {
    find(id: string): Promise<Connection | null>;
    endSignIn(end: SignInEnd): Promise<boolean>;
  };
  /** Turns among all replicas; null while another has it. `save` refuses what is older than what is stored. */
  renewals: {
    begin(request: { connectionId: string; turnId: string; now: number; until: number }): Promise<Turn | null>;
    save(turn: Turn, renewed: { sealedTokenCache: string; sealedAccess: string }): Promise<boolean>;
    end(turn: Turn): Promise<void>;
  };
  /** Whether Graph has refused that token before its time. */
  isRefused(token: string): boolean;
  sealer: Sealer;
  entra: { accessToken(request: { cache: string }): Promise<Access & { account: AccountKey }> };
  /** Told once per dead sign-in. A failure of it is logged, never retried. */
  onDead(connection: Connection): Promise<void>;
  clock: Clock;
  log: Log;
}

/** Whether a token that another replica brought will do. */
export type Suits = (access: ShortAccess) => boolean;

/** Failures that end a sign-in for good; everything else is temporary or the operator's. */
const DEADLY: ReadonlySet<ErrorCode> = new Set(['reconnect_needed', 'admin_consent_needed', 'seal_broken']);

/** Longer than Entra may take to answer, with both of two credentials. */
const TURN_MS = MINUTE;
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
export async function renew(deps: TokensDeps, connectionId: string, suits: Suits): Promise<ShortAccess> {
  const { connection, turn } = await takeTurn(deps, connectionId);
  try {
    const shared = openShared(deps.sealer, turn);
    if (shared && suits(shared)) return shared;
    return await redeem(deps, connection, turn);
  } catch (error) {
    const { code } = toAppError(error);
    if (DEADLY.has(code)) await bury(deps, connection, { code, sealed: turn.sealedTokenCache });
    throw error;
  } finally {
    await deps.renewals.end(turn).catch((err: unknown) => {
      deps.log.warn({ err, connectionId }, 'The turn to renew tokens could not be given back; it runs out by itself.');
    });
  }
}

async function takeTurn(deps: TokensDeps, connectionId: string): Promise<{ connection: Connection; turn: Turn }> {
  const turnId = randomUUID();
  for (;;) {
    const connection = await deps.connections.find(connectionId);
    if (!connection) throw new AppError('not_found', 'The connection is gone.', { fields: { connectionId } });
    if (connection.state === 'reconnect') {
      throw new AppError('reconnect_needed', 'The connection waits for its user to sign in again.', {
        fields: { connectionId },
      });
    }
    const now = deps.clock.now();
    const turn = await deps.renewals.begin({ connectionId, turnId, now, until: now + TURN_MS });
    if (turn) return { connection, turn };
    await deps.clock.sleep(LOOK_EVERY_MS);
  }
}

/** Null when there is none, and when it was sealed with a key that is gone: then a new one is asked for. */
function openShared(sealer: Sealer, { connectionId, sealedAccess }: Turn): ShortAccess | null {
  if (sealedAccess === null) return null;
  try {
    return JSON.parse(sealer.open(sealedAccess, accessContext(connectionId))) as ShortAccess;
  } catch {
    return null;
  }
}

async function redeem(deps: TokensDeps, connection: Connection, turn: Turn): Promise<ShortAccess> {
  const { sealer, renewals } = deps;
  const context = tokenContext(connection.id);
  const access = await deps.entra.accessToken({ cache: sealer.open(turn.sealedTokenCache, context) });
  if (access.account.oid !== connection.oid || access.account.tid !== connection.tid) {
    throw new AppError('reconnect_needed', 'The tokens of a connection belong to another account.');
  }
  const { token, expiresAt } = access;
  const sealedAccess = sealer.seal(JSON.stringify({ token, expiresAt }), accessContext(connection.id));
  // Refused when the user signed in anew meanwhile, or this turn took too long: what is stored then is the newer.
  await renewals.save(turn, { sealedTokenCache: sealer.seal(access.cache, context), sealedAccess });
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
