import { createHash, generateKeyPair, type KeyObject, sign } from 'node:crypto';
import { promisify } from 'node:util';
import type { Json } from './types.ts';

/** The keys that tokens are signed with. `wrong` is a key that is not in the published set but claims the same id. */
export interface Keys {
  jwks: { keys: Json[] };
  sign(claims: Json, key?: 'real' | 'wrong'): Promise<string>;
}

const generate = promisify(generateKeyPair);

/** Makes fresh RSA keys; tokens are RS256 with the key's id in the header. Signing runs outside the event loop. */
export async function createKeys(): Promise<Keys> {
  const [real, wrong] = await Promise.all([
    generate('rsa', { modulusLength: 2048 }),
    generate('rsa', { modulusLength: 2048 }),
  ]);
  const jwk = real.publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256').update(String(jwk.n)).digest('base64url').slice(0, 27);
  const header = Buffer.from(JSON.stringify({ typ: 'JWT', alg: 'RS256', kid })).toString('base64url');
  return {
    jwks: { keys: [{ ...jwk, kid, x5t: kid, use: 'sig' }] },
    sign: async (claims, key = 'real') => {
      const text = `${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}`;
      return `${text}.${await signature(text, key === 'real' ? real.privateKey : wrong.privateKey)}`;
    },
  };
}

function signature(text: string, key: KeyObject): Promise<string> {
  return new Promise((resolve, reject) => {
    sign('RSA-SHA256', Buffer.from(text), key, (error, bytes) => {
      if (error) reject(error);
      else resolve(bytes.toString('base64url'));
    });
  });
}
