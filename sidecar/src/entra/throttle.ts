import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/time.ts';
import { MINUTE, SECOND } from '../core/time.ts';

export interface ThrottleOptions {
  clock: Clock;
  /** Whether a refusal of the app registration concerns every call, not only those for one tenant. */
  concernsAll(error: AppError): boolean;
  /** Called whenever the app's own credential or registration is refused, and with null when it is accepted again. */
  onCredential?: (problem: AppError | null) => void;
  /** Called with the end (Unix milliseconds) of every pause that Entra asked for, to share it with the other replicas. */
  onPause?: (endsAt: number) => void;
}

export interface Throttle {
  /**
   * Runs a call to Entra, or fails at once during a pause, with the error that caused the pause and the remaining time.
   * @throws {AppError} the codes of the call; microsoft_throttled, client_credential_invalid
   */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Starts or extends the pause, because another replica was throttled. `endsAt` is in Unix milliseconds. */
  pauseUntil(endsAt: number): void;
}

/** A refused credential is not tried again for this long, so that thousands of connections do not send it to Entra one by one. */
const CREDENTIAL_PAUSE_MS = MINUTE;
/** For a 429 without `Retry-After`. */
const DEFAULT_PAUSE_MS = 10 * SECOND;

/** Pauses all calls after a 429 (for `Retry-After`, shared by all replicas) and after Entra refused the app's own credential. */
export function createThrottle({ clock, concernsAll, onCredential, onPause }: ThrottleOptions): Throttle {
  let until = 0;
  let reason: AppError | null = null;
  let isRefused = false;

  function note(error: unknown): void {
    if (!(error instanceof AppError)) return;
    const now = clock.now();
    if (error.code === 'microsoft_throttled') {
      reason = error;
      until = now + (error.retryAfterMs ?? DEFAULT_PAUSE_MS);
      onPause?.(until);
    }
    if (error.code === 'client_credential_invalid' && concernsAll(error)) {
      reason = error;
      until = now + CREDENTIAL_PAUSE_MS;
      isRefused = true;
      onCredential?.(error);
    }
  }

  return {
    async run(call) {
      const wait = until - clock.now();
      if (reason && wait > 0) throw again(reason, wait);
      try {
        const result = await call();
        if (isRefused) onCredential?.(null);
        isRefused = false;
        return result;
      } catch (error) {
        note(error);
        throw error;
      }
    },
    pauseUntil(endsAt) {
      if (endsAt <= until) return;
      until = endsAt;
      reason = new AppError('microsoft_throttled', 'Microsoft Entra ID asked another replica for a pause.');
    },
  };
}

function again(reason: AppError, retryAfterMs: number): AppError {
  return new AppError(reason.code, reason.message, {
    cause: reason,
    retryAfterMs,
    ...(reason.remedy === undefined ? {} : { remedy: reason.remedy }),
    ...(reason.fields === undefined ? {} : { fields: reason.fields }),
  });
}
