import Type from 'typebox';
import Value from 'typebox/value';
import { AppError } from '../core/errors.ts';
import { readRetryAfter } from '../core/throttling.ts';
import type { EntraRefusal } from './errors.ts';

const RefusalBody = Type.Object({
  error: Type.Optional(Type.String({ maxLength: 200 })),
  error_codes: Type.Optional(Type.Array(Type.Number())),
  suberror: Type.Optional(Type.String({ maxLength: 200 })),
  claims: Type.Optional(Type.String({ maxLength: 10_000 })),
});

const TokenBody = Type.Object({ access_token: Type.String({ minLength: 1 }), expires_in: Type.Number({ minimum: 1 }) });

const Claims = Type.Object({
  tid: Type.String({ minLength: 1 }),
  oid: Type.String({ minLength: 1 }),
  name: Type.Optional(Type.String()),
});

/**
 * The claims we read of an id token. Not its addresses: their owner can change them, so they do not identify an account
 * (https://learn.microsoft.com/entra/identity-platform/claims-validation).
 */
export interface IdTokenClaims {
  tid: string;
  oid: string;
  name: string | null;
}

/** Reads the body of a refusal of the token endpoint; any other body counts as a refusal without a reason. `now` is in Unix milliseconds. */
export function readRefusal(response: {
  status: number;
  body: unknown;
  retryAfter: string | null;
  now: number;
}): EntraRefusal {
  const body = Value.Check(RefusalBody, response.body) ? response.body : {};
  return {
    status: response.status,
    error: body.error ?? null,
    codes: body.error_codes ?? [],
    suberror: body.suberror ?? null,
    retryAfterMs: readRetryAfter(response.retryAfter, response.now),
  };
}

/** The claims challenge of a refusal (Conditional Access asks for more than the sign-in had), or null. */
export function readChallenge(body: unknown): string | null {
  return Value.Check(RefusalBody, body) ? (body.claims ?? null) : null;
}

/** The lifetime in seconds of the access token in a response, or null when there is none. */
export function readLifetime(body: unknown): number | null {
  return Value.Check(TokenBody, body) ? body.expires_in : null;
}

/** Reads the refusal in the redirect to us, where the AADSTS code is only in the description. */
export function readRedirectRefusal(error: string, description: string | null): EntraRefusal {
  const code = /\bAADSTS(\d{5,8})\b/.exec(description ?? '')?.[1];
  return { status: 0, error, codes: code === undefined ? [] : [Number(code)], suberror: null, retryAfterMs: null };
}

/**
 * Reads the claims of an id token whose signature was checked already.
 * @throws {AppError} sign_in_failed when an id is missing
 */
export function readClaims(payload: unknown): IdTokenClaims {
  if (!Value.Check(Claims, payload)) {
    throw new AppError('sign_in_failed', 'The id token lacks the object id or the tenant id.');
  }
  return {
    tid: payload.tid.toLowerCase(),
    oid: payload.oid.toLowerCase(),
    name: payload.name ?? null,
  };
}
