import { backoffMs } from '../../core/backoff.ts';
import { inParallel } from '../../core/concurrency.ts';
import { toAppError } from '../../core/errors.ts';
import { SUBSCRIPTION_QUOTA } from '../../core/microsoft-graph.ts';
import { connectionOwner, ownerKey } from '../../core/owner.ts';
import type { Subscription } from '../../core/ports/subscriptions.ts';
import { DAY, MINUTE, SECOND } from '../../core/time.ts';
import type { Connection, Owner } from '../../core/types.ts';
import { RENEW_AFTER_MIN, renewAt } from './plan.ts';
import type { SubscriptionManagerDeps } from './types.ts';
import { hasOwnSubscription } from './types.ts';

type RenewalDeps = Pick<
  SubscriptionManagerDeps,
  'feed' | 'tid' | 'subscriptions' | 'connections' | 'recordError' | 'clock' | 'random' | 'log'
> & {
  /** Where subscriptions should lead. */
  notificationUrl: string;
  /** Reconciles this owner's subscriptions with the plan; with `audit` after comparing the store with Graph's list. */
  reconcile(owner: Owner, options: { audit: boolean }): Promise<void>;
};

/** Between rounds, in the memory of the replica that runs them. */
interface RenewalState {
  /** By `ownerKey`: owners to reconcile beside the due renewals, none before its `notBefore`. In the order of the attempts. */
  waiting: Map<string, { owner: Owner; attempts: number; notBefore: number }>;
  /** By `ownerKey`: owners whose subscriptions were compared with Graph's list. */
  audited: Set<string>;
  scanAt: number;
  warnedAt: number;
}

const TENANT: Owner = { kind: 'tenant' };
const SCAN_EVERY = 10 * MINUTE;
const WIDTH = 16;
/** Far more than fall due in one round; the rest is due in the next one. */
const MAX_DUE = 10_000;
/** After a start every connection waits for an audit, and due renewals must not wait behind all of them. */
const MAX_WAITING = 300;
const PAGE = 500;
/** Short: without a subscription the user gets no notifications. */
const FIRST_BACKOFF = 15 * SECOND;
const LONGEST_BACKOFF = 30 * MINUTE;

/**
 * The renewal job. A round renews what is due, and every ten minutes it looks for connections without a subscription. After a start every
 * connection's subscription is compared with what Graph has, those known to lead elsewhere first. A failure is tried again with growing
 * pauses; `Retry-After` wins. Rounds must not overlap, and one replica runs them: Graph's limits are those of all replicas together.
 */
export function createRenewals(deps: RenewalDeps): (signal: AbortSignal) => Promise<void> {
  const state: RenewalState = {
    waiting: new Map(),
    audited: new Set(),
    scanAt: Number.NEGATIVE_INFINITY,
    warnedAt: Number.NEGATIVE_INFINITY,
  };
  return (signal) => runRenewals(deps, state, signal);
}

async function runRenewals(deps: RenewalDeps, state: RenewalState, signal: AbortSignal): Promise<void> {
  const now = deps.clock.now();
  if (now >= state.scanAt) {
    await scan(deps, state);
    state.scanAt = now + SCAN_EVERY;
  }
  // After FEED was changed, the new subscriptions stand before the old ones end, so that nothing is lost.
  if (deps.feed === 'tenant' && !(await reconcileTenant(deps, state))) return;
  const due = await dueConnections(deps, state);
  await inParallel(due, { width: WIDTH, signal }, async (owner) => void (await attempt(deps, state, owner)));
  const isEachTried = [...state.waiting.values()].every(({ attempts }) => attempts > 0);
  if (deps.feed === 'personal' && isEachTried) await reconcileTenant(deps, state);
}

const WARN_FROM = 0.8 * SUBSCRIPTION_QUOTA;
const QUOTA_REMEDY =
  'Set FEED=tenant before the limit is reached: one subscription then serves the whole tenant (docs/operations.md, Feeds). ' +
  'Other applications use the same limit.';

/** Warns once a day while the quota is nearly used up. */
function watchQuota({ clock, log }: RenewalDeps, state: RenewalState, used: number): void {
  const now = clock.now();
  if (used < WARN_FROM || now - state.warnedAt < DAY) return;
  state.warnedAt = now;
  log.warn(
    { used, limit: SUBSCRIPTION_QUOTA, remedy: QUOTA_REMEDY },
    "Most of the tenant's Teams subscriptions are in use.",
  );
}

/**
 * Adds to `waiting`: connections without a subscription, with one that FEED no longer wants or that leads elsewhere, or not yet audited.
 */
async function scan(deps: RenewalDeps, state: RenewalState): Promise<void> {
  const { waiting, audited } = state;
  const rows = await deps.subscriptions.all();
  watchQuota(deps, state, rows.length);
  const wait = (id: string) => {
    if (!waiting.has(id)) waiting.set(id, { owner: connectionOwner(id), attempts: 0, notBefore: 0 });
  };
  for (const row of rows) if (row.owner.kind === 'connection' && leadsElsewhere(deps, row)) wait(row.owner.id);
  const served = new Set(rows.map(({ owner }) => ownerKey(owner)));
  for await (const { id, tid, state: signIn } of allConnections(deps)) {
    if (signIn === 'connected' && hasOwnSubscription(deps, tid) && !(served.has(id) && audited.has(id))) wait(id);
  }
}

function leadsElsewhere(deps: RenewalDeps, { tid, notificationUrl }: Subscription): boolean {
  return !hasOwnSubscription(deps, tid) || (notificationUrl !== null && notificationUrl !== deps.notificationUrl);
}

async function* allConnections({ connections }: RenewalDeps): AsyncGenerator<Connection> {
  let afterId: string | null = null;
  for (;;) {
    const page: Connection[] = await connections.list({ afterId, limit: PAGE });
    yield* page;
    afterId = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return;
  }
}

/** True when the tenant's subscription is as FEED wants it. */
async function reconcileTenant(deps: RenewalDeps, state: RenewalState): Promise<boolean> {
  const { subscriptions, clock } = deps;
  const now = clock.now();
  const rows = await subscriptions.byOwner(TENANT);
  const isGood = rows.length > 0 && state.audited.has(ownerKey(TENANT)) && rows.every((row) => renewAt(row) > now);
  if (deps.feed === 'tenant' ? isGood : rows.length === 0) return true;
  const failed = state.waiting.get(ownerKey(TENANT));
  if (failed && failed.notBefore > now) return false;
  return attempt(deps, state, TENANT);
}

async function dueConnections({ subscriptions, clock }: RenewalDeps, { waiting }: RenewalState): Promise<Owner[]> {
  const now = clock.now();
  const rows = await subscriptions.dueBefore(now - RENEW_AFTER_MIN, MAX_DUE);
  const dueRows = rows.filter((row) => renewAt(row) <= now);
  const due = new Map(dueRows.map(({ owner }) => [ownerKey(owner), owner]));
  let tried = 0;
  for (const [key, { owner, notBefore }] of waiting) {
    if (notBefore > now) due.delete(key);
    else if (owner.kind === 'connection' && tried < MAX_WAITING) {
      tried += 1;
      due.set(key, owner);
    }
  }
  return [...due.values()];
}

async function attempt(deps: RenewalDeps, { waiting, audited }: RenewalState, owner: Owner): Promise<boolean> {
  const key = ownerKey(owner);
  try {
    await deps.reconcile(owner, { audit: !audited.has(key) });
    audited.add(key);
    waiting.delete(key);
    return true;
  } catch (error) {
    const { code, retryAfterMs, fields, remedy, message } = toAppError(error);
    const attempts = (waiting.get(key)?.attempts ?? 0) + 1;
    const wait = { firstMs: FIRST_BACKOFF, mostMs: LONGEST_BACKOFF, retryAfterMs, random: deps.random() };
    waiting.set(key, { owner, attempts, notBefore: deps.clock.now() + backoffMs({ attempts, ...wait }) });
    deps.log.warn(
      { connectionId: key, code, attempts, error: message, remedy, ...fields },
      'A subscription could not be renewed.',
    );
    if (owner.kind === 'connection') {
      await Promise.resolve(deps.recordError?.(owner.id, code, deps.clock.now())).catch(() => {});
    }
    return false;
  }
}
