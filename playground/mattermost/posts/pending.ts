const LIFETIME_MS = 30_000;
const CAPACITY = 25_000;

/** What is known of a `pending_post_id`: never seen, being worked on, or the post it became. */
export type Pending = { state: 'new' } | { state: 'in-flight' } | { state: 'saved'; postId: string };

/** The cache of `pending_post_id`s: in memory, 30 s, keyed by that text alone. */
export interface PendingPosts {
  /** Looks the id up and records it as in flight when it is new. */
  begin(id: string): Pending;
  saved(id: string, postId: string): void;
  failed(id: string): void;
  /** Forgets everything, as a restart does. */
  clear(): void;
}

/** An empty cache; `now` in milliseconds. */
export function createPendingPosts(now: () => number): PendingPosts {
  const seen = new Map<string, { postId: string; expiresAt: number }>();
  const remember = (id: string, postId: string) => {
    seen.delete(id);
    seen.set(id, { postId, expiresAt: now() + LIFETIME_MS });
    if (seen.size > CAPACITY) seen.delete(seen.keys().next().value ?? '');
  };
  return {
    begin(id) {
      const known = seen.get(id);
      if (!known || known.expiresAt <= now()) {
        remember(id, '');
        return { state: 'new' };
      }
      return known.postId === '' ? { state: 'in-flight' } : { state: 'saved', postId: known.postId };
    },
    saved: remember,
    failed: (id) => void seen.delete(id),
    clear: () => seen.clear(),
  };
}
