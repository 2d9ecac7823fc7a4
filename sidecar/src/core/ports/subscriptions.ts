import type { Owner } from '../types.ts';

/** A Graph change subscription as stored. The client state is kept as its SHA-256 hash. */
export interface Subscription {
  id: string;
  owner: Owner;
  tid: string;
  resource: string;
  /** Where it sends its notifications; null when that was not stored. */
  notificationUrl: string | null;
  clientStateHash: string;
  certificateId: string;
  expiresAt: number;
  renewedAt: number;
  createdAt: number;
}

/** What a renewal changes; fields left out keep their value. */
export interface SubscriptionRenewal {
  id: string;
  expiresAt: number;
  renewedAt: number;
  certificateId?: string;
  notificationUrl?: string | null;
}

/** The stored subscriptions. */
export interface Subscriptions {
  /** Adds the subscription, or replaces the stored one with its id. */
  save(subscription: Subscription): Promise<void>;
  find(id: string): Promise<Subscription | null>;
  byOwner(owner: Owner): Promise<Subscription[]>;
  /** Those renewed before that time, the longest waiting first, of connections whose sign-in works. */
  dueBefore(renewedBefore: number, limit: number): Promise<Subscription[]>;
  setRenewed(renewal: SubscriptionRenewal): Promise<void>;
  remove(id: string): Promise<void>;
  all(): Promise<Subscription[]>;
  count(): Promise<number>;
}
