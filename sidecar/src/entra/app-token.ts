import type { Clock } from '../core/time.ts';
import { MINUTE } from '../core/time.ts';

/** The application's own token, kept until it would not live long enough or Graph refuses it. Errors: those of Entra. */
export interface AppToken {
  /** One that lives for `minValidMs` more; five minutes unless said otherwise. */
  get(minValidMs?: number): Promise<string>;
}

const MIN_VALID = 5 * MINUTE;

/** Keeps the application's token; callers who need a new one at once share one request. */
export function createAppToken(deps: {
  entra: { appToken(): Promise<{ token: string; expiresAt: number }> };
  isRefused(token: string): boolean;
  clock: Clock;
}): AppToken {
  let kept: { token: string; expiresAt: number } | null = null;
  let asked: Promise<string> | null = null;

  async function ask(): Promise<string> {
    try {
      kept = await deps.entra.appToken();
      return kept.token;
    } finally {
      asked = null;
    }
  }

  return {
    async get(minValidMs = MIN_VALID) {
      if (kept && kept.expiresAt - deps.clock.now() > minValidMs && !deps.isRefused(kept.token)) return kept.token;
      asked ??= ask();
      return asked;
    },
  };
}
