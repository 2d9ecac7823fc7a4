import type { ErrorCode } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Connections } from '../../core/ports/connections.ts';
import type { Subscriptions } from '../../core/ports/subscriptions.ts';
import type { Clock } from '../../core/time.ts';
import type { Connection, Owner } from '../../core/types.ts';
import type { GraphClient } from '../client/client.ts';
import type { EncryptionCertificates } from '../encryption/certificates.ts';
import type { KnownSubscription, LifecycleEvent } from '../webhook/accept-notifications.ts';

/** The account whose messages a subscription brings. `oid` is null for the tenant, whose subscription the application holds. */
export interface Subscriber {
  owner: Owner;
  tid: string;
  oid: string | null;
}

export interface SubscriptionManagerDeps {
  /** The setting FEED: one subscription for every connection, or one for the tenant. */
  feed: 'personal' | 'tenant';
  /** The tenant of the app registration. */
  tid: string;
  subscriptions: Omit<Subscriptions, 'count'>;
  connections: Pick<Connections, 'find' | 'list'>;
  /** A token of this connection, or the application's own for the tenant, valid for at least `minValidMs`. */
  tokenFor(owner: Owner, minValidMs?: number): Promise<string>;
  /** Called for every failed renewal of a connection's subscription, for the user's status. `now` in Unix milliseconds. */
  recordError?(connectionId: string, code: ErrorCode, now: number): void | Promise<void>;
  /** Called when notifications may be lost: after a creation, after a late renewal, and when Graph says so. */
  mayHaveLost?(owner: Owner): Promise<void>;
  client: Pick<GraphClient, 'get' | 'post' | 'patch' | 'delete'>;
  certificates: Pick<EncryptionCertificates, 'current'>;
  publicUrl: string;
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  log: Log;
}

/** Whether accounts of this tenant have a subscription of their own. With FEED=tenant those of other tenants still do. */
export function hasOwnSubscription(
  { feed, tid }: Pick<SubscriptionManagerDeps, 'feed' | 'tid'>,
  accountTid: string,
): boolean {
  return feed === 'personal' || accountTid !== tid;
}

/** The Graph change subscriptions of all connections and of the tenant. */
export interface SubscriptionManager {
  /**
   * Reconciles the connection's subscriptions with the plan now; a person waits for it.
   *
   * @throws {AppError} microsoft_*, unauthorized, admin_consent_needed, reconnect_needed, database_*
   */
  ensure(connection: Connection): Promise<void>;
  /** Removes the connection's own subscription from the store, and at Graph as far as possible. @throws {AppError} database_* */
  stop(connection: Connection): Promise<void>;
  /** As `stop`, for the tenant's subscription; only for removing the product. @throws {AppError} database_* */
  stopTenant(): Promise<void>;
  /** Follows a lifecycle notification. @throws {AppError} as `ensure` */
  onLifecycle(event: LifecycleEvent): Promise<void>;
  /** For the webhook: the subscription by its lower-case id, from memory where possible. @throws {AppError} database_* */
  find(id: string): Promise<KnownSubscription | null>;
  /** One round of the renewal job: renews what is due and creates what is missing. @throws {AppError} database_* */
  renew(signal: AbortSignal): Promise<void>;
}
