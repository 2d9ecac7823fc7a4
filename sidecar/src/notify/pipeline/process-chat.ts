import { nextAttempt } from '../../core/backoff.ts';
import { toAppError } from '../../core/errors.ts';
import { ownerKey } from '../../core/owner.ts';
import type { DeliveryKey } from '../../core/ports/deliveries.ts';
import type { ChatQueue, QueueItem } from '../../core/ports/queue.ts';
import { MINUTE } from '../../core/time.ts';
import type { Decision, Message, SkipReason } from '../../core/types.ts';
import { type DecisionFacts, decide, mindsChatKind, UNKNOWN_PRESENCE } from './decide.ts';
import { deliver, removePost, updatePost } from './deliver.ts';
import type { DeliverRequest, HeldQueue, PipelinePorts } from './ports.ts';

/** Reloads that one message waits for before it is posted, while more and more comes into its chat. */
const MOST_RELOADS = 3;
const LATE_AFTER_MS = 10 * MINUTE;
/** A message read by catch-up is late as soon as a notification would have arrived. */
const CAUGHT_UP_LATE_AFTER_MS = MINUTE;

/**
 * Processes the items of a chat queue in order and gives the queue back. Stops early at an item that must be tried again, when the lease is
 * lost, and on shutdown.
 *
 * @throws {AppError} database_unavailable, lease_lost
 */
export async function processChat(ports: PipelinePorts, held: HeldQueue, signal: AbortSignal): Promise<void> {
  const { queue } = held;
  let next = 0;
  let patience = MOST_RELOADS;
  for (let item = queue.items[0]; item; item = queue.items[next]) {
    if (!held.isHeld()) return;
    if (signal.aborted) return ports.inbox.release(queue, ports.clock.now());
    try {
      const last = next + 1 === queue.items.length;
      const step = await processItem(ports, held, { item, insists: patience === 0, last });
      if (step === 'given-back') return;
      [next, patience] = step === 'done' ? [next + 1, MOST_RELOADS] : [0, patience - 1];
      if (step === 'reload') Object.assign(queue, await ports.inbox.reload(queue));
    } catch (error) {
      if (!(await retryLater(ports, held.queue, item, error))) return;
      next += 1;
    }
  }
  await ports.inbox.finish(queue, ports.clock.now());
}

/** `reload`: nothing was done, because the chat queue has received more. `given-back`: the item is done, and the queue is given back. */
type Step = 'done' | 'given-back' | 'reload';

async function processItem(
  ports: PipelinePorts,
  held: HeldQueue,
  { item, insists, last }: { item: QueueItem; insists: boolean; last: boolean },
): Promise<Step> {
  const { queue, isHeld } = held;
  const { clock, metrics } = ports;
  if (item.owner.kind === 'tenant') {
    await ports.fanOut(item);
    await ports.inbox.complete(queue, [item.id]);
    return 'done';
  }
  const { tid, chatId, messageId } = item;
  const recipient = await ports.recipients.of({ connectionId: item.owner.id, tid, chatId, messageId });
  if (recipient === null) return skip(ports, queue, item, { key: null, reason: 'not_connected' });
  const { connection, delivered } = recipient;
  const key: DeliveryKey = { userId: connection.userId, tid, chatId, messageId };
  const message = item.payload === null ? null : await ports.open(item);
  const decision = await decideWithLookups(ports, {
    message,
    change: item.change,
    connection,
    chatKind: null,
    presence: UNKNOWN_PRESENCE,
    delivered,
    now: clock.now(),
  });
  if (decision.action === 'skip') return skip(ports, queue, item, { key, reason: decision.reason });
  const user = await ports.user(connection.userId);
  if (user.deactivated) return skip(ports, queue, item, { key, reason: 'not_connected' });
  const notice = async () => (message === null ? null : ports.notice({ key, connection, user, message }));
  if (decision.action === 'defer') {
    const names = await notice();
    // Only a message that can be read is ever deferred.
    if (names === null) return skip(ports, queue, item, { key, reason: 'unreadable' });
    const { id: itemId, messageOrder } = item;
    const dueAt = decision.until;
    await ports.digests.deferToDigest({ queue, itemId, key, messageOrder, notice: names, dueAt, now: clock.now() });
    metrics.delivery('held');
    return 'done';
  }
  const { action } = decision;
  const late = isLate(queue, item, message, clock.now());
  const request: DeliverRequest = {
    queue,
    isHeld,
    item,
    key,
    message,
    insists,
    last,
    notice,
    folds: connection.preferences.fold,
    locale: user.locale,
    draft: (channelId) => ports.draft({ action, connection, user, message, item, late, channelId }),
  };
  if (action === 'deliver' || delivered === null) {
    if (!(await deliver(ports, request))) return 'reload';
    queue.lastPosted = Math.max(queue.lastPosted, item.messageOrder);
    metrics.delivery('posted');
  } else if (action === 'update') {
    await updatePost(ports, request, delivered);
    metrics.delivery('updated');
  } else {
    await removePost(ports, request, delivered);
    metrics.delivery('removed');
  }
  return last ? 'given-back' : 'done';
}

/** Chat and presence may cost a request each, so they are looked up only when they can change the decision. */
async function decideWithLookups(ports: PipelinePorts, facts: DecisionFacts): Promise<Decision> {
  const { connection, message, delivered } = facts;
  const isNews = ({ action }: Decision) => action === 'deliver' || action === 'defer';
  let known = facts;
  let decision = decide(known);
  if (delivered !== null || message === null || !isNews(decision)) return decision;
  if (mindsChatKind(connection.preferences)) {
    known = { ...known, chatKind: (await ports.chat(connection, message.chatId)).kind };
    decision = decide(known);
  }
  if (connection.preferences.when !== 'away' || !isNews(decision)) return decision;
  return decide({ ...known, presence: await ports.presence(connection) });
}

function isLate(queue: ChatQueue, item: QueueItem, message: Message | null, now: number): boolean {
  const lateAfter = item.source.kind === 'catch-up' ? CAUGHT_UP_LATE_AFTER_MS : LATE_AFTER_MS;
  return item.messageOrder < queue.lastPosted || (message !== null && now - message.createdAt > lateAfter);
}

/** Decisions on a message itself, which its later notifications must not undo. */
const FINAL_SKIPS: ReadonlySet<SkipReason> = new Set([
  'active_in_teams',
  'notifications_off',
  'chat_kind_off',
  'not_mentioned',
  'chat_muted',
]);

// What is recorded decides what a later notification of the same message means: an edit of a message that was skipped is skipped, and a
// message whose deletion came first never appears.
async function skip(
  ports: PipelinePorts,
  queue: ChatQueue,
  item: QueueItem,
  { key, reason }: { key: DeliveryKey | null; reason: SkipReason },
): Promise<'done'> {
  const isTombstone = reason === 'never_delivered' && item.change === 'deleted';
  if (key !== null && (isTombstone || FINAL_SKIPS.has(reason))) {
    const state = isTombstone ? 'removed' : 'skipped';
    await ports.deliveries.skip({ queue, itemId: item.id, key, state, now: ports.clock.now() });
  } else await ports.inbox.complete(queue, [item.id]);
  ports.metrics.skipped(reason);
  return 'done';
}

/** Schedules the next attempt of a failed item, or moves it to the dead letters. True when the chat queue continues with the next item. */
async function retryLater(ports: PipelinePorts, queue: ChatQueue, item: QueueItem, thrown: unknown): Promise<boolean> {
  const { code, message, remedy, fields, retryAfterMs } = toAppError(thrown);
  // A request for the open post may still be under way.
  queue.openPost = null;
  if (code === 'lease_lost') {
    ports.log.info({ fencingToken: queue.fencingToken }, 'Another worker has taken over a chat.');
    return false;
  }
  const now = ports.clock.now();
  const attempts = item.attempts + 1;
  const wait = nextAttempt({ code, attempts, ageMs: now - item.receivedAt, retryAfterMs, random: ports.random() });
  const logged = { code, attempts, connectionId: ownerKey(queue.owner), error: message, remedy, ...fields };
  if (queue.owner.kind === 'connection') {
    await ports.recordError(queue.owner.id, code, now);
    // A message whose notification cannot be read may still be read from Teams.
    if (code === 'notification_unreadable') await ports.requestCatchUp(queue.owner);
  }
  if (wait === null) {
    await ports.inbox.moveToDeadLetters({ queue, itemId: item.id, reason: code, attempts, now });
    ports.metrics.delivery('dead');
    ports.log.error(logged, 'A notification was given up; it can be replayed.');
    return true;
  }
  await ports.inbox.retry({ queue, itemId: item.id, runAt: now + wait, code, attempts });
  ports.metrics.delivery('retried');
  ports.log.warn({ ...logged, waitMs: wait }, 'A notification could not be delivered yet; it will be tried again.');
  return false;
}
