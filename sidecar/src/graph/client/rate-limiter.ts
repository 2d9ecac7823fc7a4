import { AppError } from '../../core/errors.ts';
import type { ThrottlePause } from '../../core/ports/throttle-pauses.ts';
import type { Clock } from '../../core/time.ts';
import { SECOND } from '../../core/time.ts';

/** The calls we make, by their route with the ids left out; also the metric label. */
export type Operation =
  | 'GET me'
  | 'GET presence'
  | 'POST presences'
  | 'GET chats'
  | 'GET chat'
  | 'GET members'
  | 'GET messages'
  | 'GET hostedContent'
  | 'GET sharedFile'
  | 'GET subscriptions'
  | 'POST subscriptions'
  | 'PATCH subscription'
  | 'DELETE subscription';

/** Whose limits a call counts against. A part that is left out has no limit of its own. */
export interface LimitScope {
  operation: Operation;
  /** Tenant of the token. */
  tid: string;
  /** Object id of the token's owner; null for the application's own token. */
  user: string | null;
  /** Chat id, for calls about one chat. */
  chat?: string;
  /** A person is waiting for the answer: may use the share that background work leaves free. */
  interactive?: boolean;
  /** Refused at once, and nothing taken from the limit, when the call would have to wait longer than this; default half a minute. */
  longestWaitMs?: number;
}

/** Holds calls back so that we never exceed Graph's limits by ourselves. */
export interface Limiter {
  /** Resolves when the call may be made. Error: `microsoft_throttled` with `retryAfterMs` when that would be too far away. */
  acquire(scope: LimitScope, signal?: AbortSignal): Promise<void>;
  /** Graph asked for a pause: every call that shares the limit waits it out, here and in the other replicas. */
  pause(scope: LimitScope, ms: number): void;
  /** Keeps pauses that other replicas were asked for. */
  adopt(pauses: readonly ThrottlePause[]): void;
}

/**
 * Requests that Graph allows one application in so many seconds (one, unless said otherwise): in a tenant, for a user's token, for a chat;
 * null: no limit named.
 */
interface Limit {
  tenant: number;
  user: number | null;
  chat: number | null;
  seconds?: number;
}

/**
 * Microsoft Graph: "Microsoft Graph service-specific throttling limits", Microsoft Teams service limits.
 * No number is documented for `me`, for subscriptions and for files (SharePoint counts by its load): those are our own manners, so that
 * 25,000 renewals make no burst.
 */
export const LIMITS: Record<Operation, Limit> = {
  'GET me': { tenant: 50, user: null, chat: null },
  'GET presence': { tenant: 1_500, user: null, chat: null, seconds: 30 },
  'POST presences': { tenant: 1_500, user: null, chat: null, seconds: 30 },
  'GET chats': { tenant: 20, user: 1, chat: null },
  'GET members': { tenant: 30, user: 1, chat: 1 },
  'GET messages': { tenant: 20, user: null, chat: 1 },
  'GET chat': { tenant: 200, user: 5, chat: 1 },
  'GET hostedContent': { tenant: 50, user: null, chat: 1 },
  'GET sharedFile': { tenant: 20, user: 5, chat: null },
  'GET subscriptions': { tenant: 30, user: null, chat: null },
  'POST subscriptions': { tenant: 30, user: null, chat: null },
  'PATCH subscription': { tenant: 30, user: null, chat: null },
  'DELETE subscription': { tenant: 30, user: null, chat: null },
};

/** Graph sustains about 83 % of the number; the rest may come as a burst, so that no window ever holds more than the number. */
const SUSTAINED = 0.83;
/** The part of a tenant's limit that only calls with a waiting person may use. */
const RESERVED = 0.2;
const MAX_WAIT = 30 * SECOND;
const MAX_BUCKETS = 20_000;

/** One bucket as the time at which it is full again (generic cell rate algorithm). */
interface Bucket {
  fullAt: number;
  pausedUntil: number;
}

interface Claim {
  bucket: Bucket;
  intervalMs: number;
  burst: number;
}

/** Limits by operation and tenant, user and chat, in the memory of this process. `paused` tells the other replicas. */
export function createLimiter(clock: Clock, paused: (pause: ThrottlePause) => void = () => {}): Limiter {
  const buckets = new Map<string, Bucket>();

  function bucket(key: string): Bucket {
    const known = buckets.get(key);
    if (known) return known;
    if (buckets.size >= MAX_BUCKETS) dropFull(buckets, clock.now());
    const fresh = { fullAt: 0, pausedUntil: 0 };
    buckets.set(key, fresh);
    return fresh;
  }

  return {
    async acquire(scope, signal) {
      const claims = claimsOf(scope, bucket);
      const now = clock.now();
      const wait = Math.max(0, ...claims.map((claim) => waitFor(claim, now)));
      if (wait > (scope.longestWaitMs ?? MAX_WAIT)) throw tooLong(scope.operation, wait);
      for (const claim of claims) claim.bucket.fullAt = Math.max(fullAt(claim), now) + claim.intervalMs;
      if (wait === 0) return;
      await clock.sleep(wait, signal);
      // The pause may have come while we waited.
      const paused = Math.max(...claims.map((claim) => claim.bucket.pausedUntil)) - clock.now();
      if (paused > 0) throw tooLong(scope.operation, paused);
    },
    pause({ operation, tid }, ms) {
      const pause = { name: `${operation} ${tid}`, endsAt: clock.now() + ms };
      keep(pause, bucket);
      paused(pause);
    },
    adopt(pauses) {
      for (const pause of pauses) keep(pause, bucket);
    },
  };
}

function keep({ name, endsAt }: ThrottlePause, bucket: (key: string) => Bucket): void {
  for (const lane of ['background', 'interactive']) {
    const own = bucket(`${name} ${lane}`);
    own.pausedUntil = Math.max(own.pausedUntil, endsAt);
  }
}

function claimsOf(scope: LimitScope, bucket: (key: string) => Bucket): Claim[] {
  const { operation, tid, user, chat } = scope;
  const limit = LIMITS[operation];
  const lane = scope.interactive ? 'interactive' : 'background';
  const share = scope.interactive ? RESERVED : 1 - RESERVED;
  const claim = (name: string, count: number): Claim => ({
    bucket: bucket(`${operation} ${name}`),
    intervalMs: ((limit.seconds ?? 1) * SECOND) / (count * SUSTAINED),
    burst: Math.max(1, Math.floor(count * (1 - SUSTAINED))),
  });
  const claims = [claim(`${tid} ${lane}`, limit.tenant * share)];
  if (limit.user !== null && user !== null) claims.push(claim(`user ${user}`, limit.user));
  if (limit.chat !== null && chat !== undefined) claims.push(claim(`chat ${chat}`, limit.chat));
  return claims;
}

function waitFor(claim: Claim, now: number): number {
  return Math.max(0, fullAt(claim) - (claim.burst - 1) * claim.intervalMs - now);
}

/** A pause leaves a bucket empty: what waits for its end must not come as one burst. */
function fullAt({ bucket, intervalMs, burst }: Claim): number {
  return Math.max(bucket.fullAt, bucket.pausedUntil + (burst - 1) * intervalMs);
}

function tooLong(operation: Operation, ms: number): AppError {
  return new AppError('microsoft_throttled', 'A limit of Microsoft Graph is used up for now.', {
    retryAfterMs: ms,
    fields: { operation },
  });
}

function dropFull(buckets: Map<string, Bucket>, now: number): void {
  for (const [key, { fullAt, pausedUntil }] of buckets) {
    if (fullAt <= now && pausedUntil <= now) buckets.delete(key);
  }
}
