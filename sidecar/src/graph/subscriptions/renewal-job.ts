import { backoffMs } from '../../core/backoff.ts';
import { inParallel } from '../../core/concurrency.ts';
import { toAppError } from '../../core/errors.ts';
import { SUBSCRIPTION_QUOTA } from '../../core/microsoft-graph.ts';
import { connectionOwner, ownerKey } from '../../core/owner.ts';
import type { Subscription } from '../../core/ports/subscriptions.ts';
import { DAY, MINUTE, SECOND } from '../../core/time.ts';
import type { Connection, Owner } from '../../core/types.ts';
import { RENEW_AFTER_MIN, renewAt } from './plan.ts';
import type { FeedDeps } from './types.ts';
import { hasOwnSubscription } from './types.ts';

type Shared = 'feed' | 'tid' | 'subscriptions' | 'connections' | 'failed' | 'clock' | 'random' | 'log';

type RenewalDeps = Pick<FeedDeps, Shared> & {
  /** Where subscriptions should lead. */
  notificationUrl: string;
  /** Brings what this subscriber has to what it should have; with `audit` Graph is asked what that is. */
  mend(owner: Owner, manner: { audit: boolean }): Promise<void>;
};

interface State {
  /** By `ownerKey`: who needs a try besides the renewals, with the time before which none is made. The order is that of the tries. */
  waiting: Map<string, { owner: Owner; attempts: number; notBefore: number }>;
  /** By `ownerKey`: whose subscriptions this process has compared with Graph's. */
  audited: Set<string>;
  sweepAt: number;
  warnedAt: number;
}

const TENANT: Owner = { kind: 'tenant' };
const SWEEP_EVERY = 10 * MINUTE;
const WIDTH = 16;
/** Far more than ever fall due in one tick; what is left is due in the next one. */
const MAX_DUE = 10_000;
/** After a start everybody waits for an audit: renewals must not wait behind all of them. */
const MAX_WAITING = 300;
const PAGE = 500;
/** Short: whoever has no subscription gets nothing until it succeeds. */
const FIRST_BACKOFF = 15 * SECOND;
const LONGEST_BACKOFF = 30 * MINUTE;

/**
 * The renewal job. A round renews what is due, and every ten minutes it looks for connections without a subscription. After a start every
 * connection's subscription is compared with what Graph has, those known to lead elsewhere first. A failure is tried again with growing
 * pauses; `Retry-After` wins. Rounds must not overlap, and one replica runs them: Graph's limits are those of all replicas together.
 */
export function createRenewals(deps: RenewalDeps): (signal: AbortSignal) => Promise<void> {
  const state: State = {
    waiting: new Map(),
    audited: new Set(),
    sweepAt: Number.NEGATIVE_INFINITY,
    warnedAt: Number.NEGATIVE_INFINITY,
  };
  return (signal) => runRenewals(deps, state, signal);
}

async function runRenewals(deps: RenewalDeps, state: State, signal: AbortSignal): Promise<void> {
  const now = deps.clock.now();
  if (now >= state.sweepAt) {
    await sweep(deps, state);
    state.sweepAt = now + SWEEP_EVERY;
  }
  // The new feed stands before the old one ends, so that a change of feeds loses nothing.
  if (deps.feed === 'tenant' && !(await mendOrganisation(deps, state))) return;
  const due = await dueConnections(deps, state);
  await inParallel(due, { width: WIDTH, signal }, async (owner) => void (await attempt(deps, state, owner)));
  const isEverybodyTried = [...state.waiting.values()].every(({ attempts }) => attempts > 0);
  if (deps.feed === 'personal' && isEverybodyTried) await mendOrganisation(deps, state);
}

const WARN_FROM = 0.8 * SUBSCRIPTION_QUOTA;
const QUOTA_REMEDY =
  'Set FEED=tenant before the limit is reached: one subscription then serves the whole organisation (docs/operations.md, Feeds). ' +
  'Other applications use the same limit.';

/** Once a day while the limit is near. */
function watchQuota({ clock, log }: RenewalDeps, state: State, used: number): void {
  const now = clock.now();
  if (used < WARN_FROM || now - state.warnedAt < DAY) return;
  state.warnedAt = now;
  log.warn(
    { used, limit: SUBSCRIPTION_QUOTA, remedy: QUOTA_REMEDY },
    "Most of the organisation's Teams subscriptions are in use.",
  );
}

/** Notes who needs a try: without a subscription, with one of the other feed, or not yet compared with Graph. */
async function sweep(deps: RenewalDeps, state: State): Promise<void> {
  const { waiting, audited } = state;
  const rows = await deps.subscriptions.all();
  watchQuota(deps, state, rows.length);
  const wait = (id: string) => {
    if (!waiting.has(id)) waiting.set(id, { owner: connectionOwner(id), attempts: 0, notBefore: 0 });
  };
  for (const row of rows) if (row.owner.kind === 'connection' && leadsElsewhere(deps, row)) wait(row.owner.id);
  const served = new Set(rows.map(({ owner }) => ownerKey(owner)));
  for await (const { id, tid, state: signIn } of everyConnection(deps)) {
    if (signIn === 'connected' && hasOwnSubscription(deps, tid) && !(served.has(id) && audited.has(id))) wait(id);
  }
}

function leadsElsewhere(deps: RenewalDeps, { tid, notificationUrl }: Subscription): boolean {
  return !hasOwnSubscription(deps, tid) || (notificationUrl !== null && notificationUrl !== deps.notificationUrl);
}

async function* everyConnection({ connections }: RenewalDeps): AsyncGenerator<Connection> {
  let afterId: string | null = null;
  for (;;) {
    const page: Connection[] = await connections.list({ afterId, limit: PAGE });
    yield* page;
    afterId = page.at(-1)?.id ?? null;
    if (page.length < PAGE) return;
  }
}

/** True when the organisation's subscription is as it should be. */
async function mendOrganisation(deps: RenewalDeps, state: State): Promise<boolean> {
  const { subscriptions, clock } = deps;
  const now = clock.now();
  const rows = await subscriptions.byOwner(TENANT);
  const isGood = rows.length > 0 && state.audited.has(ownerKey(TENANT)) && rows.every((row) => renewAt(row) > now);
  if (deps.feed === 'tenant' ? isGood : rows.length === 0) return true;
  const failed = state.waiting.get(ownerKey(TENANT));
  if (failed && failed.notBefore > now) return false;
  return attempt(deps, state, TENANT);
}

async function dueConnections({ subscriptions, clock }: RenewalDeps, { waiting }: State): Promise<Owner[]> {
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

async function attempt(deps: RenewalDeps, { waiting, audited }: State, owner: Owner): Promise<boolean> {
  const key = ownerKey(owner);
  try {
    await deps.mend(owner, { audit: !audited.has(key) });
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
    await Promise.resolve(deps.failed?.(owner, code)).catch(() => {});
    return false;
  }
}
