import type { Entra } from '../core/ports/entra.ts';
import type { AccessToken } from '../core/ports/tokens.ts';
import type { Clock } from '../core/time.ts';
import { MINUTE } from '../core/time.ts';

/** The application's own access token, for requests without a user. */
export interface AppToken {
  /**
   * A token that lives for `minValidMs` more (default five minutes).
   * @throws {AppError} client_credential_invalid, admin_consent_needed, microsoft_throttled, microsoft_unavailable, microsoft_refused
   */
  get(minValidMs?: number): Promise<string>;
}

const MIN_VALID = 5 * MINUTE;

/** Keeps the application's token until it expires soon or Graph refuses it. Concurrent callers share one request for a new one. */
export function createAppToken(deps: {
  entra: Pick<Entra, 'appToken'>;
  /** Whether Graph has refused that token before it expired. */
  isRefused(token: string): boolean;
  clock: Clock;
}): AppToken {
  let kept: AccessToken | null = null;
  let request: Promise<string> | null = null;

  async function renew(): Promise<string> {
    try {
      kept = await deps.entra.appToken();
      return kept.token;
    } finally {
      request = null;
    }
  }

  return {
    async get(minValidMs = MIN_VALID) {
      if (kept && kept.expiresAt - deps.clock.now() > minValidMs && !deps.isRefused(kept.token)) return kept.token;
      request ??= renew();
      return request;
    },
  };
}
