import { randomBytes } from 'node:crypto';

/** A random token of `bytes` random bytes, base64url. 32 bytes is enough for anything that must not be guessed. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

let lastTime = 0;
let counter = 0;

/** A text id that sorts by the time it was made (milliseconds, then a per-process counter), ending in random characters. */
export function sortableId(now: number): string {
  counter = now === lastTime ? counter + 1 : 0;
  lastTime = now;
  return now.toString(36).padStart(9, '0') + counter.toString(36).padStart(4, '0') + randomBytes(6).toString('hex');
}
