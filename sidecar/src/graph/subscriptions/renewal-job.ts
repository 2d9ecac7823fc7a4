import { inParallel } from '../../core/concurrency.ts';
import { toAppError } from '../../core/errors.ts';
import type { Subscription } from '../../core/ports/subscriptions.ts';
import { DAY, MINUTE, SECOND } from '../../core/time.ts';
import type { Connection } from '../../core/types.ts';
import { ORGANISATION } from '../../core/types.ts';
import { RENEW_AFTER_MIN, renewAt } from './plan.ts';
import type { FeedDeps } from './types.ts';
import { hasOwnSubscription } from './types.ts';

type Shared = 'feed' | 'tid' | 'subscriptions' | 'connections' | 'failed' | 'mayRenew' | 'clock' | 'log';

type RenewalDeps = Pick<FeedDeps, Shared> & {
  /** Where subscriptions should lead. */
  notificationUrl: string;
  /** Brings what this subscriber has to what it should have; with `audit` Graph is asked what that is. */
  mend(subscriberId: string, manner: { audit: boolean }): Promise<void>;
};

interface State {
  /** Who needs a try besides the renewals, with the time before which none is made. The order is that of the tries. */
  waiting: Map<string, { attempts: number; notBefore: number }>;
  /** Whose subscriptions this process has compared with Graph's. */
  audited: Set<string>;
  sweepAt: number;
  warnedAt: number;
}

const TICK = 15 * SECOND;
const SWEEP_EVERY = 10 * MINUTE;
const WIDTH = 16;
/** Far more than ever fall due in one tick; what is left is due in the next one. */
const MAX_DUE = 10_000;
/** After a start everybody waits for an audit: renewals must not wait behind all of them. */
const MAX_WAITING = 300;
const PAGE = 500;
/** Short: whoever has no subscription gets nothing until it succeeds. */
const FIRST_BACKOFF = TICK;
const LONGEST_BACKOFF = 30 * MINUTE;

/**
 * The renewal loop: every tick renews what is due, and every ten minutes it looks for who has no subscription. At the start everybody's is
 * compared with what Graph has, those known to lead elsewhere first. A failure is tried again with growing pauses; `Retry-After` wins.
 */
export async function runRenewals(deps: RenewalDeps, signal: AbortSignal): Promise<void> {
  const state: State = {
    waiting: new Map(),
    audited: new Set(),
    sweepAt: Number.NEGATIVE_INFINITY,
    warnedAt: Number.NEGATIVE_INFINITY,
  };
  while (!signal.aborted) {
    try {
      if (!deps.mayRenew || (await deps.mayRenew())) await round(deps, state, signal);
    } catch (error) {
      deps.log.error({ err: error, code: toAppError(error).code }, 'The renewal of subscriptions was interrupted.');
    }
    await deps.clock.sleep(TICK, signal);
  }
}

async function round(deps: RenewalDeps, state: State, signal: AbortSignal): Promise<void> {
  const now = deps.clock.now();
  if (now >= state.sweepAt) {
    await sweep(deps, state);
    state.sweepAt = now + SWEEP_EVERY;
  }
  // The new feed stands before the old one ends, so that a change of feeds loses nothing.
  if (deps.feed === 'tenant' && !(await mendOrganisation(deps, state))) return;
  const due = await dueConnections(deps, state);
  await inParallel(due, { width: WIDTH, signal }, async (id) => void (await attempt(deps, state, id)));
  const isEverybodyTried = [...state.waiting.values()].every(({ attempts }) => attempts > 0);
  if (deps.feed === 'personal' && isEverybodyTried) await mendOrganisation(deps, state);
}

/** Subscriptions to Teams resources that an organisation may have, all applications together (Microsoft Graph: "Change notifications overview"). */
const QUOTA = 10_000;
const WARN_FROM = 0.8 * QUOTA;
const QUOTA_REMEDY =
  'Set FEED=tenant before the limit is reached: one subscription then serves the whole organisation (docs/operations.md, Feeds). ' +
  'Other applications use the same limit.';

/** Once a day while the limit is near. */
function watchQuota({ clock, log }: RenewalDeps, state: State, used: number): void {
  const now = clock.now();
  if (used < WARN_FROM || now - state.warnedAt < DAY) return;
  state.warnedAt = now;
  log.warn({ used, limit: QUOTA, remedy: QUOTA_REMEDY }, "Most of the organisation's Teams subscriptions are in use.");
}

/** Notes who needs a try: without a subscription, with one of the other feed, or not yet compared with Graph. */
async function sweep(deps: RenewalDeps, state: State): Promise<void> {
  const { waiting, audited } = state;
  const rows = await deps.subscriptions.all();
  watchQuota(deps, state, rows.length);
  const wait = (id: string) => {
    if (!waiting.has(id)) waiting.set(id, { attempts: 0, notBefore: 0 });
  };
  for (const row of rows) if (leadsElsewhere(deps, row) && row.connectionId !== ORGANISATION) wait(row.connectionId);
  const served = new Set(rows.map(({ connectionId }) => connectionId));
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
  const rows = await subscriptions.byConnection(ORGANISATION);
  const isGood = rows.length > 0 && state.audited.has(ORGANISATION) && rows.every((row) => renewAt(row) > now);
  if (deps.feed === 'tenant' ? isGood : rows.length === 0) return true;
  const failed = state.waiting.get(ORGANISATION);
  if (failed && failed.notBefore > now) return false;
  return attempt(deps, state, ORGANISATION);
}

async function dueConnections({ subscriptions, clock }: RenewalDeps, { waiting }: State): Promise<string[]> {
  const now = clock.now();
  const rows = await subscriptions.dueBefore(now - RENEW_AFTER_MIN, MAX_DUE);
  const due = new Set(rows.filter((row) => renewAt(row) <= now).map(({ connectionId }) => connectionId));
  let tried = 0;
  for (const [id, { notBefore }] of waiting) {
    if (notBefore > now) due.delete(id);
    else if (id !== ORGANISATION && tried < MAX_WAITING) {
      tried += 1;
      due.add(id);
    }
  }
  return [...due];
}

async function attempt(deps: RenewalDeps, { waiting, audited }: State, id: string): Promise<boolean> {
  try {
    await deps.mend(id, { audit: !audited.has(id) });
    audited.add(id);
    waiting.delete(id);
    return true;
  } catch (error) {
    const { code, retryAfterMs = 0, fields, remedy, message } = toAppError(error);
    const attempts = (waiting.get(id)?.attempts ?? 0) + 1;
    const backoff = Math.min(LONGEST_BACKOFF, FIRST_BACKOFF * 2 ** (attempts - 1));
    waiting.set(id, { attempts, notBefore: deps.clock.now() + Math.max(backoff, retryAfterMs) });
    deps.log.warn(
      { connectionId: id, code, attempts, error: message, remedy, ...fields },
      'A subscription could not be renewed.',
    );
    await Promise.resolve(deps.failed?.(id, code)).catch(() => {});
    return false;
  }
}
