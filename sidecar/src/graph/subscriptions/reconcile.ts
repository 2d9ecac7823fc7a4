import { toAppError } from '../../core/errors.ts';
import { randomToken } from '../../core/ids.ts';
import { ownerKey } from '../../core/owner.ts';
import type { Subscription } from '../../core/ports/subscriptions.ts';
import { HOUR, MINUTE } from '../../core/time.ts';
import { hashClientState } from '../webhook/accept-notifications.ts';
import type { GraphSubscription } from '../wire/entities.ts';
import type { Principal, SubscriptionCalls } from './api.ts';
import { conflictingId, feedResource } from './api.ts';
import type { SubscriptionIndex } from './lookup-cache.ts';
import type { FeedAction } from './plan.ts';
import { RENEW_AFTER_MAX, serves } from './plan.ts';
import type { FeedDeps, Subscriber } from './types.ts';

/** What the steps of the feed work with. */
export interface FeedTools {
  deps: FeedDeps;
  calls: SubscriptionCalls;
  index: SubscriptionIndex;
  notificationUrl: string;
}

/** One subscriber's turn: `rows` are its subscriptions as stored, `interactive` when a person waits. */
export interface Turn {
  subscriber: Subscriber;
  rows: readonly Subscription[];
  interactive: boolean;
}

/** The token behind a subscription must outlive the time to the next renewal. */
const TOKEN_MUST_LIVE = RENEW_AFTER_MAX + 5 * MINUTE;
/** No token lives for less: a renewal within this time left no gap. */
const SHORTEST_TOKEN = HOUR;

/**
 * Takes one planned step, at Graph and in the store. True when notifications may have been lost before it. Errors: those of tokens and
 * of the Graph client.
 */
export async function takeStep(tools: FeedTools, action: FeedAction, turn: Turn): Promise<boolean> {
  const { subscriber, rows } = turn;
  if (action.do === 'forget') await drop(tools, action.id);
  if (action.do === 'remove') await remove(tools, turn, action.id);
  if (action.do === 'create') {
    await createOrAdopt(tools, subscriber, principalOf(tools, turn));
    return true;
  }
  const row = action.do === 'renew' ? rows.find((one) => one.id === action.id) : undefined;
  if (action.do !== 'renew' || !row) return false;
  const { withCertificate } = action;
  return renew(tools, principalOf(tools, turn), { subscriber, row, withCertificate });
}

/** The subscriber with a token that carries a subscription to its next renewal. */
export function principalOf({ deps }: FeedTools, { subscriber, interactive }: Turn): Principal {
  const { owner, tid, oid } = subscriber;
  return { token: () => deps.tokenFor(owner, TOKEN_MUST_LIVE), tid, oid, interactive };
}

/** Forgets a subscription that Graph no longer has. */
export async function drop({ deps, index }: FeedTools, id: string): Promise<void> {
  await deps.subscriptions.remove(id);
  index.forget(id);
}

/**
 * A subscription that is in the way was made by another replica, which has its row, or by a process that ended before it wrote one:
 * then nobody knows its clientState any more, and it is replaced.
 */
async function createOrAdopt(tools: FeedTools, subscriber: Subscriber, principal: Principal): Promise<void> {
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

function create(tools: FeedTools, subscriber: Subscriber, principal: Principal): Promise<void> {
  return tools.index.creating(createAndSave(tools, subscriber, principal));
}

async function createAndSave(tools: FeedTools, subscriber: Subscriber, principal: Principal): Promise<void> {
  const { deps, calls, notificationUrl } = tools;
  const certificate = await deps.keyring.current();
  const clientState = randomToken();
  const resource = feedResource(subscriber.oid);
  const made = await calls.create(principal, { resource, clientState, certificate });
  const now = deps.clock.now();
  await deps.subscriptions.save({
    id: made.id,
    owner: subscriber.owner,
    tid: subscriber.tid,
    resource,
    notificationUrl,
    clientStateHash: hashClientState(clientState),
    certificateId: certificate.id,
    expiresAt: made.expiresAt,
    renewedAt: now,
    createdAt: now,
  });
  deps.log.info({ connectionId: ownerKey(subscriber.owner), subscriptionId: made.id }, 'A subscription was created.');
}

async function straysOf({ calls }: FeedTools, principal: Principal): Promise<string[]> {
  const resource = feedResource(principal.oid).toLowerCase();
  const found = await calls.list(principal);
  return found.filter((one) => `/${one.resource ?? ''}`.toLowerCase().endsWith(resource)).map(({ id }) => id);
}

interface Renewal {
  subscriber: Subscriber;
  row: Subscription;
  withCertificate: boolean;
}

/**
 * Renews, and makes it anew when Graph no longer has it or brings it to another address than ours is now. True when it was made anew, or
 * renewed so late that its token was over: what Graph could not deliver then it repeats for four hours only.
 */
async function renew(
  tools: FeedTools,
  principal: Principal,
  { subscriber, row, withCertificate }: Renewal,
): Promise<boolean> {
  const { deps, calls, notificationUrl } = tools;
  const certificate = withCertificate ? await deps.keyring.current() : null;
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
  await drop(tools, row.id);
  deps.log.warn(
    { connectionId: ownerKey(subscriber.owner), gone: renewed === null },
    'A subscription had to be made anew.',
  );
  await createOrAdopt(tools, subscriber, principal);
  return true;
}

/** Our row goes in any case: without it, what still arrives is discarded, and Graph gives up after three days at the latest. */
async function remove(tools: FeedTools, { subscriber }: Turn, id: string): Promise<void> {
  const { tid, oid } = subscriber;
  try {
    await tools.calls.remove({ token: () => tools.deps.tokenFor(subscriber.owner), tid, oid }, id);
  } catch (error) {
    const fields = { connectionId: ownerKey(subscriber.owner), subscriptionId: id, code: toAppError(error).code };
    tools.deps.log.warn(fields, 'A subscription could not be deleted at Graph; it will expire.');
  }
  await drop(tools, id);
}

function nullIfGone(error: unknown): GraphSubscription | null {
  if (toAppError(error).code === 'microsoft_not_found') return null;
  throw error;
}
