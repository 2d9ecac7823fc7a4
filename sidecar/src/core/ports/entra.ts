import type { AppError } from '../errors.ts';
import type { AccountKey } from '../types.ts';
import type { AccessToken, RenewableToken } from './tokens.ts';

/** How the app registration authenticates at Microsoft: a secret, or a certificate with its private key (PEM). */
export type ClientCredential = { secret: string } | { certificatePem: string; keyPem: string };

export interface AuthorizeRequest {
  state: string;
  nonce: string;
  /** PKCE S256 challenge. */
  challenge: string;
  loginHint?: string;
  /** A claims challenge to satisfy, as Entra gave it. */
  claims?: string;
  /** Default: the permissions of a connection. */
  scopes?: readonly string[];
}

export interface RedeemRequest {
  code: string;
  /** PKCE verifier. */
  verifier: string;
  nonce: string;
  /** As in the authorization request. */
  scopes?: readonly string[];
}

/** A finished sign-in as the id token states it, or the claims challenge of Conditional Access that must be satisfied first. */
export type Redemption =
  | { kind: 'signed-in'; claims: AccountKey & { name: string | null }; access: RenewableToken }
  | { kind: 'challenge'; claims: string };

/**
 * Microsoft Entra ID. Every method that sends a request
 * @throws {AppError} client_credential_invalid, microsoft_throttled, microsoft_unavailable, microsoft_refused, and the codes it names
 */
export interface Entra {
  /** Where the browser goes to sign in. */
  authorizeUrl(request: AuthorizeRequest): Promise<string>;
  /** The error that Entra put into the redirect to us: sign_in_denied, sign_in_failed, admin_consent_needed and the like. */
  redirectError(error: string, description: string | null): AppError;
  /**
   * Redeems a code and validates the id token.
   * @throws {AppError} sign_in_denied, sign_in_failed, admin_consent_needed, account_foreign_tenant
   */
  redeem(request: RedeemRequest): Promise<Redemption>;
  /**
   * A fresh access token for the one account in `cache`, and whose it is. Always asks Entra: callers keep tokens themselves.
   * @throws {AppError} reconnect_needed, admin_consent_needed
   */
  accessToken(request: { cache: string }): Promise<RenewableToken & { account: AccountKey }>;
  /** Where an administrator grants the permissions for all users of the tenant. */
  adminConsentUrl(request: { tid: string; state: string }): string;
  /**
   * A token of the application itself in its own or the given tenant. Proves that the credential works and that the application is known
   * in that tenant.
   * @throws {AppError} admin_consent_needed
   */
  appToken(tid?: string): Promise<AccessToken>;
  /** Sends no request before that time (Unix milliseconds): another replica was throttled. */
  pauseUntil(endsAt: number): void;
}
