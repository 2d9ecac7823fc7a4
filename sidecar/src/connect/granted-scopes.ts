import { toAppError } from '../core/errors.ts';
import type { Connections } from '../core/ports/connections.ts';

export interface GrantedScopesDeps {
  /** Undefined while there is no database. */
  connections: Pick<Connections, 'list'> | undefined;
  /**
   * An access token of that connection.
   * @throws {AppError} reconnect_needed
   */
  tokenFor(connectionId: string): Promise<string>;
  /** The delegated permissions in a Graph access token; null when it cannot be read. */
  scopesOf(accessToken: string): string[] | null;
}

/** Looking through all connections would take too long; one of the first whose sign-in works is as good as any. */
const PAGE = 50;

/**
 * The delegated permissions in the access token of one connection, for the administrator's checks. Consent is granted for the tenant or by
 * each user, and a token is the only place where it can be seen. Null while no connection has a working sign-in.
 * @throws {AppError} admin_consent_needed, client_credential_invalid, microsoft_throttled, microsoft_unavailable
 */
export async function grantedScopes({ connections, tokenFor, scopesOf }: GrantedScopesDeps): Promise<string[] | null> {
  const page = await connections?.list({ afterId: null, limit: PAGE });
  const connected = page?.find(({ state }) => state === 'connected');
  if (!connected) return null;
  try {
    return scopesOf(await tokenFor(connected.id));
  } catch (error) {
    if (toAppError(error).code === 'reconnect_needed') return null;
    throw error;
  }
}
