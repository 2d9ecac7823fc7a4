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
import { judged, msalAuth, msalCall, toAccessToken } from './msal.ts';
import { createPause } from './throttle.ts';
import { readRedirectRefusal } from './wire.ts';

export interface EntraOptions {
  /** Without a trailing slash and without a tenant. */
  authorityUrl: string;
  /** Where the app registration is at home. */
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
  /** An administrator is asked for what the registration lists, application permissions included; default: what a connection needs. */
  withApplicationPermissions?: boolean;
  /** Delegated permissions beyond `SCOPES`. Nobody loses a connection for want of them. */
  moreScopes?: readonly string[];
  clock: Clock;
  metrics: Metrics;
  fetch?: EntraFetch;
  /** Told whenever the app's own credential or registration is refused, and with null when it is accepted again. */
  onCredential?: (problem: AppError | null) => void;
  /** Told of every pause that Entra asked for, for the other replicas. */
  onPause?: (endsAt: number) => void;
  /** Told that another of the credentials is in use now, by its position. */
  onRollOver?: (position: number) => void;
}

/** Delegated permissions that are asked for; MSAL adds `openid profile offline_access`. */
const SCOPES = ['User.Read', 'Chat.Read', 'Presence.Read'];

/** Microsoft Entra ID over MSAL. Refusals are judged by the answer itself, and the id token is checked here: MSAL does neither fully. */
export function createEntra(options: EntraOptions): Entra {
  const http = createEntraHttp({ fetch: options.fetch ?? fetch, clock: options.clock, metrics: options.metrics });
  const keys = createRemoteJWKSet(new URL(`${options.authorityUrl}/common/discovery/v2.0/keys`), {
    [customFetch]: http.fetchKeys,
  });
  // In one of several organisations the application may be unknown, or no longer: that stops nobody elsewhere.
  const concernsAll = (error: AppError) => options.allowedTenants.length === 1 || isCredentialRefused(error);
  const pause = createPause({ ...options, concernsAll });
  const withCredential = createWithCredential(options.credentials, options.onRollOver);
  const [only, ...others] = options.allowedTenants;
  const app = { ...options, tenant: others.length > 0 ? 'organizations' : (only ?? options.tenantId) };
  const call = (phase: EntraPhase) => (credential: ClientCredential) =>
    msalCall(msalAuth(app, credential), http.exchange(phase));
  /** One call of MSAL, or two while credentials roll over. */
  const ask = <T>(phase: EntraPhase, run: (one: MsalCall) => Promise<T>) =>
    pause.run(() => withCredential((credential) => run(call(phase)(credential))));
  return {
    authorizeUrl: (request) => withCredential((one) => authorizeUrl(call('sign-in')(one), options, request)),
    redirectError: (error, description) => entraError(readRedirectRefusal(error, description), 'sign-in'),
    redeem: (request) => ask('sign-in', (one) => redeem(one, request, { ...options, keys })),
    accessToken: ({ cache }) =>
      renewed(options, (scopes) => ask('renewal', (one) => accessToken(one, { cache, scopes }, options))),
    adminConsentUrl: (request) => adminConsentUrl(options, request),
    appToken: (tid = options.tenantId) => ask('renewal', (one) => appToken(one, tid, options)),
    pauseUntil: pause.adopt,
  };
}

function scopesOf({ moreScopes = [] }: EntraOptions): string[] {
  return [...SCOPES, ...moreScopes];
}

/** Renews with all permissions, and without the additional ones where they are not granted: those who connected before go on as they were. */
async function renewed<T>(options: EntraOptions, renew: (scopes: string[]) => Promise<T>): Promise<T> {
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
  return judged(exchange, () =>
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

/** Delegated permissions by name; application permissions come with `.default` only (Microsoft: "Admin consent on the Microsoft identity platform"). */
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
    const result = await judged(exchange, () =>
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

/** A guest is somebody of the organisation that manages the account; MSAL's home account id is `{oid}.{tid}` there. */
function refuseForeignGuest(homeAccountId: string | undefined, tenants: readonly string[]): void {
  const home = homeAccountId?.split('.')[1]?.toLowerCase();
  if (home !== undefined && tenants.includes(home)) return;
  throw new AppError('account_foreign_tenant', 'The Microsoft account is a guest from another organisation.');
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
  const result = await judged(exchange, () =>
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
  const result = await judged(call.exchange, () => call.client.acquireTokenByClientCredential({ scopes, authority }));
  const { token, expiresAt } = toAccessToken(call, result?.accessToken, options.clock);
  return { token, expiresAt };
}
