import type { Sealer } from '../../core/encryption.ts';
import type { Log } from '../../core/log.ts';
import type { Bot, Users } from '../../core/ports/bot.ts';
import type { Connections } from '../../core/ports/connections.ts';
import type { Entra } from '../../core/ports/entra.ts';
import type { InstallationState, TenantConsents } from '../../core/ports/installation.ts';
import type { Inbox } from '../../core/ports/queue.ts';
import type { SignIns } from '../../core/ports/sign-ins.ts';
import type { RenewableToken } from '../../core/ports/tokens.ts';
import type { Clock } from '../../core/time.ts';
import type { Account, Connection, User } from '../../core/types.ts';
import type { RemovalDeps } from '../disconnect.ts';

/** Mattermost as the authority about its own sessions. */
export interface SessionAuthority {
  authorizeUrl(request: { state: string; challenge: string }): string;
  /** The id of the user whose session the browser holds. Errors: `mattermost_*`. */
  ownerOf(request: { code: string; verifier: string }): Promise<string>;
}

/** What the sign-in needs of the store, of Microsoft and of Mattermost. */
export interface SignInPorts extends RemovalDeps, Pick<Users, 'user' | 'userByEmail' | 'emailsVisible'> {
  signIns: Omit<SignIns, 'purge'>;
  connections: RemovalDeps['connections'] &
    Pick<
      Connections,
      'findByUser' | 'findByAccount' | 'count' | 'create' | 'saveTokenCache' | 'setState' | 'recordError'
    >;
  sealer: Sealer;
  entra: Pick<Entra, 'authorizeUrl' | 'redirectError' | 'redeem' | 'adminConsentUrl' | 'appToken'>;
  /**
   * Graph's `/me` with this access token.
   * @throws {AppError} unauthorized, microsoft_refused, microsoft_throttled, microsoft_unavailable
   */
  me(token: string): Promise<Pick<Account, 'oid' | 'mail' | 'userPrincipalName' | 'name'>>;
  /** Whether both accounts must have the same address. */
  accountMatch: 'email' | 'any';
  /** Set where the browser must prove its Mattermost session, which `accountMatch: 'any'` requires. */
  session: SessionAuthority | null;
  tenantConsents: Pick<TenantConsents, 'record'>;
  installationState: Pick<InstallationState, 'write'>;
  tokens: RemovalDeps['tokens'] & { remember(connectionId: string, access: RenewableToken): void };
  subscriptions: RemovalDeps['subscriptions'] & { ensure(connection: Connection): Promise<void> };
  /** Makes the queue items that wait for the sign-in due again. */
  inbox: Pick<Inbox, 'wake'>;
  bot: Pick<Bot, 'send'>;
  publicUrl: string;
  /** Null for no limit. */
  maxConnections: number | null;
  /** Whether the administrator's allow-list has this user; absent: all users may connect. */
  admits?: (user: User) => Promise<boolean>;
  clock: Clock;
  log: Log;
}
