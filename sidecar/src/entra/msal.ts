import { X509Certificate } from 'node:crypto';
import type { Configuration } from '@azure/msal-node';
import { ConfidentialClientApplication } from '@azure/msal-node';
import { AppError } from '../core/errors.ts';
import type { ClientCredential } from '../core/ports/entra.ts';
import type { RenewableToken } from '../core/ports/tokens.ts';
import type { Clock } from '../core/time.ts';
import { SECOND } from '../core/time.ts';
import type { EntraExchange } from './http.ts';

/** The app registration. `authorityUrl` is without a trailing slash and without a tenant; `tenant` is an id or `organizations`. */
export interface EntraApp {
  authorityUrl: string;
  tenant: string;
  clientId: string;
}

/** One call of MSAL: a client made for it, and its requests. */
export interface MsalCall {
  client: ConfidentialClientApplication;
  exchange: EntraExchange;
}

/** MSAL's configuration. Without its host (with port) in `knownAuthorities`, MSAL would look the authority up at Microsoft. */
export function msalAuth(
  { authorityUrl, tenant, clientId }: EntraApp,
  credential: ClientCredential,
): Configuration['auth'] {
  return {
    clientId,
    authority: `${authorityUrl}/${tenant}`,
    knownAuthorities: [new URL(authorityUrl).host],
    ...('secret' in credential
      ? { clientSecret: credential.secret }
      : {
          clientCertificate: {
            thumbprintSha256: new X509Certificate(credential.certificatePem).fingerprint256.replaceAll(':', ''),
            privateKey: credential.keyPem,
            x5c: credential.certificatePem,
          },
        }),
  };
}

/**
 * A client for one call. MSAL searches a shared cache linearly, and one connection's tokens must never be in a cache with another's
 * (https://github.com/AzureAD/microsoft-authentication-library-for-js/issues/5559).
 */
export function msalCall(auth: Configuration['auth'], exchange: EntraExchange): MsalCall {
  return {
    client: new ConfidentialClientApplication({ auth, system: { networkClient: exchange.network } }),
    exchange,
  };
}

/**
 * Runs MSAL. The response on the network decides about success, and only then MSAL's own error.
 * @throws {AppError} the codes of `entraError`; sign_in_failed, reconnect_needed, microsoft_refused, microsoft_unavailable
 */
export async function runMsal<T>(exchange: EntraExchange, run: () => Promise<T>): Promise<T> {
  let result: T;
  try {
    result = await run();
  } catch (cause) {
    throw exchange.failure() ?? fromMsal(cause);
  }
  const failure = exchange.failure();
  if (failure) throw failure;
  return result;
}

/**
 * The access token with its expiry by our clock, from `expires_in` of the response.
 * @throws {AppError} microsoft_refused when there is no token
 */
export function toAccessToken({ client, exchange }: MsalCall, token: string | undefined, clock: Clock): RenewableToken {
  const lifetime = exchange.lifetime();
  if (!token || lifetime === null) throw new AppError('microsoft_refused', 'Entra answered without an access token.');
  return { token, expiresAt: clock.now() + lifetime * SECOND, cache: renewable(client.getTokenCache().serialize()) };
}

/** The part of MSAL's cache that renewal needs: the account and its refresh token. Access and id tokens are left out. */
function renewable(cache: string): string {
  return JSON.stringify({ ...JSON.parse(cache), AccessToken: {}, IdToken: {} });
}

function fromMsal(cause: unknown): AppError {
  const msal = cause instanceof Error && 'errorCode' in cause ? String(cause.errorCode) : '';
  if (msal === 'nonce_mismatch') {
    return new AppError('sign_in_failed', 'The id token was refused.', { cause, fields: { check: 'nonce' } });
  }
  if (msal === 'no_tokens_found' || msal === 'refresh_token_expired') {
    return new AppError('reconnect_needed', 'The connection has no usable refresh token.', { cause });
  }
  return new AppError('microsoft_refused', 'MSAL could not use an answer of Microsoft Entra ID.', {
    cause,
    fields: { msal },
  });
}
