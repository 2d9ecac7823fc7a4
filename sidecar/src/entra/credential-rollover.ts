import { AppError } from '../core/errors.ts';
import type { ClientCredential } from '../core/ports/entra.ts';

/**
 * Runs a call to Entra with the credential that works.
 * @throws {AppError} the codes of the call; config_invalid when there is no credential
 */
export type WithCredential = <T>(run: (credential: ClientCredential) => Promise<T>) => Promise<T>;

/** AADSTS codes about the credential itself. Other problems of the app registration would be the same with another credential. */
const REFUSED: ReadonlySet<unknown> = new Set([7000215, 7000222, 700027, 7000218]);

/**
 * Credential rollover: tries the credential that was accepted last, then the others in their order. When all are refused, the error is that
 * of the one in use. Entra checks the credential before the code or token, so the second attempt can still redeem it.
 */
export function createWithCredential(
  credentials: readonly ClientCredential[],
  changed: (position: number) => void = () => {},
): WithCredential {
  let current = 0;
  return async (run) => {
    const others = credentials.map((_, position) => position).filter((position) => position !== current);
    const order = [current, ...others];
    let first: unknown = new AppError('config_invalid', 'No credential of the app registration is configured.');
    for (const position of order) {
      const credential = credentials[position];
      if (!credential) continue;
      try {
        const result = await run(credential);
        if (position !== current) changed(position);
        current = position;
        return result;
      } catch (error) {
        if (position === order[0]) first = error;
        if (!isCredentialRefused(error)) throw error;
      }
    }
    throw first;
  };
}

/** Whether Entra refuses the credential itself, and not what was asked with it. */
export function isCredentialRefused(error: unknown): boolean {
  if (!(error instanceof AppError) || error.code !== 'client_credential_invalid') return false;
  return REFUSED.has(error.fields?.aadsts) || error.fields?.error === 'invalid_client';
}
