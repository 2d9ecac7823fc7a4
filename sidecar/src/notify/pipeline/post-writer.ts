import { createHash } from 'node:crypto';
import { AppError, toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Posts } from '../../core/ports/bot.ts';
import type { Deliveries, DeliveryKey } from '../../core/ports/deliveries.ts';
import type { ChatQueue, OpenPost, QueueItem } from '../../core/ports/queue.ts';
import type { Clock } from '../../core/time.ts';
import type { Message, PostDraft } from '../../core/types.ts';

export interface DeliverDeps {
  deliveries: Pick<Deliveries, 'begin' | 'unfold' | 'foldedInto' | 'confirm' | 'skip'>;
  mattermost: Posts;
  clock: Clock;
  log: Log;
  /** Random, for `pending_post_id`. */
  randomId(): string;
}

/** One item of a held chat queue, and how to write its post. `isHeld` tells whether the lease still holds, by our own clock. */
export interface DeliverRequest {
  queue: ChatQueue;
  item: QueueItem;
  key: DeliveryKey;
  message: Message | null;
  /** Whether the user wants bursts in one post. */
  folds: boolean;
  /** The user's. */
  locale: string;
  /** Deliver also when the chat queue has received more meanwhile. */
  insists: boolean;
  /** The item is the last that was read of the chat queue: its confirmation gives the queue back. */
  last: boolean;
  draft(channelId: string): Promise<PostDraft>;
  /** Names for the list of the last notifications, sealed. */
  notice(): Promise<string | null>;
  isHeld(): boolean;
}

/** What identifies a delivery in `props.msteams_delivery`: a hash, so that no Teams id leaves its place. */
export function deliveryKey({ userId, tid, chatId, messageId }: DeliveryKey): string {
  return createHash('sha256').update([userId, tid, chatId, messageId].join('\n')).digest('base64url');
}

/** The draft as it is sent: it says which delivery it is. */
export async function keyedDraft({ key, draft }: DeliverRequest, channelId: string): Promise<PostDraft> {
  const { props, ...rest } = await draft(channelId);
  return { ...rest, props: { ...props, msteams_delivery: deliveryKey(key) } };
}

/** Edits a post; false when it is gone. Errors: `lease_lost` when the lease has run out, with nothing sent. */
export async function edit(
  { mattermost }: DeliverDeps,
  request: DeliverRequest,
  { postId, draft }: { postId: string; draft: PostDraft },
): Promise<boolean> {
  assertHeld(request);
  try {
    await mattermost.editPost(postId, draft, () => assertHeld(request));
    return true;
  } catch (error) {
    if (toAppError(error).code === 'mattermost_not_found') return false;
    throw error;
  }
}

export interface Outcome {
  state: 'posted' | 'removed';
  postId: string | null;
  /** Not for an edit. */
  isNew: boolean;
  openPost: OpenPost | null;
}

/** Records what the post shows now, and that the item is done; with it the chat queue, when it is the last. */
export async function confirm(deps: DeliverDeps, request: DeliverRequest, outcome: Outcome): Promise<void> {
  const { queue, item, key, message, last } = request;
  const { state, postId, isNew, openPost } = outcome;
  const notice = isNew ? await request.notice() : null;
  const version = message && {
    version: message.version,
    modifiedAt: message.lastModifiedAt,
    editedAt: message.lastEditedAt,
  };
  const order = isNew ? item.messageOrder : null;
  const now = deps.clock.now();
  await deps.deliveries.confirm({
    queue,
    itemId: item.id,
    key,
    state,
    postId,
    version,
    order,
    openPost,
    notice,
    last,
    now,
  });
  queue.openPost = openPost;
}

/** Errors: `lease_lost` when the lease has run out by our own clock. */
export function assertHeld({ isHeld, queue }: Pick<DeliverRequest, 'isHeld' | 'queue'>): void {
  if (!isHeld())
    throw new AppError('lease_lost', 'The lease on this chat ran out before the request was sent.', {
      fields: { fencingToken: queue.fencingToken },
    });
}
