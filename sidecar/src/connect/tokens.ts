import type { AccessToken } from '../core/ports/tokens.ts';
import { MINUTE } from '../core/time.ts';
import type { TokensDeps } from './token-renewal.ts';
import { renew } from './token-renewal.ts';

/** The access tokens of all connections. */
export interface Tokens {
  /**
   * A token of this connection that lives for `minValidMs` more (default five minutes), renewed when needed. A subscription wants a long
   * one: Graph stops delivering when the token behind it dies.
   * Errors: `not_found`, `reconnect_needed`, `admin_consent_needed`, and the temporary ones of Entra, which change nothing.
   */
  tokenFor(connectionId: string, minValidMs?: number): Promise<string>;
  /** Keeps the token of a fresh sign-in. */
  remember(connectionId: string, access: AccessToken): void;
  /** Drops the token kept in memory: the connection is gone. */
  forget(connectionId: string): void;
}

const MIN_VALID_MS = 5 * MINUTE;

interface Kept {
  token: Promise<string>;
  /** The same once it is here. */
  value: string | null;
  /** While the renewal is under way, so that all who ask for no longer a life than it does share it: what it asks for. */
  expiresAt: number | { atLeastMs: number };
}

/** Access tokens by connection: kept in memory until shortly before they end, renewed by one call at a time, also among replicas. */
export function createTokens(deps: TokensDeps): Tokens {
  const kept = new Map<string, Kept>();

  /** Another replica may have stored a token that Graph has refused to us meanwhile. */
  function suits({ token, expiresAt }: AccessToken, minValidMs: number): boolean {
    return expiresAt - deps.clock.now() > minValidMs && !deps.isRefused(token);
  }

  function lives({ value, expiresAt }: Kept, minValidMs: number): boolean {
    if (typeof expiresAt === 'object') return expiresAt.atLeastMs >= minValidMs;
    return value !== null && suits({ token: value, expiresAt }, minValidMs);
  }

  function renewed(connectionId: string, minValidMs: number): Kept {
    const access = renew(deps, connectionId, (shared) => suits(shared, minValidMs));
    const token = access.then((fresh) => fresh.token);
    const entry: Kept = { token, value: null, expiresAt: { atLeastMs: minValidMs } };
    kept.set(connectionId, entry);
    access.then(
      (fresh) => {
        entry.value = fresh.token;
        entry.expiresAt = fresh.expiresAt;
      },
      () => {
        if (kept.get(connectionId) === entry) kept.delete(connectionId);
      },
    );
    return entry;
  }

  return {
    tokenFor(connectionId, minValidMs = MIN_VALID_MS) {
      const known = kept.get(connectionId);
      return (known && lives(known, minValidMs) ? known : renewed(connectionId, minValidMs)).token;
    },
    remember(connectionId, { token, expiresAt }) {
      kept.set(connectionId, { token: Promise.resolve(token), value: token, expiresAt });
    },
    forget: (connectionId) => void kept.delete(connectionId),
  };
}
