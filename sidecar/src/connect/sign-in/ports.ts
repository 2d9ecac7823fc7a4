import type { Sealer } from '../../core/encryption.ts';
import type { AppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Clock } from '../../core/time.ts';
import type { Account, AccountKey, Connection, Reply, User } from '../../core/types.ts';
import type { RemovalDeps } from '../disconnect.ts';
import type { Access, StateChange } from '../token-renewal.ts';

/** One-time links and states, by the hash of each. */
export interface SignIns {
  createLink(link: { hash: string; userId: string; expiresAt: number }): Promise<void>;
  peekLink(hash: string, now: number): Promise<{ userId: string } | null>;
  consumeLink(hash: string, now: number): Promise<{ userId: string } | null>;
  createState(state: StoredState & { hash: string; expiresAt: number }): Promise<void>;
  consumeState(hash: string, now: number): Promise<StoredState | null>;
}

export interface StoredState {
  userId: string;
  browserHash: string;
  sealed: string;
}

/** A finished sign-in as the id token tells it, or what Microsoft asks for first. */
export type Redemption =
  | { kind: 'signed-in'; claims: AccountKey & { name: string | null }; access: Access }
  | { kind: 'challenge'; claims: string };

export interface SignInAuthority {
  authorizeUrl(request: {
    state: string;
    nonce: string;
    challenge: string;
    loginHint?: string;
    claims?: string;
    scopes?: readonly string[];
  }): Promise<string>;
  redirectError(error: string, description: string | null): AppError;
  redeem(request: { code: string; verifier: string; nonce: string; scopes?: readonly string[] }): Promise<Redemption>;
  /** Where an administrator grants consent for that organisation. */
  adminConsentUrl(request: { tid: string; state: string }): string;
  /** A token of the application itself in that organisation. */
  appToken(tid: string): Promise<unknown>;
}

/** Mattermost as the authority about its own sessions. */
export interface SessionAuthority {
  authorizeUrl(request: { state: string; challenge: string }): string;
  /** The id of the user whose session the browser holds. Errors: `mattermost_*`. */
  ownerOf(request: { code: string; verifier: string }): Promise<string>;
}

/** Consent that an administrator granted for a whole organisation. Time in Unix milliseconds. */
export interface Grant {
  tid: string;
  /** Object id and name of the administrator. */
  grantedBy: string;
  grantedByName: string;
  grantedAt: number;
}

/** What the sign-in needs of the rest. */
export interface ConnectFlowDeps extends RemovalDeps {
  signIns: SignIns;
  connections: RemovalDeps['connections'] & {
    findByUser(userId: string): Promise<Connection | null>;
    findByAccount(account: AccountKey): Promise<Connection | null>;
    count(): Promise<number>;
    create(connection: Connection, sealedTokenCache: string): Promise<void>;
    saveTokenCache(id: string, sealed: string): Promise<void>;
    setState(change: StateChange): Promise<void>;
    recordError(id: string, code: AppError['code'], now: number): Promise<void>;
  };
  sealer: Sealer;
  entra: SignInAuthority;
  /** Graph's `/me` with this access token. */
  me(token: string): Promise<Pick<Account, 'oid' | 'mail' | 'userPrincipalName' | 'name'>>;
  user(userId: string): Promise<User>;
  /** Error besides the others: `mattermost_refused` where Mattermost hides addresses. */
  userByEmail(email: string): Promise<User | null>;
  emailsVisible(): Promise<boolean>;
  /** Whether both accounts must have the same address. */
  accountMatch: 'email' | 'any';
  /** Set where the browser must prove its Mattermost session, which `accountMatch: 'any'` cannot do without. */
  session: SessionAuthority | null;
  organizations: { record(grant: Grant): Promise<void> };
  tokens: RemovalDeps['tokens'] & { remember(connectionId: string, access: Access): void };
  feed: RemovalDeps['feed'] & { ensure(connection: Connection): Promise<void> };
  /** What waits for a sign-in may go on. */
  inbox: { wake(connectionId: string, now: number): Promise<void> };
  bot: { send(userId: string, reply: Reply): Promise<void> };
  publicUrl: string;
  maxConnections: number | null;
  /** Whether the administrator lets this user connect; without it everybody may. */
  admits?: (user: User) => Promise<boolean>;
  clock: Clock;
  log: Log;
}
