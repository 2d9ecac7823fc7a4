import { createHash, timingSafeEqual } from 'node:crypto';
import { MINUTE } from './time.ts';

/** How long links, states and the browser's cookie live. */
export const SIGN_IN_TTL_MS = 10 * MINUTE;

/** SHA-256 as base64url: what is stored of links, states and browser secrets, and the S256 challenge of a PKCE verifier. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/**
 * Whether two secrets are the same. It compares their SHA-256 digests in constant time, so the time depends neither on where they differ
 * nor on whether their lengths do.
 */
export function constantTimeEqual(one: string | Uint8Array, other: string | Uint8Array): boolean {
  const hash = (value: string | Uint8Array) => createHash('sha256').update(value).digest();
  return timingSafeEqual(hash(one), hash(other));
}

/** Binds the sealed secrets to their state. */
export function stateContext(stateHash: string): string {
  return `sign-in:${stateHash}`;
}
