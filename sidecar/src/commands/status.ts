import { connectionOwner } from '../core/owner.ts';
import { MINUTE } from '../core/time.ts';
import type { Caller, Connection, Reply } from '../core/types.ts';
import { type Translate, translatorFor } from '../i18n/translate.ts';
import { accountOf } from './account.ts';
import { connectFirst } from './connect.ts';
import { modeOf } from './notifications.ts';
import type { CommandsDeps, SubscriptionHealth } from './ports.ts';
import { relativeTime } from './relative-time.ts';
import { asErrorCode, explain } from './user-errors.ts';

/** The renewal job renews a subscription 30 to 45 minutes after the last renewal. */
const LATEST_RENEWAL_MS = 45 * MINUTE;

/** `status`: connection, account, notifications, subscription, last notification, next renewal, last error with its remedy. */
export async function status(deps: CommandsDeps, { userId, locale }: Caller): Promise<Reply> {
  const connection = await deps.connections.findByUser(userId);
  if (!connection) return connectFirst(locale);
  const view = { t: translatorFor(locale), now: deps.clock.now() };
  const lines = [
    connectionLine(connection, view),
    view.t('command.status.account', { account: accountOf(connection) }),
    view.t('command.status.notifications', { mode: modeOf(connection.preferences, locale) }),
    ...subscriptionLines(connection, await subscriptionOf(deps, connection), view),
    deliveryLine(connection, view),
    errorLine(connection, view),
  ];
  return { text: [view.t('command.status.title'), ...lines.map((line) => `- ${line}`)].join('\n') };
}

/** The language and the moment of a status. */
interface View {
  t: Translate;
  now: number;
}

/** The connection's own subscription, else the tenant's, else null. */
async function subscriptionOf({ subscriptions }: CommandsDeps, { id }: Connection): Promise<SubscriptionHealth | null> {
  const [own] = await subscriptions.byOwner(connectionOwner(id));
  if (own) return own;
  const [tenants] = await subscriptions.byOwner({ kind: 'tenant' });
  return tenants ?? null;
}

function connectionLine({ state, connectedAt }: Connection, { t, now }: View): string {
  if (state === 'reconnect') return t('command.status.reconnect');
  return t('command.status.connected', { since: relativeTime(connectedAt, now, t.language) });
}

function subscriptionLines({ state }: Connection, subscription: SubscriptionHealth | null, { t, now }: View): string[] {
  if (state === 'reconnect') return [t('command.status.subscriptionStopped')];
  if (!subscription) return [t('command.status.subscriptionMissing')];
  const { renewedAt, expiresAt } = subscription;
  if (expiresAt <= now) return [t('command.status.subscriptionInterrupted')];
  const next = Math.max(now, Math.min(renewedAt + LATEST_RENEWAL_MS, expiresAt));
  return [
    t('command.status.subscriptionActive'),
    t('command.status.renewal', { when: relativeTime(next, now, t.language) }),
  ];
}

function deliveryLine({ lastDeliveryAt }: Connection, { t, now }: View): string {
  if (lastDeliveryAt === null) return t('command.status.deliveryNone');
  return t('command.status.delivery', { when: relativeTime(lastDeliveryAt, now, t.language) });
}

function errorLine({ lastErrorCode, lastErrorAt }: Connection, { t, now }: View): string {
  if (lastErrorCode === null || lastErrorAt === null) return t('command.status.errorNone');
  const problem = explain(asErrorCode(lastErrorCode), t.language);
  return t('command.status.error', { when: relativeTime(lastErrorAt, now, t.language), problem });
}
