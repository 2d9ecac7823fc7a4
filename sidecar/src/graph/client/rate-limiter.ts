import { AppError } from '../../core/errors.ts';
import type { ThrottlePause } from '../../core/ports/throttle-pauses.ts';
import type { Clock } from '../../core/time.ts';
import { SECOND } from '../../core/time.ts';

/** The calls that are made, by their route without ids; also the metric label. */
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

/** `interactive`: a person waits for the answer. Such calls may use the part of a tenant's limit that background calls leave free. */
export type Priority = 'background' | 'interactive';

/** The limits that a call counts against. A part that is left out has no limit of its own. */
export interface LimitScope {
  operation: Operation;
  /** Tenant of the token. */
  tid: string;
  /** Object id of the token's owner; null for the application's own token. */
  user: string | null;
  /** Chat id, for calls about one chat. */
  chat?: string;
  /** Default `background`. */
  priority?: Priority;
  /** A call that would have to wait longer than this is refused at once and not counted. Default: half a minute. */
  longestWaitMs?: number;
}

/** Delays calls so that Graph's limits are kept without being told. */
export interface Limiter {
  /** Resolves when the call may be made. @throws {AppError} microsoft_throttled with `retryAfterMs` when the wait would be too long */
  acquire(scope: LimitScope, signal?: AbortSignal): Promise<void>;
  /** Applies Graph's `Retry-After`: every call under the same limit waits, in this process and in the other replicas. */
  pause(scope: LimitScope, ms: number): void;
  /** Applies the pauses that Graph asked other replicas for. */
  adopt(pauses: readonly ThrottlePause[]): void;
}

/**
 * Requests that Graph allows one application in `seconds` (default 1): in a tenant, for one user's token, for one chat. Null where no
 * limit is documented.
 */
interface Limit {
  tenant: number;
  user: number | null;
  chat: number | null;
  seconds?: number;
}

/**
 * https://learn.microsoft.com/graph/throttling-limits#microsoft-teams-service-limits. The numbers for `me`, subscriptions and files are
 * our own, because none are documented (SharePoint counts by its load): 25,000 renewals must not make a burst.
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

/** 83 % of the number as a steady rate and the rest as a burst, so that no window holds more than the number. */
const SUSTAINED = 0.83;
/** The part of a tenant's limit that only interactive calls may use. */
const RESERVED = 0.2;
const MAX_WAIT = 30 * SECOND;
const MAX_BUCKETS = 20_000;

/** A bucket of the generic cell rate algorithm, as the time at which it is full again. */
interface Bucket {
  fullAt: number;
  pausedUntil: number;
}

/** A bucket with the limit that a call counts against in it. */
interface LimitedBucket {
  bucket: Bucket;
  intervalMs: number;
  burst: number;
}

/** Limits by operation and tenant, user and chat, in the memory of this process. `onPause` tells the other replicas. */
export function createLimiter(clock: Clock, onPause: (pause: ThrottlePause) => void = () => {}): Limiter {
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
      const limited = limitedBuckets(scope, bucket);
      const now = clock.now();
      const wait = Math.max(0, ...limited.map((one) => waitFor(one, now)));
      if (wait > (scope.longestWaitMs ?? MAX_WAIT)) throw tooLong(scope.operation, wait);
      for (const one of limited) one.bucket.fullAt = Math.max(fullAt(one), now) + one.intervalMs;
      if (wait === 0) return;
      await clock.sleep(wait, signal);
      // A pause may have come during the wait.
      const paused = Math.max(...limited.map((one) => one.bucket.pausedUntil)) - clock.now();
      if (paused > 0) throw tooLong(scope.operation, paused);
    },
    pause({ operation, tid }, ms) {
      const pause = { name: `${operation} ${tid}`, endsAt: clock.now() + ms };
      applyPause(pause, bucket);
      onPause(pause);
    },
    adopt(pauses) {
      for (const pause of pauses) if (isOfGraph(pause)) applyPause(pause, bucket);
    },
  };
}

/** Entra's pauses are shared by the same table. */
function isOfGraph({ name }: ThrottlePause): boolean {
  return Object.keys(LIMITS).some((operation) => name.startsWith(`${operation} `));
}

function applyPause({ name, endsAt }: ThrottlePause, bucket: (key: string) => Bucket): void {
  for (const priority of ['background', 'interactive'] satisfies Priority[]) {
    const paused = bucket(`${name} ${priority}`);
    paused.pausedUntil = Math.max(paused.pausedUntil, endsAt);
  }
}

function limitedBuckets(scope: LimitScope, bucket: (key: string) => Bucket): LimitedBucket[] {
  const { operation, tid, user, chat, priority = 'background' } = scope;
  const limit = LIMITS[operation];
  const share = priority === 'interactive' ? RESERVED : 1 - RESERVED;
  const limited = (name: string, count: number): LimitedBucket => ({
    bucket: bucket(`${operation} ${name}`),
    intervalMs: ((limit.seconds ?? 1) * SECOND) / (count * SUSTAINED),
    burst: Math.max(1, Math.floor(count * (1 - SUSTAINED))),
  });
  const all = [limited(`${tid} ${priority}`, limit.tenant * share)];
  if (limit.user !== null && user !== null) all.push(limited(`user ${user}`, limit.user));
  if (limit.chat !== null && chat !== undefined) all.push(limited(`chat ${chat}`, limit.chat));
  return all;
}

function waitFor(limited: LimitedBucket, now: number): number {
  return Math.max(0, fullAt(limited) - (limited.burst - 1) * limited.intervalMs - now);
}

/** A pause leaves the bucket empty, so that the calls that wait for its end do not come as a burst. */
function fullAt({ bucket, intervalMs, burst }: LimitedBucket): number {
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
