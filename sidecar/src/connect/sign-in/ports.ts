import type { Sealer } from '../../core/encryption.ts';
import type { AppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Bot } from '../../core/ports/bot.ts';
import type { Connections } from '../../core/ports/connections.ts';
import type { TenantConsents } from '../../core/ports/installation.ts';
import type { Inbox } from '../../core/ports/queue.ts';
import type { SignIns } from '../../core/ports/sign-ins.ts';
import type { RenewableToken } from '../../core/ports/tokens.ts';
import type { Clock } from '../../core/time.ts';
import type { Account, AccountKey, Connection, User } from '../../core/types.ts';
import type { RemovalDeps } from '../disconnect.ts';

/** A finished sign-in as the id token tells it, or what Microsoft asks for first. */
export type Redemption =
  | { kind: 'signed-in'; claims: AccountKey & { name: string | null }; access: RenewableToken }
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

/** What the sign-in needs of the rest. */
export interface ConnectFlowDeps extends RemovalDeps {
  signIns: Omit<SignIns, 'purge'>;
  connections: RemovalDeps['connections'] &
    Pick<
      Connections,
      'findByUser' | 'findByAccount' | 'count' | 'create' | 'saveTokenCache' | 'setState' | 'recordError'
    >;
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
  tenantConsents: Pick<TenantConsents, 'record'>;
  tokens: RemovalDeps['tokens'] & { remember(connectionId: string, access: RenewableToken): void };
  feed: RemovalDeps['feed'] & { ensure(connection: Connection): Promise<void> };
  /** What waits for a sign-in may go on. */
  inbox: Pick<Inbox, 'wake'>;
  bot: Pick<Bot, 'send'>;
  publicUrl: string;
  maxConnections: number | null;
  /** Whether the administrator lets this user connect; without it everybody may. */
  admits?: (user: User) => Promise<boolean>;
  clock: Clock;
  log: Log;
}
