import { AppError, toAppError } from '../../core/errors.ts';
import type { Delivery } from '../../core/ports/deliveries.ts';
import type { PostDraft } from '../../core/types.ts';
import { foldInto, foldTarget, rewrite } from './fold-writer.ts';
import { assertHeld, confirm, type DeliverDeps, type DeliverRequest, deliveryKey, keyedDraft } from './post-writer.ts';

/**
 * Posts a message so that exactly one post shows it, whatever dies in between: intent, request, confirmation. An intent that is there
 * already means that the request may have been sent, so the channel is looked at before anything is posted (contracts: exactly-once recipe).
 * False when nothing was done because the chat queue has received more: something older may be among it.
 */
export async function deliver(deps: DeliverDeps, request: DeliverRequest): Promise<boolean> {
  const { queue, key, insists } = request;
  const channelId = await deps.mattermost.directChannel(key.userId);
  const draft = await keyedDraft(request, channelId);
  const now = deps.clock.now();
  const begun = await deps.deliveries.begin({
    queue,
    key,
    pendingPostId: deps.randomId(),
    channelId,
    now,
    foldedInto: foldTarget(request, draft, now),
    revision: insists ? null : queue.revision,
  });
  if (begun === null) return false;
  const { delivery, fresh } = begun;
  if (delivery.state !== 'posting') throw changedMeanwhile();
  const postId = delivery.foldedInto;
  if (postId === null) await post(deps, request, { delivery, draft, fresh });
  // Nothing was ever sent for a post of its own when the message was to be folded.
  else if (!(await foldInto(deps, request, { delivery, draft, postId })))
    await post(deps, request, { delivery, draft, fresh: true });
  return true;
}

interface Begun {
  delivery: Delivery;
  draft: PostDraft;
  fresh: boolean;
}

async function post(deps: DeliverDeps, request: DeliverRequest, { delivery, draft, fresh }: Begun): Promise<void> {
  const found = fresh ? null : await find(deps, delivery);
  if (found !== null) return adopt(deps, request, { postId: found, draft });
  assertHeld(request);
  const { channelId, pendingPostId } = delivery;
  if (channelId === null) throw changedMeanwhile();
  const created = await deps.mattermost.createPost({
    channelId,
    pendingPostId,
    draft,
    beforeSend: () => assertHeld(request),
  });
  // Whoever wrote the intent may have been asleep, not dead, and have posted while we did.
  const postId = fresh ? created.postId : await keepOldest(deps, delivery, created.postId);
  try {
    await confirmPosted(deps, request, postId);
  } catch (error) {
    if (toAppError(error).code === 'lease_lost') await keepOldest(deps, delivery, postId);
    throw error;
  }
}

/** Writes the newest text into the post that is there. A post that is gone in Mattermost stays gone. */
export async function updatePost(deps: DeliverDeps, request: DeliverRequest, delivery: Delivery): Promise<void> {
  const { key, queue } = request;
  const postId = delivery.postId ?? (await find(deps, delivery));
  if (postId === null) throw changedMeanwhile();
  const channelId = delivery.channelId ?? (await deps.mattermost.directChannel(key.userId));
  const exists = await rewrite(deps, request, { postId, draft: await keyedDraft(request, channelId) });
  const state = exists ? 'posted' : 'removed';
  await confirm(deps, request, { state, postId, isNew: false, openPost: queue.openPost });
}

/** Takes the text out of the post that is there, and remembers the deletion also when there is none. */
export async function removePost(deps: DeliverDeps, request: DeliverRequest, delivery: Delivery): Promise<void> {
  const { key, queue } = request;
  const postId = delivery.postId ?? delivery.foldedInto ?? (await find(deps, delivery));
  if (postId !== null) {
    const channelId = delivery.channelId ?? (await deps.mattermost.directChannel(key.userId));
    const isThere = await rewrite(deps, request, { postId, draft: await keyedDraft(request, channelId) });
    if (!isThere && delivery.foldedInto !== null) await deps.deliveries.unfold(queue, key);
  }
  await confirm(deps, request, { state: 'removed', postId, isNew: false, openPost: queue.openPost });
}

/** A post from an attempt that never learned of its success. It may show an older text than the one in hand. */
async function adopt(
  deps: DeliverDeps,
  request: DeliverRequest,
  { postId, draft }: { postId: string; draft: PostDraft },
): Promise<void> {
  const mayBeOlder = request.item.change === 'updated' || request.message?.lastEditedAt != null;
  if (mayBeOlder) await rewrite(deps, request, { postId, draft });
  await confirmPosted(deps, request, postId);
}

function confirmPosted(deps: DeliverDeps, request: DeliverRequest, postId: string): Promise<void> {
  const openPost = request.folds ? { postId, since: deps.clock.now() } : null;
  return confirm(deps, request, { state: 'posted', postId, isNew: true, openPost });
}

async function find(deps: DeliverDeps, delivery: Delivery): Promise<string | null> {
  if (delivery.channelId === null) return null;
  const query = { channelId: delivery.channelId, deliveryKey: deliveryKey(delivery), since: delivery.intentAt };
  return (await deps.mattermost.findPost(query))?.postId ?? null;
}

/** After two may have posted, both look: the older copy stays, the younger one is deleted by whoever made it. */
async function keepOldest(deps: DeliverDeps, delivery: Delivery, ours: string): Promise<string> {
  const oldest = await find(deps, delivery);
  if (oldest === null || oldest === ours) return ours;
  await deps.mattermost.deletePost(ours);
  deps.log.warn({ kept: oldest, deleted: ours }, 'Two workers posted the same message; the later post was deleted.');
  return oldest;
}

// The same user can have two chat queues for one chat for a moment, after connecting anew. The next attempt decides on what is there now.
function changedMeanwhile(): AppError {
  return new AppError('internal', 'The delivery was changed by another worker; it is decided on again.');
}
