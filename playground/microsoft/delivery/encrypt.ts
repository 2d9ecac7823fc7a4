import { createCipheriv, createHmac, publicEncrypt, randomBytes } from 'node:crypto';
import type { EncryptionCertificate } from '../types.ts';

/** The `encryptedContent` of a rich notification; everything base64 except the names of the certificate. */
export interface EncryptedContent {
  data: string;
  dataSignature: string;
  dataKey: string;
  encryptionCertificateId: string;
  encryptionCertificateThumbprint: string;
}

/** Encrypts JSON text: a fresh AES-256-CBC key whose first half is the iv, HMAC-SHA256 over the ciphertext, key in RSA-OAEP with SHA-1. */
export function encryptContent(plain: string, certificate: EncryptionCertificate): EncryptedContent {
  const key = randomBytes(32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16));
  const data = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
  return {
    data: data.toString('base64'),
    dataSignature: createHmac('sha256', key).update(data).digest('base64'),
    // Node's default padding for this call is the one Graph uses: OAEP with SHA-1.
    dataKey: publicEncrypt(certificate.publicKey, key).toString('base64'),
    encryptionCertificateId: certificate.id,
    encryptionCertificateThumbprint: certificate.thumbprint,
  };
}

/** The same text with one bit of its bytes changed. */
export function tamper(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  bytes[0] = (bytes[0] ?? 0) ^ 1;
  return bytes.toString('base64');
}
