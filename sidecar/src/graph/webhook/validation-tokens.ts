import type { JSONWebKeySet, JWTPayload, JWTVerifyGetKey } from 'jose';
import { createLocalJWKSet, errors, jwtVerify } from 'jose';
import Type from 'typebox';
import Value from 'typebox/value';
import { createCache } from '../../core/cache.ts';
import { AppError } from '../../core/errors.ts';
import type { Clock } from '../../core/time.ts';
import { HOUR, MINUTE, SECOND } from '../../core/time.ts';

export interface TokenVerifierOptions {
  clientId: string;
  /** Where Entra publishes its signing keys. */
  keysUrl: string;
  /** The accepted issuers of a tenant: version 1 and version 2 tokens name different ones. */
  issuers(tid: string): readonly string[];
  /** Application id of Graph's notification publisher in this cloud. */
  publisherAppId: string;
  /** The tenants whose notifications are accepted, lower-case. */
  tenants: readonly string[];
  clock: Clock;
  fetch: typeof fetch;
}

/**
 * Resolves to the tenants that the tokens prove.
 *
 * @throws {AppError} unauthorized with the failed check in `fields.check`, microsoft_unavailable without signing keys
 */
export type TokenVerifier = (tokens: readonly string[]) => Promise<Set<string>>;

interface Verified {
  tid: string;
  expiresAt: number;
}

const SKEW = 5 * MINUTE;
const MAX_REMEMBERED = 1_000;

/**
 * Verifies validation tokens: signature, lifetime, audience, issuer, tenant, and that the caller is Graph's notification publisher,
 * without which any application could send notifications. One refused token refuses all. A verified token is cached until it expires.
 * https://learn.microsoft.com/graph/change-notifications-with-resource-data#how-to-validate
 */
export function createTokenVerifier(options: TokenVerifierOptions): TokenVerifier {
  const keys = createKeys(options);
  const { clock } = options;
  const verified = createCache<Verified>({
    clock,
    maxEntries: MAX_REMEMBERED,
    ttlMs: ({ expiresAt }) => expiresAt - clock.now(),
  });
  const tenantOf = async (token: string) => {
    const { tid } = await verified.get(token, () => verifyToken(token, { options, keys, now: clock.now() }));
    return tid;
  };
  return async (tokens) => new Set(await Promise.all(tokens.map(tenantOf)));
}

async function verifyToken(
  token: string,
  { options, keys, now }: { options: TokenVerifierOptions; keys: JWTVerifyGetKey; now: number },
): Promise<Verified> {
  const claims = await signedClaims(token, { options, keys, now });
  const tid = typeof claims.tid === 'string' ? claims.tid.toLowerCase() : '';
  if (!options.tenants.includes(tid)) throw refused('tid');
  if (!options.issuers(tid).includes(claims.iss ?? '')) throw refused('iss');
  // Version 1 tokens name the caller in appid, version 2 tokens in azp.
  const caller = claims.ver === '1.0' ? claims.appid : claims.azp;
  if (caller !== options.publisherAppId) throw refused('caller');
  return { tid, expiresAt: (claims.exp ?? 0) * SECOND };
}

async function signedClaims(
  token: string,
  { options, keys, now }: { options: TokenVerifierOptions; keys: JWTVerifyGetKey; now: number },
): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ['RS256'],
      audience: options.clientId,
      clockTolerance: SKEW / SECOND,
      currentDate: new Date(now),
      requiredClaims: ['exp', 'iss', 'tid'],
    });
    return payload;
  } catch (cause) {
    if (cause instanceof AppError) throw cause;
    if (cause instanceof errors.JWTClaimValidationFailed) throw refused(cause.claim, cause);
    if (cause instanceof errors.JWTExpired) throw refused('exp', cause);
    throw refused('signature', cause);
  }
}

function refused(check: string, cause?: unknown): AppError {
  return new AppError('unauthorized', 'A validation token was refused.', { cause, fields: { check } });
}

const KeySet = Type.Object({ keys: Type.Array(Type.Object({ kty: Type.String() })) });

/** Entra publishes a new key long before it signs with it: an hourly refresh is enough, and an unknown key id is mostly a forgery. */
const REFRESH_AFTER = HOUR;
const REFETCH_FOR_UNKNOWN_AFTER = 30 * SECOND;
const FETCH_TIMEOUT = 5 * SECOND;

/** The signing keys, fetched once and refreshed in the background. While a refresh fails, the known keys are used. */
function createKeys(options: TokenVerifierOptions): JWTVerifyGetKey {
  let current: ReturnType<typeof createLocalJWKSet> | null = null;
  let triedAt = Number.NEGATIVE_INFINITY;
  let running: Promise<void> | null = null;

  function refresh(): Promise<void> {
    triedAt = options.clock.now();
    running ??= fetchKeys(options)
      .then((set) => {
        current = createLocalJWKSet(set);
      })
      .finally(() => {
        running = null;
      });
    return running;
  }

  return async (header, token) => {
    const age = () => options.clock.now() - triedAt;
    if (!current) await refresh();
    else if (age() > REFRESH_AFTER) refresh().catch(() => {});
    try {
      return await lookUp(current, header, token);
    } catch (error) {
      if (!(error instanceof errors.JWKSNoMatchingKey) || age() < REFETCH_FOR_UNKNOWN_AFTER) throw error;
      await refresh();
      return lookUp(current, header, token);
    }
  };
}

function lookUp(set: ReturnType<typeof createLocalJWKSet> | null, ...args: Parameters<JWTVerifyGetKey>) {
  if (!set) throw new AppError('microsoft_unavailable', 'The signing keys of Microsoft Entra ID are not there yet.');
  return set(...args);
}

async function fetchKeys(options: TokenVerifierOptions): Promise<JSONWebKeySet> {
  try {
    const answer = await options.fetch(options.keysUrl, {
      signal: AbortSignal.timeout(FETCH_TIMEOUT),
      redirect: 'error',
    });
    const body: unknown = await answer.json();
    if (answer.ok && Value.Check(KeySet, body)) return body;
    throw new Error(`status ${answer.status}`);
  } catch (cause) {
    throw new AppError('microsoft_unavailable', 'The signing keys of Microsoft Entra ID cannot be fetched.', { cause });
  }
}
