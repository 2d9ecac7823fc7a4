import { connectionOwner } from '../core/owner.ts';
import { MINUTE } from '../core/time.ts';
import type { Caller, Connection, Reply } from '../core/types.ts';
import { accountOf } from './account.ts';
import { connectFirst } from './connect.ts';
import { modeOf } from './notifications.ts';
import type { CommandsDeps, SubscriptionHealth } from './ports.ts';
import { relativeTime } from './relative-time.ts';
import { say } from './texts.ts';
import { asErrorCode, explain } from './user-errors.ts';

/** A subscription is renewed 30 to 45 minutes after the last time. */
const LATEST_RENEWAL_MS = 45 * MINUTE;

/** `status`: connection, account, settings, feed, last notification, next renewal, last error with its remedy. */
export async function status(deps: CommandsDeps, { userId, locale }: Caller): Promise<Reply> {
  const connection = await deps.connections.findByUser(userId);
  if (!connection) return connectFirst(locale);
  const feed = await subscriptionOf(deps, connection);
  const now = deps.clock.now();
  const lines = [
    connectionLine(connection, now, locale),
    say(locale, 'status_account', { account: accountOf(connection) }),
    say(locale, 'status_notifications', { mode: modeOf(connection.preferences, locale) }),
    ...feedLines({ connection, feed, now, locale }),
    deliveryLine(connection, now, locale),
    errorLine(connection, now, locale),
  ];
  return { text: [say(locale, 'status_title'), ...lines.map((line) => `- ${line}`)].join('\n') };
}

/** The connection's own subscription, else the tenant's; null while there is none. */
async function subscriptionOf({ subscriptions }: CommandsDeps, { id }: Connection): Promise<SubscriptionHealth | null> {
  const [own] = await subscriptions.byOwner(connectionOwner(id));
  if (own) return own;
  const [tenants] = await subscriptions.byOwner({ kind: 'tenant' });
  return tenants ?? null;
}

function connectionLine({ state, connectedAt }: Connection, now: number, locale: string): string {
  if (state === 'reconnect') return say(locale, 'status_reconnect');
  return say(locale, 'status_connected', { since: relativeTime(connectedAt, now, locale) });
}

interface Feed {
  connection: Connection;
  feed: SubscriptionHealth | null;
  now: number;
  locale: string;
}

function feedLines({ connection, feed, now, locale }: Feed): string[] {
  if (connection.state === 'reconnect') return [say(locale, 'status_feed_stopped')];
  if (!feed) return [say(locale, 'status_feed_missing')];
  if (feed.expiresAt <= now) return [say(locale, 'status_feed_expired')];
  const next = Math.max(now, Math.min(feed.renewedAt + LATEST_RENEWAL_MS, feed.expiresAt));
  return [say(locale, 'status_feed_healthy'), say(locale, 'status_renewal', { when: relativeTime(next, now, locale) })];
}

function deliveryLine({ lastDeliveryAt }: Connection, now: number, locale: string): string {
  if (lastDeliveryAt === null) return say(locale, 'status_delivery_none');
  return say(locale, 'status_delivery', { when: relativeTime(lastDeliveryAt, now, locale) });
}

function errorLine({ lastErrorCode, lastErrorAt }: Connection, now: number, locale: string): string {
  if (lastErrorCode === null || lastErrorAt === null) return say(locale, 'status_error_none');
  const problem = explain(asErrorCode(lastErrorCode), locale);
  return say(locale, 'status_error', { when: relativeTime(lastErrorAt, now, locale), problem });
}
