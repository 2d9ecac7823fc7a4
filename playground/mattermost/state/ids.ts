import { randomBytes } from 'node:crypto';

const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769';
const LENGTH = 26;

/** A Mattermost id: 26 characters of its base32 alphabet. */
export function newId(): string {
  const bytes = randomBytes(LENGTH);
  let id = '';
  for (const byte of bytes) id += ALPHABET[byte & 31];
  return id;
}

/** What Mattermost's `IsValidId` accepts. */
export function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[a-z0-9]{26}$/i.test(value);
}
