import {
  createCipheriv,
  createDecipheriv,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  verify,
} from 'node:crypto';
import { newId } from '../state/ids.ts';

/** Who triggered what, when. `clientTriggerId` is what the person's own client is told. */
export interface Trigger {
  clientTriggerId: string;
  userId: string;
  /** Milliseconds. */
  at: number;
}

/** Signs trigger ids (P-256) and seals what ephemeral posts' actions carry. */
export interface TriggerSigner {
  /** Base64 of the DER public key: `AsymmetricSigningPublicKey` of the client configuration. */
  publicKey: string;
  issue(userId: string, now: number): { triggerId: string; clientTriggerId: string };
  /** The trigger inside, or nothing when the text is not one of ours. */
  open(triggerId: string): Trigger | undefined;
  seal(value: unknown): string;
  unseal(sealed: string): unknown;
}

/** A signer with fresh keys. */
export function createTriggerSigner(): TriggerSigner {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const cookieKey = randomBytes(32);
  return {
    publicKey: createPublicKey(privateKey).export({ type: 'spki', format: 'der' }).toString('base64'),
    issue(userId, now) {
      const clientTriggerId = newId();
      const data = `${clientTriggerId}:${userId}:${now}:`;
      const signature = sign('sha256', Buffer.from(data), { key: privateKey, dsaEncoding: 'der' });
      return { clientTriggerId, triggerId: Buffer.from(data + signature.toString('base64')).toString('base64') };
    },
    open(triggerId) {
      const [id, userId, at, signature] = Buffer.from(triggerId, 'base64').toString('utf8').split(':');
      if (id === undefined || userId === undefined || at === undefined || signature === undefined) return undefined;
      const data = Buffer.from(`${id}:${userId}:${at}:`);
      const isOurs = verify('sha256', data, { key: publicKey, dsaEncoding: 'der' }, Buffer.from(signature, 'base64'));
      return isOurs ? { clientTriggerId: id, userId, at: Number(at) } : undefined;
    },
    seal(value) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv('aes-256-gcm', cookieKey, nonce);
      const body = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
      return Buffer.concat([nonce, cipher.getAuthTag(), body]).toString('base64');
    },
    unseal(sealed) {
      try {
        const bytes = Buffer.from(sealed, 'base64');
        const decipher = createDecipheriv('aes-256-gcm', cookieKey, bytes.subarray(0, 12)).setAuthTag(
          bytes.subarray(12, 28),
        );
        const body = Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
        return JSON.parse(body.toString('utf8'));
      } catch {
        return undefined;
      }
    },
  };
}
