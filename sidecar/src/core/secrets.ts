import { createHash, timingSafeEqual } from 'node:crypto';
import { MINUTE } from './time.ts';

/** How long links, states and the browser's cookie live. */
export const SIGN_IN_TTL_MS = 10 * MINUTE;

/** SHA-256 as base64url: what is stored of links, states and browser secrets, and the S256 challenge of a PKCE verifier. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Whether `secret` has this digest, in constant time. */
export function matchesDigest(secret: string, expected: string): boolean {
  const actual = Buffer.from(digest(secret));
  const wanted = Buffer.from(expected);
  return actual.length === wanted.length && timingSafeEqual(actual, wanted);
}

/** Binds the sealed secrets to their state. */
export function stateContext(stateHash: string): string {
  return `sign-in:${stateHash}`;
}
