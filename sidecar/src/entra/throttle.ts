import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/time.ts';
import { MINUTE, SECOND } from '../core/time.ts';

export interface PauseOptions {
  clock: Clock;
  /** Whether a refusal of the registration concerns every call, not only those for one organisation. */
  concernsAll(error: AppError): boolean;
  /** Told whenever the app's own credential or registration is refused, and with null when it is accepted again. */
  onCredential?: (problem: AppError | null) => void;
  /** Told of every pause that Entra asked for, for the other replicas. */
  onPause?: (endsAt: number) => void;
}

export interface Pause {
  /** Runs a call to Entra, or fails at once while a pause lasts. */
  run<T>(call: () => Promise<T>): Promise<T>;
  /** Keeps a pause that another replica was asked for. */
  adopt(endsAt: number): void;
}

/** A refused credential is not tried again for this long, so that thousands of connections do not hammer Entra with it. */
const CREDENTIAL_PAUSE_MS = MINUTE;
/** Used when Entra limits us without saying for how long. */
const DEFAULT_PAUSE_MS = 10 * SECOND;

/** Holds back every call while Entra asked for it (`Retry-After`, shared by all replicas), or while it refuses the app's own credential. */
export function createPause({ clock, concernsAll, onCredential, onPause }: PauseOptions): Pause {
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
    adopt(endsAt) {
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
