import type { FastifyReply, FastifyRequest } from 'fastify';
import type { MattermostState } from '../state/state.ts';

/** Lets a request pass, or answers 429 and returns false. Off unless `RateLimitSettings.Enable`. */
export type RateLimit = (request: FastifyRequest, reply: FastifyReply) => boolean;

/** A token bucket per client address: `PerSec` tokens a second, `MaxBurst` at most. */
export function createRateLimit(state: MattermostState): RateLimit {
  const buckets = new Map<string, { tokens: number; at: number }>();
  return (request, reply) => {
    const { Enable, PerSec, MaxBurst } = state.config.RateLimitSettings;
    if (!Enable) return true;
    const now = state.now();
    const bucket = buckets.get(request.ip) ?? { tokens: MaxBurst, at: now };
    const tokens = Math.min(MaxBurst, bucket.tokens + ((now - bucket.at) / 1000) * PerSec);
    const passes = tokens >= 1;
    buckets.set(request.ip, { tokens: passes ? tokens - 1 : tokens, at: now });
    reply.header('x-ratelimit-limit', String(MaxBurst + 1));
    reply.header('x-ratelimit-remaining', String(Math.max(0, Math.floor(tokens - 1))));
    reply.header('x-ratelimit-reset', String(Math.ceil((MaxBurst - tokens) / PerSec)));
    if (passes) return true;
    const wait = Math.max(1, Math.ceil((1 - tokens) / PerSec));
    void reply.code(429).header('retry-after', String(wait)).type('text/plain').send('limit exceeded');
    return false;
  };
}
