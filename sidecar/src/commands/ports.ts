import type { Sealer } from '../core/encryption.ts';
import type { Connections } from '../core/ports/connections.ts';
import type { Notice, NoticeRow, Notices } from '../core/ports/digests.ts';
import type { Subscription } from '../core/ports/subscriptions.ts';
import type { Clock } from '../core/time.ts';
import type { Owner, Reply } from '../core/types.ts';

/** When a subscription was renewed and when it ends, in Unix milliseconds. */
export type SubscriptionHealth = Pick<Subscription, 'expiresAt' | 'renewedAt'>;

/** Ports of the commands. */
export interface CommandsDeps {
  connections: Pick<Connections, 'findByUser' | 'changePreferences'>;
  /** Records of the latest messages, newest first. */
  notices: Notices;
  /** Decrypts the names in a notice. */
  notice(userId: string, row: NoticeRow): Notice;
  sealer: Pick<Sealer, 'seal' | 'open'>;
  /** Creates a one-time link to the page that starts the sign-in; `expiresAt` in Unix milliseconds. */
  startLink(userId: string): Promise<{ url: string; expiresAt: number }>;
  /** Answers to the bot's question whether a sign-in that began at Microsoft was the user's own. */
  accountFirst: {
    confirm(userId: string, token: string): Promise<Reply>;
    decline(userId: string, token: string): Promise<Reply>;
  };
  /** Deletes the connection with its tokens, subscription and queued work; false when there was none. */
  disconnect(userId: string): Promise<boolean>;
  subscriptions: { byOwner(owner: Owner): Promise<SubscriptionHealth[]> };
  /** The Microsoft page where consent can be withdrawn. */
  accountUrl: string;
  clock: Clock;
}
