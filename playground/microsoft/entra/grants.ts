import { randomBytes, randomInt } from 'node:crypto';
import type { MovableClock } from '../clock.ts';
import type { AccessToken } from '../types.ts';
import { EntraError } from './errors.ts';

const MINUTE = 60_000;
const CODE_LIFE = 10 * MINUTE;
const REFRESH_LIFE = 90 * 24 * 60 * MINUTE;

/** What a person signed in for; carried by codes and refresh tokens. */
export interface Grant {
  clientId: string;
  oid: string;
  /** Tenant the sign-in was for. */
  tid: string;
  scopes: string[];
}

/** What else the token request must match. */
export interface CodeGrant extends Grant {
  redirectUri: string;
  challenge: string;
  nonce: string | undefined;
}

/** Everything Entra handed out and may be shown again. */
export interface Grants {
  issueCode(grant: CodeGrant): string;
  /** Uses a code up. Errors: `EntraError` 70000 unknown, 54005 used before, 70008 too old. */
  redeemCode(code: string): CodeGrant;
  issueRefreshToken(grant: Grant): string;
  /** Reads a refresh token; it stays valid. Errors: `EntraError` 70000 unknown, 50173 revoked, 700082 unused for 90 days. */
  readRefreshToken(token: string): Grant;
  /** Remembers an access token; returns its life in seconds. */
  keepAccessToken(token: string, holder: Omit<AccessToken, 'expiresAt'>, expiresAt: number): void;
  /** Life of a new access token in seconds. */
  newAccessTokenLife(): number;
  accessToken(token: string): AccessToken | null;
  /** Ends every access token of today. */
  expireAccessTokens(): void;
  /** Takes back what a person ever granted; access tokens run on, as they do at Microsoft. */
  revoke(oid: string): void;
}

interface Kept<T> {
  grant: T;
  issuedAt: number;
  used: boolean;
  revoked: boolean;
}

/** `accessTokenSeconds` fixes the life of access tokens, otherwise random between 60 and 90 minutes. */
export function createGrants(clock: MovableClock, accessTokenSeconds: number | undefined): Grants {
  const codes = new Map<string, Kept<CodeGrant>>();
  const refreshTokens = new Map<string, Kept<Grant>>();
  const accessTokens = new Map<string, AccessToken>();

  function keep<T>(map: Map<string, Kept<T>>, prefix: string, grant: T): string {
    const token = `${prefix}.${randomBytes(48).toString('base64url')}`;
    map.set(token, { grant, issuedAt: clock.now(), used: false, revoked: false });
    return token;
  }

  return {
    issueCode: (grant) => keep(codes, '1.code', grant),
    redeemCode: (code) => {
      const kept = codes.get(code);
      if (!kept) throw new EntraError('invalid_grant', 70000);
      if (kept.used) throw new EntraError('invalid_grant', 54005);
      if (clock.now() > kept.issuedAt + CODE_LIFE) throw new EntraError('invalid_grant', 70008);
      kept.used = true;
      return kept.grant;
    },
    issueRefreshToken: (grant) => keep(refreshTokens, '1.refresh', grant),
    readRefreshToken: (token) => {
      const kept = refreshTokens.get(token);
      if (!kept) throw new EntraError('invalid_grant', 70000, { suberror: 'bad_token' });
      if (kept.revoked) throw new EntraError('invalid_grant', 50173, { suberror: 'bad_token' });
      if (clock.now() > kept.issuedAt + REFRESH_LIFE) throw inactive(kept.issuedAt);
      return kept.grant;
    },
    newAccessTokenLife: () => accessTokenSeconds ?? randomInt(60 * 60, 90 * 60),
    keepAccessToken: (token, holder, expiresAt) => {
      accessTokens.set(token, { ...holder, expiresAt });
    },
    accessToken: (token) => accessTokens.get(token) ?? null,
    expireAccessTokens: () => {
      for (const token of accessTokens.values()) token.expiresAt = Math.min(token.expiresAt, clock.now());
    },
    revoke: (oid) => {
      for (const kept of [...codes.values(), ...refreshTokens.values()]) {
        if (kept.grant.oid === oid) kept.revoked = true;
      }
    },
  };
}

function inactive(issuedAt: number): EntraError {
  const since = new Date(issuedAt).toISOString();
  const detail = `The refresh token has expired due to inactivity. The token was issued on ${since} and was inactive for 90.00:00:00.`;
  return new EntraError('invalid_grant', 700082, { suberror: 'bad_token', detail });
}
