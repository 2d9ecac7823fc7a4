import type { ErrorCode } from '../../core/errors.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { Delivery, DeliveryKey, Recipients } from '../../core/ports/deliveries.ts';
import type { Digests } from '../../core/ports/digests.ts';
import type { ChatQueue, Inbox, QueueItem } from '../../core/ports/queue.ts';
import { MINUTE } from '../../core/time.ts';
import type { Chat, Connection, Decision, Message, PostDraft, Presence, SkipReason, User } from '../../core/types.ts';
import type { NoticeRequest } from '../post/notice.ts';
import { type DecisionFacts, decide, mindsChatKind, UNKNOWN_PRESENCE } from './decide.ts';
import { deliver, removePost, updatePost } from './deliver.ts';
import type { DeliverDeps, DeliverRequest } from './post-writer.ts';
import { recover } from './retry.ts';

/** What a post is written from. `message` is null when a deletion came without it. */
export interface DraftRequest {
  action: 'deliver' | 'update' | 'remove';
  connection: Connection;
  user: User;
  message: Message | null;
  item: QueueItem;
  /** A newer message of the chat is posted already, or this one is old. */
  late: boolean;
  channelId: string;
}

export interface ProcessChatPorts extends DeliverDeps {
  inbox: Pick<Inbox, 'reload' | 'complete' | 'finish' | 'release' | 'retry' | 'moveToDeadLetters'>;
  digests: Pick<Digests, 'deferToDigest'>;
  /** Decrypts and validates. Errors: `notification_unreadable`, `key_unknown`. */
  open(item: QueueItem): Promise<Message>;
  /** Hands what belongs to the organisation to those whom it concerns. */
  fanOut(item: QueueItem): Promise<void>;
  recipients: Recipients;
  user(userId: string): Promise<User>;
  presence(connection: Connection): Promise<Presence>;
  chat(connection: Connection, chatId: string): Promise<Chat>;
  /** Names and link of a message, sealed. */
  notice(request: NoticeRequest): Promise<string>;
  draft(request: DraftRequest): Promise<PostDraft>;
  recordError(connectionId: string, code: ErrorCode, now: number): Promise<void>;
  metrics: Metrics;
  /** In [0, 1). */
  random(): number;
}

/** A chat queue that this process holds. `isHeld` tells whether the lease still holds, by our own clock. */
export interface HeldChat {
  queue: ChatQueue;
  isHeld(): boolean;
}

/** Looks that one message waits for before it is posted, while more and more comes into its chat. */
const MOST_RELOADS = 3;
const LATE_AFTER_MS = 10 * MINUTE;
/** What had to be fetched came late as soon as a notification would have been here. */
const FETCHED_LATE_AFTER_MS = MINUTE;

/** Works a chat queue off in order and gives it back. Stops early at an item that must be tried again, when the lease is lost, or on shutdown. */
export async function processChat(deps: ProcessChatPorts, held: HeldChat, signal: AbortSignal): Promise<void> {
  const { queue } = held;
  let next = 0;
  let patience = MOST_RELOADS;
  for (let item = queue.items[0]; item; item = queue.items[next]) {
    if (!held.isHeld()) return;
    if (signal.aborted) return deps.inbox.release(queue, deps.clock.now());
    try {
      const step = await runItem(deps, held, { item, insists: patience === 0, last: next + 1 === queue.items.length });
      if (step === 'given-back') return;
      [next, patience] = step === 'done' ? [next + 1, MOST_RELOADS] : [0, patience - 1];
      if (step === 'look-again') Object.assign(queue, await deps.inbox.reload(queue));
    } catch (error) {
      if (!(await recover(deps, { queue, item, error }))) return;
      next += 1;
    }
  }
  await deps.inbox.finish(queue, deps.clock.now());
}

/** What came of an item. `look-again`: nothing, because more has come into the queue. `given-back`: it is done, and the chat queue with it. */
type Step = 'done' | 'given-back' | 'look-again';

async function runItem(
  deps: ProcessChatPorts,
  held: HeldChat,
  { item, insists, last }: { item: QueueItem; insists: boolean; last: boolean },
): Promise<Step> {
  if (item.owner.kind === 'tenant') {
    await deps.fanOut(item);
    await deps.inbox.complete(held.queue, [item.id]);
    return 'done';
  }
  const { tid, chatId, messageId } = item;
  const recipient = await deps.recipients.of({ connectionId: item.owner.id, tid, chatId, messageId });
  if (recipient === null) return skip(deps, { held, item, key: null, reason: 'not_connected' });
  const { connection, delivered } = recipient;
  const key: DeliveryKey = { userId: connection.userId, tid, chatId, messageId };
  const message = item.payload === null ? null : await deps.open(item);
  const decision = await decideWithFacts(deps, {
    message,
    change: item.change,
    connection,
    chatKind: null,
    presence: UNKNOWN_PRESENCE,
    delivered,
    now: deps.clock.now(),
  });
  if (decision.action === 'skip') return skip(deps, { held, item, key, reason: decision.reason });
  const user = await deps.user(connection.userId);
  if (user.deactivated) return skip(deps, { held, item, key, reason: 'not_connected' });
  const notice = async () => (message === null ? null : deps.notice({ key, connection, user, message }));
  if (decision.action === 'hold') return hold(deps, { held, item, key, notice: await notice(), dueAt: decision.until });
  const late = isLate(held.queue, item, { message, now: deps.clock.now() });
  const { action } = decision;
  const request: DeliverRequest = {
    queue: held.queue,
    item,
    key,
    message,
    insists,
    last,
    notice,
    isHeld: held.isHeld,
    folds: connection.preferences.fold,
    locale: user.locale,
    draft: (channelId) => deps.draft({ action, connection, user, message, item, late, channelId }),
  };
  return act(deps, { action, request, delivered });
}

/** Chat and presence may cost a request each, so they are asked for only when the answer can change the decision. */
async function decideWithFacts(deps: ProcessChatPorts, facts: DecisionFacts): Promise<Decision> {
  const { connection, message, delivered } = facts;
  let known = facts;
  let decision = decide(known);
  if (delivered !== null || message === null || !isNews(decision)) return decision;
  if (mindsChatKind(connection.preferences)) {
    known = { ...known, chatKind: (await deps.chat(connection, message.chatId)).kind };
    decision = decide(known);
  }
  if (connection.preferences.when !== 'away' || !isNews(decision)) return decision;
  return decide({ ...known, presence: await deps.presence(connection) });
}

function isNews({ action }: Decision): boolean {
  return action === 'deliver' || action === 'hold';
}

interface Hold {
  held: HeldChat;
  item: QueueItem;
  key: DeliveryKey;
  notice: string | null;
  dueAt: number;
}

async function hold(deps: ProcessChatPorts, { held, item, key, notice, dueAt }: Hold): Promise<'done'> {
  const { queue } = held;
  // Only a message that can be read is ever held.
  if (notice === null) return skip(deps, { held, item, key, reason: 'unreadable' });
  const { id: itemId, messageOrder } = item;
  await deps.digests.deferToDigest({ queue, itemId, key, messageOrder, notice, dueAt, now: deps.clock.now() });
  deps.metrics.delivery('held');
  return 'done';
}

interface Act {
  action: 'deliver' | 'update' | 'remove';
  request: DeliverRequest;
  delivered: Delivery | null;
}

async function act(deps: ProcessChatPorts, { action, request, delivered }: Act): Promise<Step> {
  if (action === 'deliver' || delivered === null) {
    if (!(await deliver(deps, request))) return 'look-again';
    const { queue, item } = request;
    queue.lastPosted = Math.max(queue.lastPosted, item.messageOrder);
    deps.metrics.delivery('posted');
  } else if (action === 'update') {
    await updatePost(deps, request, delivered);
    deps.metrics.delivery('updated');
  } else {
    await removePost(deps, request, delivered);
    deps.metrics.delivery('removed');
  }
  return request.last ? 'given-back' : 'done';
}

function isLate(
  queue: ChatQueue,
  item: QueueItem,
  { message, now }: { message: Message | null; now: number },
): boolean {
  const lateAfter = item.source.kind === 'catch-up' ? FETCHED_LATE_AFTER_MS : LATE_AFTER_MS;
  return item.messageOrder < queue.lastPosted || (message !== null && now - message.createdAt > lateAfter);
}

interface Skip {
  held: HeldChat;
  item: QueueItem;
  key: DeliveryKey | null;
  reason: SkipReason;
}

/** Decisions on a message itself, which its later notifications must not undo. */
const HELD_BACK: ReadonlySet<SkipReason> = new Set([
  'active_in_teams',
  'notifications_off',
  'chat_kind_off',
  'not_mentioned',
  'chat_muted',
]);

// What is remembered decides what a later notification of the same message means: an edit of a message that was held back stays
// back, and a message whose deletion came first never appears.
async function skip(deps: ProcessChatPorts, { held: { queue }, item, key, reason }: Skip): Promise<'done'> {
  const isTombstone = reason === 'never_delivered' && item.change === 'deleted';
  if (key !== null && (isTombstone || HELD_BACK.has(reason))) {
    const state = isTombstone ? 'removed' : 'skipped';
    await deps.deliveries.skip({ queue, itemId: item.id, key, state, now: deps.clock.now() });
  } else await deps.inbox.complete(queue, [item.id]);
  deps.metrics.skipped(reason);
  return 'done';
}
