import { randomBytes } from 'node:crypto';
import type { MovableClock } from '../clock.ts';
import type { Faults } from '../faults.ts';
import type { Keys } from '../keys.ts';
import type { Json } from '../types.ts';

/** The app that sends notifications at Microsoft. */
export const CHANGE_TRACKING = '0bf30f3b-4a52-48df-9a82-234910c4a086';

const HOUR = 3600;
const ELSEWHERE = '99999999-aaaa-4bbb-8ccc-000000000009';

/** Validation tokens for the (app, tenant) pairs of a batch; null when a fault says so. */
export type ValidationTokens = (pairs: readonly { clientId: string; tid: string }[]) => Promise<string[] | null>;

type Claims = (pair: { clientId: string; tid: string }, now: number) => Json;

/** Signs tokens of 24 hours, form 2.0 unless a fault asks for another; good ones are used again for an hour. */
export function createValidationTokens(deps: {
  url(): string;
  clock: MovableClock;
  keys: Keys;
  faults: Faults;
}): ValidationTokens {
  const cache = new Map<string, { token: string; until: number }>();
  const { clock, keys, faults } = deps;

  const v2: Claims = ({ clientId, tid }, now) => ({
    aud: clientId,
    iss: `${deps.url()}/${tid}/v2.0`,
    ...lifetime(now),
    azp: CHANGE_TRACKING,
    azpacr: '2',
    ver: '2.0',
    ...identity(tid),
  });
  const v1: Claims = ({ clientId, tid }, now) => ({
    aud: clientId,
    iss: `${deps.url()}/sts/${tid}/`,
    ...lifetime(now),
    appid: CHANGE_TRACKING,
    appidacr: '2',
    ver: '1.0',
    ...identity(tid),
  });
  const variants: Record<string, Claims> = {
    token_v1: v1,
    token_wrong_azp: (pair, now) => ({ ...v2(pair, now), azp: ELSEWHERE }),
    token_wrong_aud: (pair, now) => ({ ...v2(pair, now), aud: ELSEWHERE }),
    token_wrong_tid: ({ clientId }, now) => v2({ clientId, tid: ELSEWHERE }, now),
    token_expired: (pair, now) => v2(pair, now - 48 * HOUR),
    token_bad_signature: v2,
  };

  async function usual(pair: { clientId: string; tid: string }, now: number): Promise<string> {
    const key = `${pair.clientId} ${pair.tid}`;
    const cached = cache.get(key);
    if (cached && cached.until > now) return cached.token;
    const token = await keys.sign(v2(pair, now));
    cache.set(key, { token, until: now + HOUR });
    return token;
  }

  return (pairs) => {
    const now = Math.floor(clock.toOutside(clock.now()) / 1000);
    if (faults.take('token_null')) return Promise.resolve(null);
    const kind = Object.keys(variants).find((name) => faults.take(name) !== null);
    const claims = kind === undefined ? undefined : variants[kind];
    if (!claims) return Promise.all(pairs.map((pair) => usual(pair, now)));
    const key = kind === 'token_bad_signature' ? 'wrong' : 'real';
    return Promise.all(pairs.map((pair) => keys.sign(claims(pair, now), key)));
  };
}

function lifetime(now: number): { iat: number; nbf: number; exp: number } {
  return { iat: now, nbf: now, exp: now + 24 * HOUR };
}

function identity(tid: string): Json {
  return {
    aio: randomBytes(16).toString('base64url'),
    oid: CHANGE_TRACKING,
    rh: `1.${randomBytes(12).toString('base64url')}.`,
    sub: CHANGE_TRACKING,
    tid,
    uti: randomBytes(16).toString('base64url'),
  };
}
