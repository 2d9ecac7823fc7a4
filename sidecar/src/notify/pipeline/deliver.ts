import { AppError, toAppError } from '../../core/errors.ts';
import type { Delivery } from '../../core/ports/deliveries.ts';
import type { PostDraft } from '../../core/types.ts';
import { foldInto, foldTarget, rewrite } from './fold-writer.ts';
import type { DeliverRequest, PostWriterPorts } from './ports.ts';
import { assertHeld, confirm, deliveryKey, keyedDraft } from './post-writer.ts';

/**
 * Posts a message so that exactly one post shows it, even if the process dies at any point: intent, request, confirmation. Mattermost
 * remembers a `pending_post_id` for 30 seconds only
 * (https://github.com/mattermost/mattermost/blob/master/server/channels/app/post.go, `PendingPostIDsCacheTTL`), so an intent that was
 * recorded before means that the request may have been sent, and the channel is searched before anything is posted.
 *
 * False when nothing was done because the chat queue has received more: an older message may be among it.
 *
 * @throws {AppError} lease_lost, mattermost_*; internal when another worker changed the delivery meanwhile
 */
export async function deliver(ports: PostWriterPorts, request: DeliverRequest): Promise<boolean> {
  const { queue, key, insists } = request;
  const channelId = await ports.mattermost.directChannel(key.userId);
  const draft = await keyedDraft(request, channelId);
  const now = ports.clock.now();
  const begun = await ports.deliveries.begin({
    queue,
    key,
    pendingPostId: ports.randomId(),
    channelId,
    now,
    foldedInto: foldTarget(request, draft, now),
    revision: insists ? null : queue.revision,
  });
  if (begun === null) return false;
  const { delivery, fresh } = begun;
  if (delivery.state !== 'posting') throw changedMeanwhile();
  const postId = delivery.foldedInto;
  if (postId === null) await post(ports, request, { delivery, draft, fresh });
  // No request for a post of its own was ever sent while the message was to be folded.
  else if (!(await foldInto(ports, request, { delivery, draft, postId })))
    await post(ports, request, { delivery, draft, fresh: true });
  return true;
}

async function post(
  ports: PostWriterPorts,
  request: DeliverRequest,
  { delivery, draft, fresh }: { delivery: Delivery; draft: PostDraft; fresh: boolean },
): Promise<void> {
  const { channelId, pendingPostId } = delivery;
  const confirmPosted = (postId: string) => {
    const openPost = request.folds ? { postId, since: ports.clock.now() } : null;
    return confirm(ports, request, { state: 'posted', postId, isNew: true, openPost });
  };
  const found = fresh ? null : await find(ports, delivery);
  if (found !== null) {
    // A post of an attempt that never learned of its success. It may show an older text than the item at hand.
    const mayBeOlder = request.item.change === 'updated' || request.message?.lastEditedAt != null;
    if (mayBeOlder) await rewrite(ports, request, { postId: found, draft });
    return confirmPosted(found);
  }
  assertHeld(request);
  if (channelId === null) throw changedMeanwhile();
  const created = await ports.mattermost.createPost({
    channelId,
    pendingPostId,
    draft,
    beforeSend: () => assertHeld(request),
  });
  // The worker that recorded the intent may have been suspended, not dead, and have posted at the same time.
  const postId = fresh ? created.postId : await keepOldest(ports, delivery, created.postId);
  try {
    await confirmPosted(postId);
  } catch (error) {
    if (toAppError(error).code === 'lease_lost') await keepOldest(ports, delivery, postId);
    throw error;
  }
}

/**
 * Writes the newest text into the post of a delivery. A post that was deleted in Mattermost stays deleted.
 *
 * @throws {AppError} lease_lost, mattermost_*; internal when another worker changed the delivery meanwhile
 */
export async function updatePost(ports: PostWriterPorts, request: DeliverRequest, delivery: Delivery): Promise<void> {
  const postId = delivery.postId ?? (await find(ports, delivery));
  if (postId === null) throw changedMeanwhile();
  const exists = await rewriteFor(ports, request, delivery, postId);
  const state = exists ? 'posted' : 'removed';
  await confirm(ports, request, { state, postId, isNew: false, openPost: request.queue.openPost });
}

/**
 * Takes the text out of the post of a delivery, and records the deletion even when there is no post.
 *
 * @throws {AppError} lease_lost, mattermost_*
 */
export async function removePost(ports: PostWriterPorts, request: DeliverRequest, delivery: Delivery): Promise<void> {
  const { key, queue } = request;
  const postId = delivery.postId ?? delivery.foldedInto ?? (await find(ports, delivery));
  if (postId !== null) {
    const exists = await rewriteFor(ports, request, delivery, postId);
    if (!exists && delivery.foldedInto !== null) await ports.deliveries.unfold(queue, key);
  }
  await confirm(ports, request, { state: 'removed', postId, isNew: false, openPost: queue.openPost });
}

async function rewriteFor(
  ports: PostWriterPorts,
  request: DeliverRequest,
  delivery: Delivery,
  postId: string,
): Promise<boolean> {
  const channelId = delivery.channelId ?? (await ports.mattermost.directChannel(request.key.userId));
  return rewrite(ports, request, { postId, draft: await keyedDraft(request, channelId) });
}

async function find(ports: PostWriterPorts, delivery: Delivery): Promise<string | null> {
  if (delivery.channelId === null) return null;
  const query = { channelId: delivery.channelId, deliveryKey: deliveryKey(delivery), since: delivery.intentAt };
  return (await ports.mattermost.findPost(query))?.postId ?? null;
}

/** When two workers may have posted, both search the channel: the older post stays, the younger is deleted by the worker that made it. */
async function keepOldest(ports: PostWriterPorts, delivery: Delivery, ours: string): Promise<string> {
  const oldest = await find(ports, delivery);
  if (oldest === null || oldest === ours) return ours;
  await ports.mattermost.deletePost(ours);
  ports.log.warn({ kept: oldest, deleted: ours }, 'Two workers posted the same message; the later post was deleted.');
  return oldest;
}

// One user can have two chat queues for one chat for a moment, after connecting again. The next attempt decides on the new state.
function changedMeanwhile(): AppError {
  return new AppError('internal', 'The delivery was changed by another worker; it is decided on again.');
}
