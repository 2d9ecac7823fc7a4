import { createHash } from 'node:crypto';
import { toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Metrics } from '../../core/metrics.ts';
import { PUBLISHER_APP_ID } from '../../core/microsoft-graph.ts';
import { ownerKey } from '../../core/owner.ts';
import type { InboxItem, PutResult } from '../../core/ports/queue.ts';
import type { Subscription } from '../../core/ports/subscriptions.ts';
import { constantTimeEqual } from '../../core/secrets.ts';
import type { Clock } from '../../core/time.ts';
import { MINUTE } from '../../core/time.ts';
import type { Owner } from '../../core/types.ts';
import type { Batch, ChangeItem, LifecycleItem } from '../wire/entities.ts';
import { readBatch } from '../wire/entities.ts';
import { parseMessagePath } from './message-path.ts';

/** What the webhook checks a notification against. `clientStateHash` is `hashClientState` of the subscription's secret. */
export type KnownSubscription = Pick<Subscription, 'owner' | 'tid' | 'clientStateHash'>;

/** A lifecycle notification whose origin was checked. `event` is Graph's word in lower case. */
export interface LifecycleEvent {
  subscriptionId: string;
  owner: Owner;
  event: string;
}

/** Why a notification was not stored; the metric label. */
export type DiscardReason =
  | 'malformed'
  | 'unknown_subscription'
  | 'client_state'
  | 'tenant'
  | 'resource'
  | 'no_validation_token'
  | 'validation_token'
  | 'validation_tenant';

export interface AcceptNotificationsDeps {
  /** The stored subscription by its lower-case id. Called for every item of a batch, so it should cache. */
  subscription(id: string): Promise<KnownSubscription | null>;
  /** The tenants that the tokens prove. @throws {AppError} unauthorized for a forged token, microsoft_unavailable without signing keys */
  verifyTokens(tokens: string[]): Promise<Set<string>>;
  /** Stores all items or none, in one transaction. */
  put(items: InboxItem[]): Promise<PutResult>;
  lifecycle(event: LifecycleEvent): void | Promise<void>;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/** Why notifications come without tokens: https://learn.microsoft.com/graph/change-notifications-with-resource-data#how-to-validate */
const ASSIGNMENT_REMEDY =
  'In the Microsoft Entra admin center, open Enterprise applications, this app, Properties, and set "Assignment required?" to No; ' +
  `or assign an app role to the service principal "Microsoft Graph Change Tracking" (${PUBLISHER_APP_ID}).`;

interface Checked<Item> {
  item: Item;
  known: KnownSubscription;
}

/** The stored form of a subscription's clientState: SHA-256, hexadecimal. */
export function hashClientState(clientState: string): string {
  return createHash('sha256').update(clientState).digest('hex');
}

/**
 * Accepts the body of one webhook call: checks every item, cheap checks first, stores the accepted ones in one transaction and passes
 * lifecycle events on. Discarded items are counted by reason.
 *
 * @throws {AppError} bad_request; database_* and overloaded when the accepted items could not be stored
 */
export function createAcceptNotifications(deps: AcceptNotificationsDeps): (body: unknown) => Promise<void> {
  const remind = createReminder(deps);
  return async function acceptNotifications(body) {
    const batch = readBatch(body);
    const discarded = new Map<DiscardReason, number>();
    const discard = (reason: DiscardReason, count = 1) => discarded.set(reason, (discarded.get(reason) ?? 0) + count);
    if (batch.malformed > 0) discard('malformed', batch.malformed);
    const { changes, events } = await checkOrigin(batch, deps, discard);
    const proven = await checkTokens(deps, { changes, tokens: batch.tokens }, discard);
    await storeAll(
      proven.map(({ row }) => row),
      deps,
    );
    for (const { item, known } of events) passOn(item, known, deps);
    if (discarded.has('no_validation_token')) remind();
    report(discarded, deps);
  };
}

type Discard = (reason: DiscardReason) => void;
type Change = Checked<ChangeItem> & { row: InboxItem };

async function checkOrigin(batch: Batch, deps: AcceptNotificationsDeps, discard: Discard) {
  const changes: Change[] = [];
  const events: Array<Checked<LifecycleItem>> = [];
  const receivedAt = deps.clock.now();
  for (const item of batch.items) {
    const known = await deps.subscription(item.subscriptionId);
    if (!known) discard('unknown_subscription');
    else if (!constantTimeEqual(hashClientState(item.clientState ?? ''), known.clientStateHash))
      discard('client_state');
    else if (item.tid !== known.tid) discard('tenant');
    else if (item.kind === 'lifecycle') events.push({ item, known });
    else {
      const row = toRow(item, known, receivedAt);
      if (row) changes.push({ item, known, row });
      else discard('resource');
    }
  }
  return { changes, events };
}

function toRow(item: ChangeItem, known: KnownSubscription, receivedAt: number): InboxItem | null {
  const address = parseMessagePath(item.resource ?? '') ?? parseMessagePath(item.odataId ?? '');
  if (!address) return null;
  return {
    source: { kind: 'subscription', id: item.subscriptionId },
    owner: known.owner,
    tid: known.tid,
    ...address,
    change: item.change,
    payload: item.content && JSON.stringify(item.content),
    receivedAt,
  };
}

/**
 * Accepts content only with a validation token of the item's own tenant. Items without content need none: for those Microsoft documents
 * the clientState as the proof of origin.
 */
async function checkTokens(
  deps: AcceptNotificationsDeps,
  { changes, tokens }: { changes: Change[]; tokens: string[] | null },
  discard: Discard,
): Promise<Change[]> {
  if (!changes.some(({ item }) => item.content)) return changes;
  const missing = tokens === null || tokens.length === 0;
  const tenants = missing ? null : await provenTenants(tokens, deps);
  return changes.filter(({ item, known }) => {
    if (!item.content || tenants?.has(known.tid)) return true;
    discard(missing ? 'no_validation_token' : tenants ? 'validation_tenant' : 'validation_token');
    return false;
  });
}

/** Null when a token was refused: then no content of the batch is accepted. Signing keys that cannot be fetched are an error instead. */
async function provenTenants(tokens: string[], deps: AcceptNotificationsDeps): Promise<Set<string> | null> {
  try {
    return await deps.verifyTokens(tokens);
  } catch (error) {
    const failure = toAppError(error);
    if (failure.code !== 'unauthorized') throw failure;
    deps.log.warn({ ...failure.fields }, 'A validation token was refused; its notifications are discarded.');
    return null;
  }
}

async function storeAll(rows: InboxItem[], deps: AcceptNotificationsDeps): Promise<void> {
  if (rows.length === 0) return;
  const { stored, duplicate } = await deps.put(rows);
  for (let n = 0; n < stored; n++) deps.metrics.notificationReceived('stored', 'ok');
  for (let n = 0; n < duplicate; n++) deps.metrics.notificationReceived('duplicate', 'duplicate');
}

/** Not awaited, so that Graph gets its 202 in time. What fails here, the next renewal makes good. */
function passOn(item: LifecycleItem, known: KnownSubscription, deps: AcceptNotificationsDeps): void {
  const event = item.event.toLowerCase();
  const fields = { subscriptionId: item.subscriptionId, connectionId: ownerKey(known.owner), event };
  Promise.resolve()
    .then(() => deps.lifecycle({ subscriptionId: item.subscriptionId, owner: known.owner, event }))
    .catch((error: unknown) => {
      deps.log.warn({ ...fields, code: toAppError(error).code }, 'A lifecycle event could not be followed.');
    });
}

function report(discarded: Map<DiscardReason, number>, deps: AcceptNotificationsDeps): void {
  if (discarded.size === 0) return;
  for (const [reason, count] of discarded) {
    for (let n = 0; n < count; n++) deps.metrics.notificationReceived('discarded', reason);
  }
  deps.log.warn({ reasons: Object.fromEntries(discarded) }, 'Notifications were discarded.');
}

/** The misconfiguration affects every notification, so the remedy is logged at most every ten minutes. */
function createReminder(deps: AcceptNotificationsDeps): () => void {
  let nextAt = 0;
  return () => {
    if (deps.clock.now() < nextAt) return;
    nextAt = deps.clock.now() + 10 * MINUTE;
    deps.log.error({ remedy: ASSIGNMENT_REMEDY }, 'Microsoft Graph sends notifications without validation tokens.');
  };
}
