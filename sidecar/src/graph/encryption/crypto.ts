import type { webcrypto } from 'node:crypto';
import { createDecipheriv, createHmac, createPrivateKey, createSecretKey, subtle } from 'node:crypto';
import { generate } from 'selfsigned';
import { AppError } from '../../core/errors.ts';
import { sortableId } from '../../core/ids.ts';
import { constantTimeEqual } from '../../core/secrets.ts';
import { DAY } from '../../core/time.ts';
import type { EncryptedContent } from '../wire/entities.ts';

/** A certificate for notifications: `certificate` is the base64 of its DER form, as Graph wants it. */
export interface EncryptionCertificate {
  id: string;
  certificate: string;
  privateKeyPem: string;
}

/** A private key ready for use. Several handles of one key work in parallel; one handle alone is a lock. */
export type DecryptionKey = () => webcrypto.CryptoKey;

const LIFETIME = 365 * DAY;
const HANDLES = 2;
const KEY_BYTES = 32;
const IV_BYTES = 16;

/**
 * Makes a self-signed RSA 2048 certificate, valid for a year. Graph checks neither issuer nor chain (Microsoft Graph: "Set up change
 * notifications that include resource data", Managing encryption keys). Valid from a day ago, in case our clock is ahead.
 */
export async function createEncryptionCertificate(now: number): Promise<EncryptionCertificate> {
  const made = await generate([{ name: 'commonName', value: 'Microsoft Teams for Mattermost notifications' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY),
    notAfterDate: new Date(now + LIFETIME),
  });
  return { id: `cert-${sortableId(now)}`, certificate: pemBody(made.cert), privateKeyPem: made.private };
}

/** Parses a private key once; parsing it for every message is three times slower. Error: thrown by Node when it is no RSA key. */
export async function importDecryptionKey(privateKeyPem: string): Promise<DecryptionKey> {
  const der = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'der' });
  const algorithm = { name: 'RSA-OAEP', hash: 'SHA-1' };
  const handles = await Promise.all(
    Array.from({ length: HANDLES }, () => subtle.importKey('pkcs8', der, algorithm, false, ['decrypt'])),
  );
  let turn = 0;
  return () => {
    turn = (turn + 1) % HANDLES;
    return handles[turn] as webcrypto.CryptoKey;
  };
}

/**
 * Opens the content of a notification (Microsoft Graph: "Set up change notifications that include resource data", Decrypting resource
 * data): RSA-OAEP with SHA-1 gives the key, HMAC-SHA256 proves the data, AES-256-CBC with the key's first 16 bytes as IV opens it.
 * The signature is checked before anything is decrypted. Error: `notification_unreadable`.
 */
export async function decryptContent(content: EncryptedContent, key: DecryptionKey): Promise<string> {
  const symmetric = await unwrap(content.dataKey, key);
  const data = Buffer.from(content.data, 'base64');
  const signature = Buffer.from(content.dataSignature ?? '', 'base64');
  // Node takes three times as long with the bytes of a key as with a key object.
  const secret = createSecretKey(symmetric);
  const expected = createHmac('sha256', secret).update(data).digest();
  if (!constantTimeEqual(signature, expected)) throw unreadable('signature');
  try {
    const decipher = createDecipheriv('aes-256-cbc', secret, symmetric.subarray(0, IV_BYTES));
    return Buffer.concat([decipher.update(data), decipher.final()]).toString('utf8');
  } catch (cause) {
    throw unreadable('data', cause);
  }
}

/** Off the event loop: this is where the time of a notification goes. */
async function unwrap(dataKey: string, key: DecryptionKey): Promise<Buffer> {
  try {
    const symmetric = Buffer.from(await subtle.decrypt('RSA-OAEP', key(), Buffer.from(dataKey, 'base64')));
    if (symmetric.length === KEY_BYTES) return symmetric;
  } catch (cause) {
    throw unreadable('key', cause);
  }
  throw unreadable('key');
}

/** The one error of everything that keeps a notification from being read; `part` says which step failed. */
export function unreadable(part: string, cause?: unknown, certificateId: string | null = null): AppError {
  return new AppError('notification_unreadable', 'The content of a notification cannot be opened.', {
    cause,
    remedy: 'It was changed on its way, or encrypted for a certificate whose key this database does not hold.',
    fields: { part, certificateId },
  });
}

function pemBody(pem: string): string {
  return pem.replace(/-----[^-]+-----|\s/g, '');
}
