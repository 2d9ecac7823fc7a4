import { createSerial } from '../../core/concurrency.ts';
import type { ErrorCode } from '../../core/errors.ts';
import { AppError, toAppError } from '../../core/errors.ts';
import { connectionOwner, ownerKey } from '../../core/owner.ts';
import { MINUTE } from '../../core/time.ts';
import type { Connection, Owner } from '../../core/types.ts';
import type { LifecycleEvent } from '../webhook/accept-notifications.ts';
import { createSubscriptionCalls, feedResource, webhookUrls } from './api.ts';
import { createSubscriptionIndex } from './lookup-cache.ts';
import type { FoundSubscription, WantedSubscription } from './plan.ts';
import { compare, plan } from './plan.ts';
import type { FeedTools, Turn } from './reconcile.ts';
import { drop, principalOf, takeStep } from './reconcile.ts';
import { createRenewals } from './renewal-job.ts';
import type { Feed, FeedDeps, Subscriber } from './types.ts';
import { hasOwnSubscription } from './types.ts';

/** An event that crossed our renewal on its way asks for what was just done. */
const JUST_RENEWED = MINUTE;

/**
 * The feed. Personal: one Graph subscription for every connection, held by that user's own token. Tenant: one for the tenant,
 * held by the application. Work on one subscriber never overlaps. Subscriptions are only ever renewed by PATCH, which also
 * reauthorises: both within ten minutes confuse Graph (Microsoft Graph: "Reduce missing subscriptions and change notifications").
 */
export function createFeed(deps: FeedDeps): Feed {
  const { subscriptions, clock } = deps;
  const tools: FeedTools = {
    deps,
    calls: createSubscriptionCalls(deps),
    index: createSubscriptionIndex({ find: (id) => subscriptions.find(id), clock }),
    notificationUrl: webhookUrls(deps.publicUrl).notificationUrl,
  };
  const serial = createSerial();
  const tenant: Subscriber = { owner: { kind: 'tenant' }, tid: deps.tid, oid: null };
  const mend = (subscriber: Subscriber, manner: Manner) =>
    serial(ownerKey(subscriber.owner), () => reconcile(tools, subscriber, manner));
  return {
    ensure: async (connection) => {
      const isOwn = hasOwnSubscription(deps, connection.tid);
      if (!isOwn) await mend(tenant, { interactive: true });
      await mend(subscriberOf(connection), { interactive: true });
      // The organisation's subscription has no gap that would tell of a new connection.
      if (!isOwn) await deps.mayHaveLost?.(connectionOwner(connection.id));
    },
    // Without a sign-in there is nothing to wait for. It must not wait either: whoever finds a sign-in dead while renewing stops the
    // feed from within that renewal.
    stop: (connection) =>
      connection.state === 'connected'
        ? serial(connection.id, () => end(tools, subscriberOf(connection)))
        : abandon(tools, connection),
    stopOrganisation: () => serial(ownerKey(tenant.owner), () => end(tools, tenant)),
    onLifecycle: async (event) => {
      const subscriber = await findSubscriber(deps, tenant, event.owner);
      return serial(ownerKey(event.owner), () => follow(tools, event, subscriber));
    },
    subscription: tools.index.find,
    renew: createRenewals({
      ...deps,
      notificationUrl: tools.notificationUrl,
      mend: async (owner, manner) => {
        const subscriber = await findSubscriber(deps, tenant, owner);
        if (subscriber) await mend(subscriber, manner);
      },
    }),
  };
}

/** Null for a connection that is gone or waits for its user to sign in again. */
async function findSubscriber(deps: FeedDeps, tenant: Subscriber, owner: Owner): Promise<Subscriber | null> {
  if (owner.kind === 'tenant') return tenant;
  const connection = await deps.connections.find(owner.id);
  return connection?.state === 'connected' ? subscriberOf(connection) : null;
}

function subscriberOf({ id, tid, oid }: Connection): Subscriber {
  return { owner: connectionOwner(id), tid, oid };
}

interface Manner {
  /** A person waits. */
  interactive?: boolean;
  /** Renews whatever the clock says. */
  atOnce?: boolean;
  /** Asks Graph what it has, instead of believing the store. */
  audit?: boolean;
}

async function reconcile(tools: FeedTools, subscriber: Subscriber, manner: Manner = {}): Promise<void> {
  const { deps } = tools;
  const rows = await deps.subscriptions.byOwner(subscriber.owner);
  const turn: Turn = { subscriber, rows, interactive: manner.interactive ?? false };
  const isWanted = subscriber.oid === null ? deps.feed === 'tenant' : hasOwnSubscription(deps, subscriber.tid);
  const wanted = isWanted ? await wantedBy(tools, subscriber) : null;
  try {
    const found = await look(tools, turn, { wanted, ...manner });
    let lost = false;
    for (const action of plan(wanted, found, deps.clock.now())) lost = (await takeStep(tools, action, turn)) || lost;
    if (lost) await deps.mayHaveLost?.(subscriber.owner);
  } catch (error) {
    throw subscriber.oid === null && REFUSALS.has(toAppError(error).code) ? notPermitted(error) : error;
  }
}

/** Graph refuses the organisation's subscription with 401 as well as 403 when the permission is missing. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['unauthorized', 'microsoft_refused']);

function notPermitted(error: unknown): AppError {
  const { fields } = toAppError(error);
  return new AppError('admin_consent_needed', "The application may not subscribe to the organisation's chats.", {
    cause: error,
    remedy: 'Grant the application permission Chat.Read.All with admin consent, or set FEED=personal.',
    ...(fields ? { fields } : {}),
  });
}

async function wantedBy({ deps, notificationUrl }: FeedTools, { oid }: Subscriber): Promise<WantedSubscription> {
  const { id: certificateId } = await deps.keyring.current();
  return { resource: feedResource(oid), notificationUrl, certificateId };
}

/** What is there: as stored, or as Graph has it. */
async function look(
  tools: FeedTools,
  turn: Turn,
  { wanted, audit, atOnce }: Manner & { wanted: WantedSubscription | null },
): Promise<FoundSubscription[]> {
  if (wanted && audit) return compare(wanted, turn.rows, await tools.calls.list(principalOf(tools, turn)));
  return atOnce ? turn.rows.map((row) => ({ ...row, renewedAt: 0 })) : [...turn.rows];
}

async function end(tools: FeedTools, subscriber: Subscriber): Promise<void> {
  const rows = await tools.deps.subscriptions.byOwner(subscriber.owner);
  for (const action of plan(null, rows, tools.deps.clock.now())) {
    await takeStep(tools, action, { subscriber, rows, interactive: false });
  }
}

/** Graph lets the subscription of a dead sign-in expire; what it still sends finds nothing here. */
async function abandon(tools: FeedTools, { id }: Connection): Promise<void> {
  for (const row of await tools.deps.subscriptions.byOwner(connectionOwner(id))) await drop(tools, row.id);
}

/** Nothing is to be done for words that are new. `missed` is documented for Outlook only, and followed all the same. */
async function follow(tools: FeedTools, event: LifecycleEvent, subscriber: Subscriber | null): Promise<void> {
  const { subscriptions, clock, log } = tools.deps;
  const { subscriptionId, owner, event: name } = event;
  log.info({ subscriptionId, connectionId: ownerKey(owner), event: name }, 'Microsoft Graph sent a lifecycle event.');
  if (!subscriber) return;
  if (event.event === 'missed') return tools.deps.mayHaveLost?.(subscriber.owner);
  if (event.event === 'subscriptionremoved') {
    await drop(tools, event.subscriptionId);
    return reconcile(tools, subscriber);
  }
  if (event.event !== 'reauthorizationrequired') return;
  const row = await subscriptions.find(event.subscriptionId);
  if (row && clock.now() - row.renewedAt >= JUST_RENEWED) await reconcile(tools, subscriber, { atOnce: true });
}
