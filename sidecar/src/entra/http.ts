import type { INetworkModule } from '@azure/msal-node';
import type { FetchImplementation } from 'jose';
import { AppError } from '../core/errors.ts';
import type { Metrics } from '../core/metrics.ts';
import type { Clock } from '../core/time.ts';
import { SECOND } from '../core/time.ts';
import type { EntraPhase } from './errors.ts';
import { entraError } from './errors.ts';
import { readChallenge, readLifetime, readRefusal } from './wire.ts';

/** The part of the global `fetch` that requests to Entra use. Tests pass one that trusts another certificate authority. */
export type EntraFetch = (
  url: string,
  init: {
    method: string;
    headers: Record<string, string> | Headers;
    signal: AbortSignal;
    redirect: 'manual';
    body?: string;
  },
) => Promise<Response>;

/** The requests of one call of MSAL. MSAL drops status and `Retry-After`, so the error is derived from the response itself. */
export interface EntraExchange {
  network: INetworkModule;
  /** Why the last request failed, or null. */
  failure(): AppError | null;
  /** The claims challenge that came with the failure, or null. */
  challenge(): string | null;
  /** The lifetime of the access token in seconds, or null when there was none. */
  lifetime(): number | null;
}

export interface EntraHttpDeps {
  fetch: EntraFetch;
  clock: Clock;
  metrics: Metrics;
}

const TIMEOUT_MS = 20 * SECOND;

/**
 * HTTP for MSAL and for the signing keys, with timeout and metrics. Keeps discovery documents, which MSAL would otherwise request on each
 * call.
 */
export function createEntraHttp(deps: EntraHttpDeps) {
  const discovered = new Map<string, { status: number; headers: Record<string, string>; body: unknown }>();
  return {
    exchange(phase: EntraPhase): EntraExchange {
      return createExchange({ deps, discovered, phase });
    },
    /** `fetch` for jose's key set. */
    fetchKeys: (async (url, options) =>
      timed(deps, 'GET keys', () =>
        deps.fetch(url, { ...options, redirect: 'manual' }),
      )) satisfies FetchImplementation as FetchImplementation,
  };
}

interface ExchangeOptions {
  deps: EntraHttpDeps;
  discovered: Map<string, { status: number; headers: Record<string, string>; body: unknown }>;
  phase: EntraPhase;
}

function createExchange({ deps, discovered, phase }: ExchangeOptions): EntraExchange {
  let failure: AppError | null = null;
  let challenge: string | null = null;
  let lifetime: number | null = null;

  async function send(
    operation: string,
    url: string,
    init: { method: string; headers: Record<string, string>; body?: string },
  ) {
    try {
      const response = await timed(deps, operation, () =>
        deps.fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(TIMEOUT_MS) }),
      );
      const body = parse(await response.text());
      const retryAfter = response.headers.get('retry-after');
      const refusal = readRefusal({ status: response.status, body, retryAfter, now: deps.clock.now() });
      failure = response.ok ? null : entraError(refusal, phase);
      challenge = response.ok ? null : readChallenge(body);
      lifetime = readLifetime(body);
      return { status: response.status, headers: Object.fromEntries(response.headers), body };
    } catch (cause) {
      failure = new AppError('microsoft_unavailable', 'Microsoft Entra ID cannot be reached.', { cause });
      throw failure;
    }
  }

  const network = {
    async sendGetRequestAsync(url: string, options?: { headers?: Record<string, string> }) {
      const known = discovered.get(url);
      if (known) return known;
      const answer = await send('GET openid-configuration', url, { method: 'GET', headers: options?.headers ?? {} });
      if (answer.status === 200) discovered.set(url, answer);
      return answer;
    },
    sendPostRequestAsync: (url: string, options?: { headers?: Record<string, string>; body?: string }) =>
      send('POST token', url, { method: 'POST', headers: options?.headers ?? {}, body: options?.body ?? '' }),
  };
  return {
    // MSAL's interface is generic in the type of the body, which no HTTP client can guarantee. MSAL validates what it reads.
    network: network as INetworkModule,
    failure: () => failure,
    challenge: () => challenge,
    lifetime: () => lifetime,
  };
}

async function timed(deps: EntraHttpDeps, operation: string, run: () => Promise<Response>): Promise<Response> {
  const start = deps.clock.now();
  let status = 0;
  try {
    const response = await run();
    status = response.status;
    return response;
  } finally {
    deps.metrics.outbound({ peer: 'entra', operation, status, ms: deps.clock.now() - start });
  }
}

/** A body that is not a JSON object counts as empty: the status is enough to derive the error. */
function parse(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
