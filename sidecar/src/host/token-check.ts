import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/time.ts';
import { SECOND } from '../core/time.ts';

const TIMEOUT_MS = 10 * SECOND;
const RETRY_MS = SECOND;
/** Mattermost activates plugins before it listens, and that takes seconds at most. */
const PATIENCE_MS = 120 * SECOND;

/**
 * Whether Mattermost's REST API takes a token. Waits for the API: plugins are activated before Mattermost listens
 * (`server/channels/app/server.go`).
 * @throws {AppError} mattermost_unavailable when it does not answer within two minutes
 */
export async function isTokenAccepted({
  url,
  token,
  clock,
}: {
  url: string;
  token: string;
  clock: Clock;
}): Promise<boolean> {
  const until = clock.now() + PATIENCE_MS;
  for (;;) {
    const status = await statusOf(`${url}/api/v4/users/me`, token);
    if (status === 200) return true;
    if (status === 401) return false;
    if (clock.now() >= until) {
      throw new AppError('mattermost_unavailable', `Mattermost does not answer at ${url}.`, {
        remedy: 'Check Listen Address and Connection Security under Environment, Web Server in the System Console.',
      });
    }
    await clock.sleep(RETRY_MS);
  }
}

async function statusOf(url: string, token: string): Promise<number | null> {
  try {
    const response = await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    await response.body?.cancel();
    return response.status;
  } catch {
    return null;
  }
}
