import { GraphError } from './errors.ts';

/** Requests a bucket lets through in each window; the window is one second unless `windowSeconds` says otherwise. */
export interface RouteLimits {
  app?: number;
  chat?: number;
  person?: number;
  windowSeconds?: number;
  /** Operations with the same name share these limits, as one row of Microsoft's table; by default each operation has its own. */
  bucket?: string;
}

/** Refuses what exceeds a bucket. Errors: `GraphError` 429 with Retry-After. All attempts count. */
export type Limiter = (
  operation: string,
  limits: RouteLimits,
  who: { tid: string; chatId: string | undefined; oid: string },
) => void;

/** Sliding windows over real time (limits per app and tenant, per chat, per person). */
export function createLimiter(): Limiter {
  const times = new Map<string, number[]>();

  function count(key: string, limit: number, windowMs: number): boolean {
    const now = Date.now();
    const recent = (times.get(key) ?? []).filter((time) => time > now - windowMs);
    times.set(key, [...recent, now].slice(-limit - 1));
    return recent.length < limit;
  }

  return (operation, limits, { tid, chatId, oid }) => {
    const bucket = limits.bucket ?? operation;
    const seconds = limits.windowSeconds ?? 1;
    const checks: [string | undefined, number | undefined][] = [
      [`app ${tid}`, limits.app],
      [chatId === undefined ? undefined : `chat ${chatId}`, limits.chat],
      [`person ${oid}`, limits.person],
    ];
    for (const [key, limit] of checks) {
      if (key === undefined || limit === undefined) continue;
      if (!count(`${bucket} ${key}`, limit, seconds * 1000)) throw tooMany(seconds);
    }
  };
}

/** 429 with Retry-After in seconds. */
export function tooMany(retryAfterSeconds: number): GraphError {
  const headers = { 'retry-after': String(retryAfterSeconds) };
  return new GraphError(429, 'TooManyRequests', { message: 'Too many requests. Please try again later.', headers });
}
