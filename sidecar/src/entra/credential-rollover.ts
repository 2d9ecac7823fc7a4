import { AppError } from '../core/errors.ts';
import type { ClientCredential } from '../core/ports/entra.ts';

/** Runs a call to Entra with the credential that works. */
export type WithCredential = <T>(run: (credential: ClientCredential) => Promise<T>) => Promise<T>;

/** AADSTS codes that speak of the credential itself; other troubles of the registration no other credential mends. */
const REFUSED: ReadonlySet<unknown> = new Set([7000215, 7000222, 700027, 7000218]);

/**
 * Roll-over: the credentials in their order, the one that was accepted last first. While both are refused the error is that of the one in
 * use. Entra judges the credential before it looks at codes and tokens, so a second try spends nothing.
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
