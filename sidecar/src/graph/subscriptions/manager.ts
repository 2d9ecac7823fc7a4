import { createSerial } from '../../core/concurrency.ts';
import { connectionOwner, ownerKey } from '../../core/owner.ts';
import { MINUTE } from '../../core/time.ts';
import type { Connection, Owner } from '../../core/types.ts';
import type { LifecycleEvent } from '../webhook/accept-notifications.ts';
import { createSubscriptionCalls, webhookUrls } from './api.ts';
import { createLookupCache } from './lookup-cache.ts';
import type { ReconcileOptions, ReconcileTools } from './reconcile.ts';
import { forget, forgetAll, reconcile, removeAll } from './reconcile.ts';
import { createRenewals } from './renewal-job.ts';
import type { Subscriber, SubscriptionManager, SubscriptionManagerDeps } from './types.ts';
import { hasOwnSubscription } from './types.ts';

/** A lifecycle event that crossed our renewal on its way needs no other one. */
const JUST_RENEWED = MINUTE;

/**
 * Manages the Graph change subscriptions. FEED=personal: one for every connection, held with that user's own token. FEED=tenant: one for
 * the tenant, held by the application. Work on one subscriber never overlaps. Subscriptions are renewed by PATCH only, which also
 * reauthorizes: Graph must not get both within ten minutes.
 * https://learn.microsoft.com/graph/change-notifications-lifecycle-events#actions-to-take
 */
export function createSubscriptionManager(deps: SubscriptionManagerDeps): SubscriptionManager {
  const { subscriptions, clock } = deps;
  const tools: ReconcileTools = {
    deps,
    calls: createSubscriptionCalls(deps),
    lookups: createLookupCache({ find: (id) => subscriptions.find(id), clock }),
    notificationUrl: webhookUrls(deps.publicUrl).notificationUrl,
  };
  const serial = createSerial();
  const tenant: Subscriber = { owner: { kind: 'tenant' }, tid: deps.tid, oid: null };
  const reconcileAlone = (subscriber: Subscriber, options: ReconcileOptions) =>
    serial(ownerKey(subscriber.owner), () => reconcile(tools, subscriber, options));
  return {
    ensure: async (connection) => {
      const isOwn = hasOwnSubscription(deps, connection.tid);
      if (!isOwn) await reconcileAlone(tenant, { priority: 'interactive' });
      await reconcileAlone(subscriberOf(connection), { priority: 'interactive' });
      // The tenant's subscription existed before the connection, so no creation reports that messages may be missing.
      if (!isOwn) await deps.mayHaveLost?.(connectionOwner(connection.id));
    },
    // Without a sign-in there is no token to wait for. It must not wait either: the renewal that finds the sign-in ended calls `stop`
    // from within its own run.
    stop: (connection) =>
      connection.state === 'connected'
        ? serial(connection.id, () => removeAll(tools, subscriberOf(connection)))
        : forgetAll(tools, connectionOwner(connection.id)),
    stopTenant: () => serial(ownerKey(tenant.owner), () => removeAll(tools, tenant)),
    onLifecycle: async (event) => {
      const subscriber = await findSubscriber(deps, tenant, event.owner);
      return serial(ownerKey(event.owner), () => follow(tools, event, subscriber));
    },
    find: tools.lookups.find,
    renew: createRenewals({
      ...deps,
      notificationUrl: tools.notificationUrl,
      reconcile: async (owner, options) => {
        const subscriber = await findSubscriber(deps, tenant, owner);
        if (subscriber) await reconcileAlone(subscriber, options);
      },
    }),
  };
}

/** Null for a connection that is gone or whose user must sign in again. */
async function findSubscriber(
  deps: SubscriptionManagerDeps,
  tenant: Subscriber,
  owner: Owner,
): Promise<Subscriber | null> {
  if (owner.kind === 'tenant') return tenant;
  const connection = await deps.connections.find(owner.id);
  return connection?.state === 'connected' ? subscriberOf(connection) : null;
}

function subscriberOf({ id, tid, oid }: Connection): Subscriber {
  return { owner: connectionOwner(id), tid, oid };
}

/**
 * Graph documents `missed` for Outlook only; it is followed all the same. Events with an unknown name need nothing.
 * https://learn.microsoft.com/graph/change-notifications-lifecycle-events
 */
async function follow(tools: ReconcileTools, event: LifecycleEvent, subscriber: Subscriber | null): Promise<void> {
  const { subscriptions, clock, log, mayHaveLost } = tools.deps;
  const { subscriptionId, owner, event: name } = event;
  log.info({ subscriptionId, connectionId: ownerKey(owner), event: name }, 'Microsoft Graph sent a lifecycle event.');
  if (!subscriber) return;
  if (name === 'missed') return mayHaveLost?.(subscriber.owner);
  if (name === 'subscriptionremoved') {
    await forget(tools, subscriptionId);
    return reconcile(tools, subscriber);
  }
  if (name !== 'reauthorizationrequired') return;
  const row = await subscriptions.find(subscriptionId);
  if (row && clock.now() - row.renewedAt >= JUST_RENEWED) await reconcile(tools, subscriber, { atOnce: true });
}
