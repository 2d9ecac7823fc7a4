/** A started sign-in: the browser it belongs to, and its sealed secrets (PKCE verifier, nonce). */
export interface PendingSignIn {
  /** The user who began it; null while the user is not known. */
  userId: string | null;
  browserHash: string;
  sealed: string;
}

/** One-time links and states. Only their SHA-256 hashes are stored, and each is consumed by one atomic statement. */
export interface SignIns {
  createLink(link: { hash: string; userId: string; expiresAt: number }): Promise<void>;
  /** Looks without consuming, so that a link preview does not use up the link. */
  peekLink(hash: string, now: number): Promise<{ userId: string } | null>;
  consumeLink(hash: string, now: number): Promise<{ userId: string } | null>;
  createState(state: PendingSignIn & { hash: string; expiresAt: number }): Promise<void>;
  consumeState(hash: string, now: number): Promise<PendingSignIn | null>;
  /** Deletes what has expired. */
  purge(now: number): Promise<void>;
}
