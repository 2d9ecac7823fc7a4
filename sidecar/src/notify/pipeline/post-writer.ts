import { createHash } from 'node:crypto';
import { AppError, toAppError } from '../../core/errors.ts';
import type { DeliveryKey } from '../../core/ports/deliveries.ts';
import type { OpenPost } from '../../core/ports/queue.ts';
import type { PostDraft } from '../../core/types.ts';
import type { DeliverRequest, HeldQueue, PostWriterPorts } from './ports.ts';

/** The value of `props.msteams_delivery` that identifies a delivery: a hash, so that no Teams id is stored in a post. */
export function deliveryKey({ userId, tid, chatId, messageId }: DeliveryKey): string {
  return createHash('sha256').update([userId, tid, chatId, messageId].join('\n')).digest('base64url');
}

/** The draft with the key of its delivery in the props. */
export async function keyedDraft({ key, draft }: DeliverRequest, channelId: string): Promise<PostDraft> {
  const { props, ...rest } = await draft(channelId);
  return { ...rest, props: { ...props, msteams_delivery: deliveryKey(key) } };
}

/**
 * Edits a post; false when it was deleted.
 *
 * @throws {AppError} lease_lost when the lease has expired, with nothing sent; mattermost_*
 */
export async function edit(
  { mattermost }: PostWriterPorts,
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

/** What a post shows after it was written. */
interface Written {
  state: 'posted' | 'removed';
  postId: string | null;
  /** False for an edit. */
  isNew: boolean;
  openPost: OpenPost | null;
}

/**
 * Records what the post shows now, completes the item and, when it was the last, gives the chat queue back.
 *
 * @throws {AppError} lease_lost
 */
export async function confirm(ports: PostWriterPorts, request: DeliverRequest, written: Written): Promise<void> {
  const { queue, item, key, message, last } = request;
  const { state, postId, isNew, openPost } = written;
  await ports.deliveries.confirm({
    queue,
    itemId: item.id,
    key,
    state,
    postId,
    version: message && {
      version: message.version,
      modifiedAt: message.lastModifiedAt,
      editedAt: message.lastEditedAt,
    },
    order: isNew ? item.messageOrder : null,
    openPost,
    notice: isNew ? await request.notice() : null,
    last,
    now: ports.clock.now(),
  });
  queue.openPost = openPost;
}

/** @throws {AppError} lease_lost when the lease has expired by our own clock */
export function assertHeld({ isHeld, queue }: HeldQueue): void {
  if (isHeld()) return;
  throw new AppError('lease_lost', 'The lease on this chat ran out before the request was sent.', {
    fields: { fencingToken: queue.fencingToken },
  });
}
