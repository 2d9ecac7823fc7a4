import type { ErrorCode } from '../../core/errors.ts';
import { AppError, toAppError } from '../../core/errors.ts';
import { randomToken } from '../../core/ids.ts';
import { ownerKey } from '../../core/owner.ts';
import type { Subscription } from '../../core/ports/subscriptions.ts';
import { HOUR, MINUTE } from '../../core/time.ts';
import type { Owner } from '../../core/types.ts';
import type { Priority } from '../client/rate-limiter.ts';
import { hashClientState } from '../webhook/accept-notifications.ts';
import type { GraphSubscription } from '../wire/entities.ts';
import type { Principal, SubscriptionCalls } from './api.ts';
import { conflictingId, messagesResource } from './api.ts';
import type { LookupCache } from './lookup-cache.ts';
import type { FoundSubscription, SubscriptionAction, WantedSubscription } from './plan.ts';
import { compare, plan, RENEW_AFTER_MAX, serves } from './plan.ts';
import type { Subscriber, SubscriptionManagerDeps } from './types.ts';
import { hasOwnSubscription } from './types.ts';

export interface ReconcileTools {
  deps: SubscriptionManagerDeps;
  calls: SubscriptionCalls;
  lookups: LookupCache;
  notificationUrl: string;
}

export interface ReconcileOptions {
  /** Default `background`. */
  priority?: Priority;
  /** Renews even when no renewal is due. */
  atOnce?: boolean;
  /** Compares the store with Graph's own list first. */
  audit?: boolean;
}

/** One run for one subscriber; `rows` are its subscriptions as stored. */
interface ReconcileRun {
  subscriber: Subscriber;
  rows: readonly Subscription[];
  priority: Priority;
}

/** The token behind a subscription must outlive the time to the next renewal. */
const TOKEN_MUST_LIVE = RENEW_AFTER_MAX + 5 * MINUTE;
/** No token lives for less: after a renewal within this time nothing can be lost. */
const SHORTEST_TOKEN = HOUR;

/**
 * Reconciles the subscriber's subscriptions, at Graph and in the store, with the plan. Runs of one subscriber must not overlap.
 *
 * @throws {AppError} microsoft_*, unauthorized, admin_consent_needed, reconnect_needed, database_*
 */
export async function reconcile(
  tools: ReconcileTools,
  subscriber: Subscriber,
  options: ReconcileOptions = {},
): Promise<void> {
  const { deps } = tools;
  const rows = await deps.subscriptions.byOwner(subscriber.owner);
  const run: ReconcileRun = { subscriber, rows, priority: options.priority ?? 'background' };
  const isWanted = subscriber.oid === null ? deps.feed === 'tenant' : hasOwnSubscription(deps, subscriber.tid);
  const wanted = isWanted ? await wantedBy(tools, subscriber) : null;
  try {
    const found = await findExisting(tools, run, { ...options, wanted });
    let mayHaveLost = false;
    for (const action of plan(wanted, found, deps.clock.now())) {
      mayHaveLost = (await applyAction(tools, action, run)) || mayHaveLost;
    }
    if (mayHaveLost) await deps.mayHaveLost?.(subscriber.owner);
  } catch (error) {
    throw subscriber.oid === null && REFUSALS.has(toAppError(error).code) ? notPermitted(error) : error;
  }
}

/** Removes the subscriber's subscriptions: at Graph as far as possible, in the store in any case. */
export async function removeAll(tools: ReconcileTools, subscriber: Subscriber): Promise<void> {
  const rows = await tools.deps.subscriptions.byOwner(subscriber.owner);
  for (const action of plan(null, rows, tools.deps.clock.now())) {
    await applyAction(tools, action, { subscriber, rows, priority: 'background' });
  }
}

/** As `removeAll` in the store only, for an ended sign-in: Graph lets the subscription expire, and its notifications are discarded. */
export async function forgetAll(tools: ReconcileTools, owner: Owner): Promise<void> {
  for (const row of await tools.deps.subscriptions.byOwner(owner)) await forget(tools, row.id);
}

/** Removes a subscription from the store. */
export async function forget({ deps, lookups }: ReconcileTools, id: string): Promise<void> {
  await deps.subscriptions.remove(id);
  lookups.forget(id);
}

/** Without the permission Graph refuses the tenant's subscription with 401 or with 403. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(['unauthorized', 'microsoft_refused']);

function notPermitted(error: unknown): AppError {
  const { fields } = toAppError(error);
  return new AppError('admin_consent_needed', "The application may not subscribe to the tenant's chats.", {
    cause: error,
    remedy: 'Grant the application permission Chat.Read.All with admin consent, or set FEED=personal.',
    ...(fields ? { fields } : {}),
  });
}

async function wantedBy({ deps, notificationUrl }: ReconcileTools, { oid }: Subscriber): Promise<WantedSubscription> {
  const { id: certificateId } = await deps.certificates.current();
  return { resource: messagesResource(oid), notificationUrl, certificateId };
}

/** The subscriptions as stored, or with `audit` as Graph lists them. */
async function findExisting(
  tools: ReconcileTools,
  run: ReconcileRun,
  { wanted, audit, atOnce }: ReconcileOptions & { wanted: WantedSubscription | null },
): Promise<FoundSubscription[]> {
  if (wanted && audit) return compare(wanted, run.rows, await tools.calls.list(principalOf(tools, run)));
  return atOnce ? run.rows.map((row) => ({ ...row, renewedAt: 0 })) : [...run.rows];
}

/** Carries out one planned action, at Graph and in the store. True when notifications may have been lost before it. */
async function applyAction(tools: ReconcileTools, action: SubscriptionAction, run: ReconcileRun): Promise<boolean> {
  const { subscriber, rows } = run;
  if (action.do === 'forget') await forget(tools, action.id);
  if (action.do === 'remove') await remove(tools, run, action.id);
  if (action.do === 'create') {
    await createOrAdopt(tools, subscriber, principalOf(tools, run));
    return true;
  }
  const row = action.do === 'renew' ? rows.find((one) => one.id === action.id) : undefined;
  if (action.do !== 'renew' || !row) return false;
  const { withCertificate } = action;
  return renew(tools, principalOf(tools, run), { subscriber, row, withCertificate });
}

/** The subscriber with a token that stays valid until the next renewal. */
function principalOf({ deps }: ReconcileTools, { subscriber, priority }: ReconcileRun): Principal {
  const { owner, tid, oid } = subscriber;
  return { token: () => deps.tokenFor(owner, TOKEN_MUST_LIVE), tid, oid, priority };
}

/**
 * Creates the subscription. One that is in the way was made by another replica, which has stored it: it is renewed. Or it was made by a
 * process that ended before it stored it: its clientState is lost, so it is removed and created again.
 */
async function createOrAdopt(tools: ReconcileTools, subscriber: Subscriber, principal: Principal): Promise<void> {
  try {
    return await create(tools, subscriber, principal);
  } catch (error) {
    if (toAppError(error).code !== 'microsoft_conflict') throw error;
    const id = conflictingId(error);
    const row = id === null ? null : await tools.deps.subscriptions.find(id);
    if (row && ownerKey(row.owner) === ownerKey(subscriber.owner)) {
      await renew(tools, principal, { subscriber, row, withCertificate: true });
      return;
    }
    for (const stray of id === null ? await straysOf(tools, principal) : [id])
      await tools.calls.remove(principal, stray);
  }
  return create(tools, subscriber, principal);
}

function create(tools: ReconcileTools, subscriber: Subscriber, principal: Principal): Promise<void> {
  return tools.lookups.creating(createAndSave(tools, subscriber, principal));
}

async function createAndSave(tools: ReconcileTools, subscriber: Subscriber, principal: Principal): Promise<void> {
  const { deps, calls, notificationUrl } = tools;
  const certificate = await deps.certificates.current();
  const clientState = randomToken();
  const resource = messagesResource(subscriber.oid);
  const created = await calls.create(principal, { resource, clientState, certificate });
  const now = deps.clock.now();
  await deps.subscriptions.save({
    id: created.id,
    owner: subscriber.owner,
    tid: subscriber.tid,
    resource,
    notificationUrl,
    clientStateHash: hashClientState(clientState),
    certificateId: certificate.id,
    expiresAt: created.expiresAt,
    renewedAt: now,
    createdAt: now,
  });
  deps.log.info(
    { connectionId: ownerKey(subscriber.owner), subscriptionId: created.id },
    'A subscription was created.',
  );
}

async function straysOf({ calls }: ReconcileTools, principal: Principal): Promise<string[]> {
  const resource = messagesResource(principal.oid).toLowerCase();
  const found = await calls.list(principal);
  return found.filter((one) => `/${one.resource ?? ''}`.toLowerCase().endsWith(resource)).map(({ id }) => id);
}

/**
 * Renews the subscription. Creates a new one when Graph no longer has it, or when it leads to another address than ours is now. True when
 * a new one was created, or the renewal came after the last token's end: Graph repeats what it cannot deliver for four hours only.
 */
async function renew(
  tools: ReconcileTools,
  principal: Principal,
  { subscriber, row, withCertificate }: { subscriber: Subscriber; row: Subscription; withCertificate: boolean },
): Promise<boolean> {
  const { deps, calls, notificationUrl } = tools;
  const certificate = withCertificate ? await deps.certificates.current() : null;
  const renewed = await calls
    .renew(principal, { id: row.id, ...(certificate ? { certificate } : {}) })
    .catch(nullIfGone);
  const wanted = { resource: row.resource, notificationUrl, certificateId: row.certificateId };
  if (renewed && serves({ ...row, notificationUrl: renewed.notificationUrl }, wanted)) {
    const renewedAt = deps.clock.now();
    await deps.subscriptions.setRenewed({
      id: row.id,
      expiresAt: renewed.expiresAt,
      renewedAt,
      notificationUrl: renewed.notificationUrl,
      ...(certificate ? { certificateId: certificate.id } : {}),
    });
    return renewedAt - row.renewedAt >= SHORTEST_TOKEN;
  }
  if (renewed) await calls.remove(principal, row.id);
  await forget(tools, row.id);
  deps.log.warn(
    { connectionId: ownerKey(subscriber.owner), gone: renewed === null },
    'A subscription had to be made anew.',
  );
  await createOrAdopt(tools, subscriber, principal);
  return true;
}

/** The stored row is removed in any case: without it notifications are discarded, and Graph's subscription ends within three days. */
async function remove(tools: ReconcileTools, { subscriber }: ReconcileRun, id: string): Promise<void> {
  const { tid, oid } = subscriber;
  try {
    await tools.calls.remove({ token: () => tools.deps.tokenFor(subscriber.owner), tid, oid }, id);
  } catch (error) {
    const fields = { connectionId: ownerKey(subscriber.owner), subscriptionId: id, code: toAppError(error).code };
    tools.deps.log.warn(fields, 'A subscription could not be deleted at Graph; it will expire.');
  }
  await forget(tools, id);
}

function nullIfGone(error: unknown): GraphSubscription | null {
  if (toAppError(error).code === 'microsoft_not_found') return null;
  throw error;
}
