import { createCipheriv, createDecipheriv, createSecretKey, hkdfSync, type KeyObject, randomBytes } from 'node:crypto';
import { AppError } from './errors.ts';

/** One encryption key: its id is written into everything it seals. `key` is 32 bytes. */
export interface SealKey {
  id: string;
  key: Buffer;
}

/** Seals text at rest and opens it again; `context` binds the sealed text to its place (table, column, row), so rows cannot be swapped. */
export interface Sealer {
  seal(text: string, context: string): string;
  open(sealed: string, context: string): string;
  /** True when `sealed` was not made with the first key, so that it should be sealed anew. */
  isStale(sealed: string): boolean;
  /** A 32-byte key for another purpose (signing buttons, session tokens), derived from the first key. */
  derive(purpose: string): Buffer;
  /** The derived keys of every configured key, first key first: for checking what an older key signed. */
  deriveAll(purpose: string): Buffer[];
}

/** With its key object, which Node would make anew from the bytes at every call. */
interface ReadyKey {
  id: string;
  secret: KeyObject;
}

const VERSION = 'v1';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/**
 * AES-256-GCM (NIST SP 800-38D) with a random 96-bit nonce. Sealed text: `v1.<key id>.<base64url of nonce, tag, ciphertext>`.
 * The first key seals, all keys open.
 *
 * @throws {AppError} config_invalid without a key; opening: key_unknown, seal_broken
 */
export function createSealer(keys: readonly SealKey[]): Sealer {
  const first = keys[0];
  if (!first)
    throw new AppError('config_invalid', 'No encryption key is configured.', { remedy: 'Set ENCRYPTION_KEYS.' });
  const ready = ({ id, key }: SealKey): ReadyKey => ({ id, secret: createSecretKey(key) });
  const sealing = ready(first);
  const byId = new Map(keys.map((key) => [key.id, ready(key)]));
  return {
    seal: (text, context) => sealWith(sealing, text, context),
    open: (sealed, context) => openWith(byId, sealed, context),
    isStale: (sealed) => sealed.split('.')[1] !== first.id,
    derive: (purpose) => deriveKey(first, purpose),
    deriveAll: (purpose) => keys.map((key) => deriveKey(key, purpose)),
  };
}

function deriveKey(key: SealKey, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', key.key, '', `msteams-connect ${purpose}`, 32));
}

function sealWith(key: ReadyKey, text: string, context: string): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key.secret, nonce).setAAD(Buffer.from(context));
  const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  return `${VERSION}.${key.id}.${Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64url')}`;
}

function openWith(keys: Map<string, ReadyKey>, sealed: string, context: string): string {
  const [version, id, data] = sealed.split('.');
  if (version !== VERSION || id === undefined || data === undefined) {
    throw new AppError('seal_broken', 'A sealed value has an unknown form.', { fields: { context } });
  }
  const key = keys.get(id);
  if (!key) {
    throw new AppError('key_unknown', 'A value was sealed with an encryption key that is not configured.', {
      remedy: `Put the key with the id ${id} back into ENCRYPTION_KEYS.`,
      fields: { context, keyId: id },
    });
  }
  const bytes = Buffer.from(data, 'base64url');
  try {
    const decipher = createDecipheriv('aes-256-gcm', key.secret, bytes.subarray(0, NONCE_BYTES), {
      authTagLength: TAG_BYTES,
    })
      .setAAD(Buffer.from(context))
      .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES)), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new AppError('seal_broken', 'A sealed value could not be opened.', {
      cause,
      remedy: 'The database row or the encryption key was changed. The user concerned must connect again.',
      fields: { context, keyId: id },
    });
  }
}
