import type { JWTVerifyGetKey } from 'jose';
import { errors, jwtVerify } from 'jose';
import { AppError } from '../core/errors.ts';
import { MINUTE } from '../core/time.ts';
import type { IdTokenClaims } from './wire.ts';
import { readClaims } from './wire.ts';

/** What an id token must contain. `now` is in Unix milliseconds. */
export interface IdTokenExpectation {
  keys: JWTVerifyGetKey;
  clientId: string;
  /** The tenants whose accounts may sign in, in lower case. */
  tenants: readonly string[];
  /** `{authority}/{tid}/v2.0`. */
  issuer(tid: string): string;
  nonce: string;
  now: number;
}

/** Clock skew as Microsoft's libraries allow it. */
const SKEW_SECONDS = (5 * MINUTE) / 1000;

/**
 * Validates an id token: signature, issuer, audience, lifetime, nonce, tenant
 * (https://learn.microsoft.com/entra/identity-platform/id-tokens#validate-tokens). MSAL checks the nonce only.
 * @throws {AppError} account_foreign_tenant for an account of another tenant, microsoft_unavailable when the signing keys cannot be
 *   fetched, sign_in_failed otherwise
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
    // Before the issuer, which contains the tenant, so that the person reads the more precise reason.
    const tid = String(payload.tid).toLowerCase();
    if (!expected.tenants.includes(tid)) {
      throw new AppError('account_foreign_tenant', 'The Microsoft account belongs to another tenant.');
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

/** jose throws its generic error when the response with the keys is not 200 with JSON. */
function isKeyFailure(error: errors.JOSEError): boolean {
  return error instanceof errors.JWKSTimeout || error.code === errors.JOSEError.code;
}

function refused(check: string, cause?: unknown): AppError {
  return new AppError('sign_in_failed', 'The id token was refused.', { cause, fields: { check } });
}
