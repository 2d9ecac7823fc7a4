import type { webcrypto } from 'node:crypto';
import { createDecipheriv, createHmac, createPrivateKey, createSecretKey, subtle } from 'node:crypto';
import { generate } from 'selfsigned';
import { AppError } from '../../core/errors.ts';
import { sortableId } from '../../core/ids.ts';
import { constantTimeEqual } from '../../core/secrets.ts';
import { DAY } from '../../core/time.ts';
import type { EncryptedContent } from '../wire/entities.ts';

/** A generated certificate: `certificate` is the base64 of its DER form, as Graph wants it. */
export interface GeneratedCertificate {
  id: string;
  certificate: string;
  privateKeyPem: string;
}

/** Gives a handle of a parsed private key. Operations on one handle run one after the other, so a key has several. */
export type DecryptionKey = () => webcrypto.CryptoKey;

const LIFETIME = 365 * DAY;
const HANDLES = 2;
const KEY_BYTES = 32;
const IV_BYTES = 16;

/**
 * Generates a self-signed RSA 2048 certificate, valid for a year; Graph checks neither issuer nor chain. It is valid from a day ago, in
 * case this machine's clock is ahead. https://learn.microsoft.com/graph/change-notifications-with-resource-data#managing-encryption-keys
 */
export async function generateCertificate(now: number): Promise<GeneratedCertificate> {
  const made = await generate([{ name: 'commonName', value: 'Microsoft Teams for Mattermost notifications' }], {
    keyType: 'rsa',
    keySize: 2048,
    algorithm: 'sha256',
    notBeforeDate: new Date(now - DAY),
    notAfterDate: new Date(now + LIFETIME),
  });
  return { id: `cert-${sortableId(now)}`, certificate: pemBody(made.cert), privateKeyPem: made.private };
}

/** Parses a private key, once: parsing it for every message is three times slower. Throws Node's error when it is no RSA key. */
export async function importDecryptionKey(privateKeyPem: string): Promise<DecryptionKey> {
  const der = createPrivateKey(privateKeyPem).export({ type: 'pkcs8', format: 'der' });
  const algorithm = { name: 'RSA-OAEP', hash: 'SHA-1' };
  const handles = await Promise.all(
    Array.from({ length: HANDLES }, () => subtle.importKey('pkcs8', der, algorithm, false, ['decrypt'])),
  );
  let next = 0;
  return () => {
    next = (next + 1) % HANDLES;
    return handles[next] as webcrypto.CryptoKey;
  };
}

/**
 * Decrypts the content of a notification: RSA-OAEP with SHA-1 for the symmetric key, HMAC-SHA256 for the signature, AES-256-CBC with the
 * key's first 16 bytes as IV for the data. The signature is checked before the data is decrypted.
 * https://learn.microsoft.com/graph/change-notifications-with-resource-data#decrypting-resource-data-from-change-notifications
 *
 * @throws {AppError} notification_unreadable
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

/** Most of a notification's processing time; WebCrypto does it off the event loop. */
async function unwrap(dataKey: string, key: DecryptionKey): Promise<Buffer> {
  try {
    const symmetric = Buffer.from(await subtle.decrypt('RSA-OAEP', key(), Buffer.from(dataKey, 'base64')));
    if (symmetric.length === KEY_BYTES) return symmetric;
  } catch (cause) {
    throw unreadable('key', cause);
  }
  throw unreadable('key');
}

/** The error for content that cannot be decrypted or read. `part` names what failed. */
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
