import { jwtVerify, SignJWT } from 'jose';
import type { Sealer } from '../core/encryption.ts';
import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/time.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import type { SessionGrant } from './schema.ts';

/** Sessions of the webapp: tokens that stand for one Mattermost user. */
export interface Sessions {
  /** A session for a user that Mattermost vouches for. */
  grant(userId: string): Promise<SessionGrant>;
  /** The user id of a session. Errors: `unauthorized`. */
  verify(token: string): Promise<string>;
}

export interface SessionsOptions {
  sealer: Pick<Sealer, 'derive' | 'deriveAll'>;
  /** The sidecar's public URL, without a trailing slash. */
  publicUrl: string;
  clock: Clock;
}

const LIFETIME_MS = 10 * MINUTE;
const ISSUER = 'msteams-connect';
const AUDIENCE = 'msteams-connect/api/v1';
const ALGORITHM = 'HS256';

/** Signed tokens (JWT, HS256) of ten minutes; nothing is stored. Tokens of every configured key are honoured. */
export function createSessions({ sealer, publicUrl, clock }: SessionsOptions): Sessions {
  const key = sealer.derive('session');
  const keys = sealer.deriveAll('session');
  return {
    grant: async (userId) => {
      const issuedAt = Math.floor(clock.now() / SECOND);
      const expiresAt = issuedAt + LIFETIME_MS / SECOND;
      const session = await new SignJWT({})
        .setProtectedHeader({ alg: ALGORITHM })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(expiresAt)
        .sign(key);
      return { sidecarUrl: publicUrl, session, expiresAt: expiresAt * SECOND };
    },
    verify: async (token) => {
      for (const one of keys) {
        const userId = await subject(token, one, clock);
        if (userId !== null) return userId;
      }
      throw new AppError('unauthorized', 'The session is missing, expired or not of this sidecar.');
    },
  };
}

async function subject(token: string, key: Buffer, clock: Clock): Promise<string | null> {
  try {
    const { payload } = await jwtVerify(token, key, {
      algorithms: [ALGORITHM],
      issuer: ISSUER,
      audience: AUDIENCE,
      currentDate: new Date(clock.now()),
      requiredClaims: ['sub', 'exp'],
    });
    return payload.sub ?? null;
  } catch {
    return null;
  }
}
