import type { JWTVerifyGetKey } from 'jose';
import { errors, jwtVerify } from 'jose';
import { AppError } from '../core/errors.ts';
import { MINUTE } from '../core/time.ts';
import type { IdTokenClaims } from './wire.ts';
import { readClaims } from './wire.ts';

/** What an id token must say. `now` in milliseconds. */
export interface IdTokenExpectation {
  keys: JWTVerifyGetKey;
  clientId: string;
  /** Whose accounts may sign in, in lower case. */
  tenants: readonly string[];
  /** `{authority}/{tid}/v2.0`. */
  issuer(tid: string): string;
  nonce: string;
  now: number;
}

/** Microsoft's libraries allow five minutes between two clocks. */
const SKEW_SECONDS = (5 * MINUTE) / 1000;

/**
 * Checks an id token: signature, issuer, audience, lifetime, nonce, tenant. MSAL checks the nonce only
 * (Microsoft: "ID tokens in the Microsoft identity platform", Validating tokens).
 * Errors: `account_foreign_tenant` for an account of another organisation, `microsoft_unavailable` when the keys cannot be had,
 * `sign_in_failed` for everything else.
 */
export async function verifyIdToken(token: string, expected: IdTokenExpectation): Promise<IdTokenClaims> {
  const payload = await verifiedPayload(token, expected);
  if (payload.nonce !== expected.nonce) throw refused('nonce');
  return readClaims(payload);
}

async function verifiedPayload(token: string, expected: IdTokenExpectation): Promise<Record<string, unknown>> {
  try {
    const { payload } = await jwtVerify(token, expected.keys, {
      algorithms: ['RS256'],
      audience: expected.clientId,
      clockTolerance: SKEW_SECONDS,
      currentDate: new Date(expected.now),
      requiredClaims: ['exp', 'iat', 'tid', 'iss'],
    });
    // Before the issuer, which contains the tenant: the person shall read "another organisation", not "failed".
    const tid = String(payload.tid).toLowerCase();
    if (!expected.tenants.includes(tid)) {
      throw new AppError('account_foreign_tenant', 'The Microsoft account belongs to another organisation.');
    }
    if (payload.iss !== expected.issuer(tid)) throw refused('iss');
    return payload;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (cause instanceof errors.JWTClaimValidationFailed) throw refused(cause.claim, cause);
    if (cause instanceof errors.JOSEError && !isKeyFailure(cause)) throw refused(cause.code, cause);
    throw new AppError('microsoft_unavailable', 'The signing keys of Microsoft Entra ID cannot be fetched.', { cause });
  }
}

/** jose's generic error is what it throws when the keys' address answers with something other than 200 and JSON. */
function isKeyFailure(error: errors.JOSEError): boolean {
  return error instanceof errors.JWKSTimeout || error.code === errors.JOSEError.code;
}

function refused(check: string, cause?: unknown): AppError {
  return new AppError('sign_in_failed', 'The id token was refused.', { cause, fields: { check } });
}
