import { connectionOwner } from '../core/owner.ts';
import { MINUTE } from '../core/time.ts';
import type { Caller, Connection, Reply } from '../core/types.ts';
import { translatorFor } from '../i18n/translate.ts';
import { accountOf } from './account.ts';
import { connectFirst } from './connect.ts';
import { modeOf } from './notifications.ts';
import type { CommandsDeps, SubscriptionHealth } from './ports.ts';
import { relativeTime } from './relative-time.ts';
import { asErrorCode, explain } from './user-errors.ts';

/** A subscription is renewed 30 to 45 minutes after the last time. */
const LATEST_RENEWAL_MS = 45 * MINUTE;

/** `status`: connection, account, settings, feed, last notification, next renewal, last error with its remedy. */
export async function status(deps: CommandsDeps, { userId, locale }: Caller): Promise<Reply> {
  const t = translatorFor(locale);
  const connection = await deps.connections.findByUser(userId);
  if (!connection) return connectFirst(locale);
  const feed = await subscriptionOf(deps, connection);
  const now = deps.clock.now();
  const lines = [
    connectionLine(connection, now, locale),
    t('command.status.account', { account: accountOf(connection) }),
    t('command.status.notifications', { mode: modeOf(connection.preferences, locale) }),
    ...feedLines({ connection, feed, now, locale }),
    deliveryLine(connection, now, locale),
    errorLine(connection, now, locale),
  ];
  return { text: [t('command.status.title'), ...lines.map((line) => `- ${line}`)].join('\n') };
}

/** The connection's own subscription, else the tenant's; null while there is none. */
async function subscriptionOf({ subscriptions }: CommandsDeps, { id }: Connection): Promise<SubscriptionHealth | null> {
  const [own] = await subscriptions.byOwner(connectionOwner(id));
  if (own) return own;
  const [tenants] = await subscriptions.byOwner({ kind: 'tenant' });
  return tenants ?? null;
}

function connectionLine({ state, connectedAt }: Connection, now: number, locale: string): string {
  const t = translatorFor(locale);
  if (state === 'reconnect') return t('command.status.reconnect');
  return t('command.status.connected', { since: relativeTime(connectedAt, now, locale) });
}

interface Feed {
  connection: Connection;
  feed: SubscriptionHealth | null;
  now: number;
  locale: string;
}

function feedLines({ connection, feed, now, locale }: Feed): string[] {
  const t = translatorFor(locale);
  if (connection.state === 'reconnect') return [t('command.status.feedStopped')];
  if (!feed) return [t('command.status.feedMissing')];
  if (feed.expiresAt <= now) return [t('command.status.feedExpired')];
  const next = Math.max(now, Math.min(feed.renewedAt + LATEST_RENEWAL_MS, feed.expiresAt));
  return [t('command.status.feedHealthy'), t('command.status.renewal', { when: relativeTime(next, now, locale) })];
}

function deliveryLine({ lastDeliveryAt }: Connection, now: number, locale: string): string {
  const t = translatorFor(locale);
  if (lastDeliveryAt === null) return t('command.status.deliveryNone');
  return t('command.status.delivery', { when: relativeTime(lastDeliveryAt, now, locale) });
}

function errorLine({ lastErrorCode, lastErrorAt }: Connection, now: number, locale: string): string {
  const t = translatorFor(locale);
  if (lastErrorCode === null || lastErrorAt === null) return t('command.status.errorNone');
  const problem = explain(asErrorCode(lastErrorCode), locale);
  return t('command.status.error', { when: relativeTime(lastErrorAt, now, locale), problem });
}
