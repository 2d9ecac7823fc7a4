import { createHash } from 'node:crypto';
import { toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Metrics } from '../../core/metrics.ts';
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

/** What the webhook needs to know of one of our subscriptions. `clientStateHash` is `hashClientState` of its secret. */
export type KnownSubscription = Pick<Subscription, 'owner' | 'tid' | 'clientStateHash'>;

/** An event of a subscription's own life, checked: `event` is Graph's word in lower case. */
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

export interface IntakeDeps {
  /** By lower-case id; asked for every item, so it should remember. */
  subscription(id: string): Promise<KnownSubscription | null>;
  /** The tenants that the tokens prove. Errors: `unauthorized` for a forged one, `microsoft_unavailable` when it cannot be told. */
  verifyTokens(tokens: string[]): Promise<Set<string>>;
  /** Stores all or nothing, in one transaction. */
  put(items: InboxItem[]): Promise<PutResult>;
  lifecycle(event: LifecycleEvent): void | Promise<void>;
  clock: Clock;
  log: Log;
  metrics: Metrics;
}

/** Where the administrator mends notifications without proof (Microsoft Graph: "Set up change notifications that include resource data"). */
const ASSIGNMENT_REMEDY =
  'In the Microsoft Entra admin center, open Enterprise applications, this app, Properties, and set "Assignment required?" to No; ' +
  'or assign an app role to the service principal "Microsoft Graph Change Tracking" (0bf30f3b-4a52-48df-9a82-234910c4a086).';

interface Checked<Item> {
  item: Item;
  known: KnownSubscription;
}

/** The stored form of a subscription's clientState: SHA-256, hexadecimal. */
export function hashClientState(clientState: string): string {
  return createHash('sha256').update(clientState).digest('hex');
}

/**
 * Takes one webhook body: checks every item, cheap checks first, stores the good ones in one transaction and passes lifecycle events on.
 * Bad items are counted by reason. Errors: `bad_request`, and whatever kept the good ones from being stored.
 */
export function createIntake(deps: IntakeDeps): (body: unknown) => Promise<void> {
  const remind = createReminder(deps);
  return async function accept(body) {
    const batch = readBatch(body);
    const discarded = new Map<DiscardReason, number>();
    const discard = (reason: DiscardReason, count = 1) => discarded.set(reason, (discarded.get(reason) ?? 0) + count);
    if (batch.malformed > 0) discard('malformed', batch.malformed);
    const { changes, events } = await checkOrigin(batch, deps, discard);
    const proven = await checkTokens({ changes, tokens: batch.tokens, deps }, discard);
    await store(
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

async function checkOrigin(batch: Batch, deps: IntakeDeps, discard: Discard) {
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
 * Content is believed only with a token of the item's own tenant. Items without content carry nothing to believe: for those the
 * clientState is the proof Microsoft documents.
 */
async function checkTokens(batch: { changes: Change[]; tokens: string[] | null; deps: IntakeDeps }, discard: Discard) {
  const { changes, tokens, deps } = batch;
  if (!changes.some(({ item }) => item.content)) return changes;
  const missing = tokens === null || tokens.length === 0;
  const tenants = missing ? null : await provenTenants(tokens, deps);
  return changes.filter(({ item, known }) => {
    if (!item.content || tenants?.has(known.tid)) return true;
    discard(missing ? 'no_validation_token' : tenants ? 'validation_tenant' : 'validation_token');
    return false;
  });
}

/** One bad token makes the whole batch suspicious; keys that cannot be fetched do not. */
async function provenTenants(tokens: string[], deps: IntakeDeps): Promise<Set<string> | null> {
  try {
    return await deps.verifyTokens(tokens);
  } catch (error) {
    const failure = toAppError(error);
    if (failure.code !== 'unauthorized') throw failure;
    deps.log.warn({ ...failure.fields }, 'A validation token was refused; its notifications are discarded.');
    return null;
  }
}

async function store(rows: InboxItem[], deps: IntakeDeps): Promise<void> {
  if (rows.length === 0) return;
  const { stored, duplicate } = await deps.put(rows);
  for (let n = 0; n < stored; n++) deps.metrics.notificationReceived('stored', 'ok');
  for (let n = 0; n < duplicate; n++) deps.metrics.notificationReceived('duplicate', 'duplicate');
}

/** Graph has its 202 before this is done; what fails here is made good by the next renewal. */
function passOn(item: LifecycleItem, known: KnownSubscription, deps: IntakeDeps): void {
  const event = item.event.toLowerCase();
  const fields = { subscriptionId: item.subscriptionId, connectionId: ownerKey(known.owner), event };
  Promise.resolve()
    .then(() => deps.lifecycle({ subscriptionId: item.subscriptionId, owner: known.owner, event }))
    .catch((error: unknown) => {
      deps.log.warn({ ...fields, code: toAppError(error).code }, 'A lifecycle event could not be followed.');
    });
}

function report(discarded: Map<DiscardReason, number>, deps: IntakeDeps): void {
  if (discarded.size === 0) return;
  for (const [reason, count] of discarded) {
    for (let n = 0; n < count; n++) deps.metrics.notificationReceived('discarded', reason);
  }
  deps.log.warn({ reasons: Object.fromEntries(discarded) }, 'Notifications were discarded.');
}

/** The misconfiguration hits every notification: one line with the remedy in ten minutes is enough. */
function createReminder(deps: IntakeDeps): () => void {
  let nextAt = 0;
  return () => {
    if (deps.clock.now() < nextAt) return;
    nextAt = deps.clock.now() + 10 * MINUTE;
    deps.log.error({ remedy: ASSIGNMENT_REMEDY }, 'Microsoft Graph sends notifications without validation tokens.');
  };
}
