import type { ErrorCode } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Connections } from '../../core/ports/connections.ts';
import type { Subscriptions } from '../../core/ports/subscriptions.ts';
import type { Clock } from '../../core/time.ts';
import type { Connection, Owner } from '../../core/types.ts';
import type { GraphClient } from '../client/client.ts';
import type { Keyring } from '../encryption/certificates.ts';
import type { KnownSubscription, LifecycleEvent } from '../webhook/accept-notifications.ts';

/** Whose messages a subscription brings; `oid` is the account of a connection, null for the tenant. */
export interface Subscriber {
  owner: Owner;
  tid: string;
  oid: string | null;
}

export interface FeedDeps {
  /** One subscription for every connection, or one for the organisation. */
  feed: 'personal' | 'tenant';
  /** The organisation. */
  tid: string;
  subscriptions: Omit<Subscriptions, 'count'>;
  connections: Pick<Connections, 'find' | 'list'>;
  /** A token of this connection, or for the tenant the application's own, that lives for at least `minValidMs`. */
  tokenFor(owner: Owner, minValidMs?: number): Promise<string>;
  /** Told of every failed renewal, for the user's status. */
  failed?(owner: Owner, code: ErrorCode): void | Promise<void>;
  /** Told when notifications may be lost: a new subscription, a late renewal, Graph's own word. */
  mayHaveLost?(owner: Owner): Promise<void>;
  client: Pick<GraphClient, 'get' | 'post' | 'patch' | 'delete'>;
  keyring: Pick<Keyring, 'current'>;
  publicUrl: string;
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  log: Log;
}

/** Whether accounts of this tenant have subscriptions of their own: also in the tenant feed, when it is another organisation's. */
export function hasOwnSubscription({ feed, tid }: Pick<FeedDeps, 'feed' | 'tid'>, accountTid: string): boolean {
  return feed === 'personal' || accountTid !== tid;
}

/** All subscriptions, of either feed. */
export interface Feed {
  /** Brings what the connection needs to what it should be, now. Errors: those of tokens and of the Graph client. */
  ensure(connection: Connection): Promise<void>;
  /** Ends the connection's own subscription, at Graph as far as possible, in the store in any case. */
  stop(connection: Connection): Promise<void>;
  /** Ends the organisation's subscription, if there is one, as `stop` does; only for leaving for good. */
  stopOrganisation(): Promise<void>;
  onLifecycle(event: LifecycleEvent): Promise<void>;
  /** For the webhook: the subscription by its lower-case id, from memory where possible. */
  subscription(id: string): Promise<KnownSubscription | null>;
  /** One round of the renewal job: renews what is due and mends what is missing. */
  renew(signal: AbortSignal): Promise<void>;
}
