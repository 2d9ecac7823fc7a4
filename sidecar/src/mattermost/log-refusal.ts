import type { AppError } from '../core/errors.ts';
import { HTTP_STATUS, toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';

/** Logs why a command or click was not done, as a warning, or as an error when it is our fault; returns the failure. */
export function logRefusal({ error, log, requestId }: Refusal, message: string): AppError {
  const failure = toAppError(error);
  const { code, remedy, fields } = failure;
  log[HTTP_STATUS[code] >= 500 ? 'error' : 'warn']({ ...fields, err: error, code, remedy, requestId }, message);
  return failure;
}

export interface Refusal {
  error: unknown;
  log: Log;
  requestId: string;
}
