import type { JWTVerifyGetKey } from 'jose';
import { createRemoteJWKSet, customFetch } from 'jose';
import { AppError, toAppError } from '../core/errors.ts';
import type { Metrics } from '../core/metrics.ts';
import type { AuthorizeRequest, ClientCredential, Entra, RedeemRequest, Redemption } from '../core/ports/entra.ts';
import type { AccessToken, RenewableToken } from '../core/ports/tokens.ts';
import type { Clock } from '../core/time.ts';
import type { AccountKey } from '../core/types.ts';
import { createWithCredential, isCredentialRefused } from './credential-rollover.ts';
import type { EntraPhase } from './errors.ts';
import { entraError } from './errors.ts';
import type { EntraFetch } from './http.ts';
import { createEntraHttp } from './http.ts';
import { verifyIdToken } from './id-token.ts';
import type { MsalCall } from './msal.ts';
import { msalAuth, msalCall, runMsal, toAccessToken } from './msal.ts';
import { createThrottle } from './throttle.ts';
import { readRedirectRefusal } from './wire.ts';

export interface EntraOptions {
  /** Without a trailing slash and without a tenant. */
  authorityUrl: string;
  /** The tenant of the app registration. */
  tenantId: string;
  /** Whose accounts may sign in, in lower case. */
  allowedTenants: readonly string[];
  clientId: string;
  /** Tried in this order; the one that works is remembered. */
  credentials: readonly ClientCredential[];
  /** The sidecar's `/oauth/callback`, exactly as registered. */
  redirectUri: string;
  /** Graph's root, which is also the prefix of its permissions. */
  graphUrl: string;
  /** Admin consent covers all permissions of the app registration, application permissions included. Default: what a connection needs. */
  withApplicationPermissions?: boolean;
  /** Delegated permissions beyond `SCOPES`. A connection works without them where they are not granted. */
  moreScopes?: readonly string[];
  clock: Clock;
  metrics: Metrics;
  fetch?: EntraFetch;
  /** Called whenever the app's own credential or registration is refused, and with null when it is accepted again. */
  onCredential?: (problem: AppError | null) => void;
  /** Called with the end (Unix milliseconds) of every pause that Entra asked for, to share it with the other replicas. */
  onPause?: (endsAt: number) => void;
  /** Called with the position of the credential in use when it changes. */
  onRollOver?: (position: number) => void;
}

/** The delegated permissions of a connection; MSAL adds `openid profile offline_access`. */
const SCOPES = ['User.Read', 'Chat.Read', 'Presence.Read'];

/**
 * Microsoft Entra ID over MSAL. Errors are derived from the HTTP response and the id token is validated here, because MSAL reports neither
 * status nor `Retry-After` and checks only the nonce.
 */
export function createEntra(options: EntraOptions): Entra {
  const http = createEntraHttp({ fetch: options.fetch ?? fetch, clock: options.clock, metrics: options.metrics });
  const keys = createRemoteJWKSet(new URL(`${options.authorityUrl}/common/discovery/v2.0/keys`), {
    [customFetch]: http.fetchKeys,
  });
  // With several tenants the application may be missing in one of them, which must not stop requests for the others.
  const concernsAll = (error: AppError) => options.allowedTenants.length === 1 || isCredentialRefused(error);
  const throttle = createThrottle({ ...options, concernsAll });
  const withCredential = createWithCredential(options.credentials, options.onRollOver);
  const [only, ...others] = options.allowedTenants;
  const app = { ...options, tenant: others.length > 0 ? 'organizations' : (only ?? options.tenantId) };
  const call = (phase: EntraPhase) => (credential: ClientCredential) =>
    msalCall(msalAuth(app, credential), http.exchange(phase));
  /** One call of MSAL, or one per credential during a rollover. */
  const request = <T>(phase: EntraPhase, run: (one: MsalCall) => Promise<T>) =>
    throttle.run(() => withCredential((credential) => run(call(phase)(credential))));
  return {
    authorizeUrl: (request) => withCredential((one) => authorizeUrl(call('sign-in')(one), options, request)),
    redirectError: (error, description) => entraError(readRedirectRefusal(error, description), 'sign-in'),
    redeem: (redemption) => request('sign-in', (one) => redeem(one, redemption, { ...options, keys })),
    accessToken: ({ cache }) =>
      withAvailableScopes(options, (scopes) =>
        request('renewal', (one) => accessToken(one, { cache, scopes }, options)),
      ),
    adminConsentUrl: (request) => adminConsentUrl(options, request),
    appToken: (tid = options.tenantId) => request('renewal', (one) => appToken(one, tid, options)),
    pauseUntil: throttle.pauseUntil,
  };
}

function scopesOf({ moreScopes = [] }: EntraOptions): string[] {
  return [...SCOPES, ...moreScopes];
}

/** Renews with all permissions, and without the additional ones where they are not granted, so that older connections keep working. */
async function withAvailableScopes<T>(options: EntraOptions, renew: (scopes: string[]) => Promise<T>): Promise<T> {
  try {
    return await renew(scopesOf(options));
  } catch (error) {
    if (!options.moreScopes?.length || toAppError(error).code !== 'admin_consent_needed') throw error;
    return renew(SCOPES);
  }
}

function authorizeUrl(
  { client, exchange }: MsalCall,
  options: EntraOptions,
  request: AuthorizeRequest,
): Promise<string> {
  return runMsal(exchange, () =>
    client.getAuthCodeUrl({
      scopes: [...(request.scopes ?? scopesOf(options))],
      redirectUri: options.redirectUri,
      responseMode: 'query',
      state: request.state,
      nonce: request.nonce,
      codeChallenge: request.challenge,
      codeChallengeMethod: 'S256',
      ...(request.loginHint === undefined ? {} : { loginHint: request.loginHint }),
      ...(request.claims === undefined ? {} : { claims: request.claims }),
    }),
  );
}

/**
 * Delegated permissions can be requested by name, application permissions only through `.default`
 * (https://learn.microsoft.com/entra/identity-platform/v2-admin-consent).
 */
function adminConsentUrl(options: EntraOptions, { tid, state }: { tid: string; state: string }): string {
  const { graphUrl, withApplicationPermissions } = options;
  const delegated = ['openid', 'profile', 'offline_access', ...scopesOf(options).map((name) => `${graphUrl}/${name}`)];
  const scopes = withApplicationPermissions ? [`${graphUrl}/.default`] : delegated;
  const query = new URLSearchParams({
    client_id: options.clientId,
    scope: scopes.join(' '),
    redirect_uri: options.redirectUri,
    state,
  });
  return `${options.authorityUrl}/${tid}/v2.0/adminconsent?${query}`;
}

async function redeem(
  call: MsalCall,
  { code, verifier, nonce, scopes }: RedeemRequest,
  options: EntraOptions & { keys: JWTVerifyGetKey },
): Promise<Redemption> {
  const { client, exchange } = call;
  const { clientId, redirectUri, keys, clock, allowedTenants: tenants } = options;
  try {
    const result = await runMsal(exchange, () =>
      client.acquireTokenByCode({
        code,
        codeVerifier: verifier,
        nonce,
        redirectUri,
        scopes: [...(scopes ?? scopesOf(options))],
      }),
    );
    const issuer = (tid: string) => `${options.authorityUrl}/${tid}/v2.0`;
    const expected = { keys, clientId, tenants, issuer, nonce, now: clock.now() };
    const claims = await verifyIdToken(result.idToken, expected);
    refuseForeignGuest(result.account?.homeAccountId, tenants);
    return { kind: 'signed-in', claims, access: toAccessToken(call, result.accessToken, clock) };
  } catch (error) {
    const challenge = exchange.challenge();
    if (challenge !== null) return { kind: 'challenge', claims: challenge };
    throw error;
  }
}

/** MSAL's home account id is `{oid}.{tid}` of the account's home tenant, so it tells a guest from a member. */
function refuseForeignGuest(homeAccountId: string | undefined, tenants: readonly string[]): void {
  const home = homeAccountId?.split('.')[1]?.toLowerCase();
  if (home !== undefined && tenants.includes(home)) return;
  throw new AppError('account_foreign_tenant', 'The Microsoft account is a guest from another tenant.');
}

async function accessToken(
  call: MsalCall,
  { cache, scopes }: { cache: string; scopes: string[] },
  { authorityUrl, clock }: EntraOptions,
): Promise<RenewableToken & { account: AccountKey }> {
  const { client, exchange } = call;
  client.getTokenCache().deserialize(cache);
  const [account] = await client.getTokenCache().getAllAccounts();
  if (!account) throw new AppError('reconnect_needed', 'The token cache of a connection holds no account.');
  const result = await runMsal(exchange, () =>
    client.acquireTokenSilent({
      account,
      scopes,
      forceRefresh: true,
      authority: `${authorityUrl}/${account.tenantId}`,
    }),
  );
  return {
    ...toAccessToken(call, result.accessToken, clock),
    account: {
      tid: (result.tenantId || account.tenantId).toLowerCase(),
      oid: (result.uniqueId || account.localAccountId).toLowerCase(),
    },
  };
}

async function appToken(call: MsalCall, tid: string, options: EntraOptions): Promise<AccessToken> {
  const authority = `${options.authorityUrl}/${tid}`;
  const scopes = [`${options.graphUrl}/.default`];
  const result = await runMsal(call.exchange, () => call.client.acquireTokenByClientCredential({ scopes, authority }));
  const { token, expiresAt } = toAccessToken(call, result?.accessToken, options.clock);
  return { token, expiresAt };
}
