import type { Sealer } from '../core/encryption.ts';
import type { Connections } from '../core/ports/connections.ts';
import type { Notice, NoticeRow, Notices } from '../core/ports/digests.ts';
import type { Subscription } from '../core/ports/subscriptions.ts';
import type { Clock } from '../core/time.ts';
import type { Owner, Reply } from '../core/types.ts';

/** When a subscription was renewed and when it ends, in Unix milliseconds. */
export type SubscriptionHealth = Pick<Subscription, 'expiresAt' | 'renewedAt'>;

/** What the commands need of the rest of the sidecar. */
export interface CommandsDeps {
  connections: Pick<Connections, 'findByUser' | 'changePreferences'>;
  /** What arrived last, newest first. */
  notices: Notices;
  /** Opens the sealed names of a notice. */
  notice(userId: string, row: NoticeRow): Notice;
  sealer: Pick<Sealer, 'seal' | 'open'>;
  /** Makes a one-time link to the page where the sign-in starts. */
  startLink(userId: string): Promise<{ url: string; expiresAt: number }>;
  /** The user's answers to the question whether a Microsoft sign-in was their own. */
  accountFirst: {
    confirm(userId: string, token: string): Promise<Reply>;
    decline(userId: string, token: string): Promise<Reply>;
  };
  /** Ends the connection and all that belongs to it; false when there was none. */
  disconnect(userId: string): Promise<boolean>;
  subscriptions: { byOwner(owner: Owner): Promise<SubscriptionHealth[]> };
  /** The Microsoft page where consent can be withdrawn. */
  accountUrl: string;
  clock: Clock;
}
