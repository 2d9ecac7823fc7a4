/** An access token; `expiresAt` in milliseconds. */
export interface AccessToken {
  token: string;
  expiresAt: number;
}

/** An access token with the MSAL cache that renews it, which is sealed before it is stored. */
export interface RenewableToken extends AccessToken {
  cache: string;
}

/** The right to renew the tokens of one connection, with what is stored now. */
export interface RenewalLock {
  connectionId: string;
  /** Random: identifies this renewal. */
  lockId: string;
  version: number;
  sealedTokenCache: string;
  /** The access token of the last renewal, for all replicas; null before the first. */
  sealedAccess: string | null;
}

/** One renewal at a time for each connection, among all replicas. Times in milliseconds. */
export interface TokenRenewals {
  /** Takes the lock until `until`; null while another renewal has it, and when the connection is gone. */
  acquire(request: { connectionId: string; lockId: string; now: number; until: number }): Promise<RenewalLock | null>;
  /**
   * Stores the renewed tokens. False, with nothing changed, when newer tokens were stored since the lock was taken, or the connection is
   * gone: an older refresh token must never replace a newer one.
   */
  save(lock: RenewalLock, renewed: { sealedTokenCache: string; sealedAccess: string }): Promise<boolean>;
  /** Gives the lock back. Does nothing when another renewal has it by now. */
  release(lock: RenewalLock): Promise<void>;
  /** At the start: releases the locks of a process that died. Does nothing on PostgreSQL, where another replica may hold them. */
  releaseAbandoned(): Promise<void>;
}
