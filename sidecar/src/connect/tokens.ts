import { LRUCache } from 'lru-cache';
import type { AccessToken } from '../core/ports/tokens.ts';
import { MINUTE } from '../core/time.ts';
import type { Connection } from '../core/types.ts';
import type { RenewalDeps } from './token-renewal.ts';
import { renew } from './token-renewal.ts';

/** The access tokens of all connections. */
export interface Tokens {
  /**
   * A token of this connection that lives for `minValidMs` more (default five minutes), renewed when needed. Subscriptions ask for a longer
   * life: Graph stops delivering when the token that created or renewed the subscription expires
   * (https://learn.microsoft.com/graph/change-notifications-lifecycle-events).
   * @throws {AppError} not_found when there is no such connection; reconnect_needed, admin_consent_needed, seal_broken when the sign-in
   *   ended; client_credential_invalid, microsoft_throttled, microsoft_unavailable, microsoft_refused, key_unknown, which change nothing
   */
  tokenFor(connectionId: string, minValidMs?: number): Promise<string>;
  /** Keeps the token of a fresh sign-in. */
  remember(connectionId: string, access: AccessToken): void;
  /** Drops the token kept in memory, because the connection was removed. */
  forget(connectionId: string): void;
  /**
   * Registers a callback for sign-ins that ended for good, called once per ended sign-in among all replicas. Its failure is logged, never
   * retried. `tokenFor` does not wait for it, so it may itself use what waits for that token.
   */
  onSignInEnded(callback: (connection: Connection) => Promise<void>): void;
}

const MIN_VALID_MS = 5 * MINUTE;
/** A limit for connections that another replica removed: Graph's own limit is 10,000 subscriptions for a tenant. */
const MAX_TOKENS = 20_000;

/** A token in memory. While it is being renewed it is known only how long it will live at least. */
type CachedToken =
  | { state: 'renewing'; token: Promise<string>; minValidMs: number }
  | { state: 'ready'; access: AccessToken };

/**
 * Keeps access tokens in memory until shortly before they expire. One call at a time renews a token, also among replicas, and callers that
 * need no longer a life share it.
 */
export function createTokens(deps: Omit<RenewalDeps, 'onSignInEnded'>): Tokens {
  const tokens = new LRUCache<string, CachedToken>({ max: MAX_TOKENS });
  const callbacks: ((connection: Connection) => Promise<void>)[] = [];
  const onSignInEnded = async (connection: Connection) => {
    await Promise.all(callbacks.map((callback) => callback(connection)));
  };

  /** Graph may have refused a token before it expired, also one that another replica stored. */
  function isUsable({ token, expiresAt }: AccessToken, minValidMs: number): boolean {
    return expiresAt - deps.clock.now() > minValidMs && !deps.isRefused(token);
  }

  function startRenewal(connectionId: string, minValidMs: number): Promise<string> {
    const renewal = renew({ ...deps, onSignInEnded }, connectionId, (shared) => isUsable(shared, minValidMs));
    const token = renewal.then((access) => access.token);
    const entry: CachedToken = { state: 'renewing', token, minValidMs };
    // `peek`: a later sign-in or renewal may have replaced this entry, and it must stay.
    const isCurrent = () => tokens.peek(connectionId) === entry;
    tokens.set(connectionId, entry);
    renewal.then(
      (access) => isCurrent() && tokens.set(connectionId, { state: 'ready', access }),
      () => isCurrent() && tokens.delete(connectionId),
    );
    return token;
  }

  return {
    async tokenFor(connectionId, minValidMs = MIN_VALID_MS) {
      const cached = tokens.get(connectionId);
      if (cached?.state === 'renewing' && cached.minValidMs >= minValidMs) return cached.token;
      if (cached?.state === 'ready' && isUsable(cached.access, minValidMs)) return cached.access.token;
      return startRenewal(connectionId, minValidMs);
    },
    remember: (connectionId, { token, expiresAt }) =>
      void tokens.set(connectionId, { state: 'ready', access: { token, expiresAt } }),
    forget: (connectionId) => void tokens.delete(connectionId),
    onSignInEnded: (callback) => void callbacks.push(callback),
  };
}
