import { createHash, X509Certificate } from 'node:crypto';
import { GraphError } from '../graph/errors.ts';
import type { EncryptionCertificate } from '../types.ts';

const known = new Map<string, Omit<EncryptionCertificate, 'id'>>();

/**
 * Reads `encryptionCertificate`: base64 of a DER X.509 with an RSA key of 2,048 to 4,096 bits. A bare public key is refused.
 * Errors: `GraphError` 400.
 */
export function readCertificate(base64: string, id: string): EncryptionCertificate {
  // One certificate serves thousands of subscriptions; parsing it anew for each would be most of the work.
  const cached = known.get(base64);
  if (cached) return { ...cached, id };
  const certificate = parse(base64);
  const { publicKey } = certificate;
  const bits = publicKey.asymmetricKeyDetails?.modulusLength ?? 0;
  if (publicKey.asymmetricKeyType !== 'rsa' || bits < 2048 || bits > 4096) {
    throw refusal('The key must be RSA with 2048 to 4096 bits.');
  }
  const thumbprint = createHash('sha1').update(certificate.raw).digest('hex').toUpperCase();
  known.set(base64, { publicKey, thumbprint });
  return { publicKey, thumbprint, id };
}

function parse(base64: string): X509Certificate {
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) throw refusal('Cannot find the requested object.');
  try {
    return new X509Certificate(Buffer.from(base64, 'base64'));
  } catch {
    throw refusal('Cannot find the requested object.');
  }
}

function refusal(reason: string): GraphError {
  return new GraphError(400, 'ValidationError', { message: `Certificate validation error: ${reason}` });
}
