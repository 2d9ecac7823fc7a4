import { AppError } from '../../core/errors.ts';
import type { Delivery } from '../../core/ports/deliveries.ts';
import { SECOND } from '../../core/time.ts';
import type { PostDraft } from '../../core/types.ts';
import { appendPart, isFoldable, partsOf, replacePart, type StandingPost } from '../post/fold.ts';
import { confirm, type DeliverDeps, type DeliverRequest, deliveryKey, edit } from './post-writer.ts';

/** How long after it was made a post takes up more messages of its chat. */
const OPEN_MS = 30 * SECOND;
/** After that many attempts what Mattermost shows is taken for the truth. */
const MOST_STALE_READS = 5;

/** The post into which a message goes, or null for one of its own. */
export function foldTarget({ queue, folds }: DeliverRequest, draft: PostDraft, now: number): string | null {
  if (!folds || queue.openPost === null || now - queue.openPost.since > OPEN_MS) return null;
  return isFoldable(draft) ? queue.openPost.postId : null;
}

/**
 * Adds the message to the post of an earlier one, once: the post itself says whether it is in there already. False when the post is gone
 * or full; then the message gets a post of its own.
 *
 * Whoever reads and writes a post could undo what somebody else wrote in between. So only the holder of a chat queue that was given back in
 * order adds to its open post (see `claim`): a request that is still on its way from an earlier holder can then only be the one for this
 * same message.
 */
export async function foldInto(
  deps: DeliverDeps,
  request: DeliverRequest,
  { delivery, draft, postId }: { delivery: Delivery; draft: PostDraft; postId: string },
): Promise<boolean> {
  const { queue, key, locale } = request;
  const post = await read(deps, request, postId);
  const isIn = post !== null && partsOf(post).some((part) => part.delivery === deliveryKey(delivery));
  const next = post && (isIn ? replacePart : appendPart)(post, draft, locale);
  if (next === null || !(await edit(deps, request, { postId, draft: next }))) {
    await deps.deliveries.unfold(queue, key);
    return false;
  }
  await confirm(deps, request, { state: 'posted', postId, isNew: true, openPost: queue.openPost });
  return true;
}

/** Writes the newest text of a message into the post that shows it, and touches no other message in it. False when it is not there. */
export async function rewrite(
  deps: DeliverDeps,
  request: DeliverRequest,
  { postId, draft }: { postId: string; draft: PostDraft },
): Promise<boolean> {
  const post = await read(deps, request, postId);
  const next = post && replacePart(post, draft, request.locale);
  return next !== null && edit(deps, request, { postId, draft: next });
}

/**
 * The post as it stands. A Mattermost with read replicas may answer with an older state, and writing on that would drop a message.
 * Error: `mattermost_unavailable`, for it to be read again later.
 */
async function read(deps: DeliverDeps, { item }: DeliverRequest, postId: string): Promise<StandingPost | null> {
  const known = await deps.deliveries.foldedInto(postId);
  const post = await deps.mattermost.getPost(postId);
  if (post === null || item.attempts >= MOST_STALE_READS) return post;
  const shown = new Set(partsOf(post).map(({ messageId }) => messageId));
  if (known.some((messageId) => !shown.has(messageId)))
    throw new AppError('mattermost_unavailable', 'Mattermost shows an older state of a post.');
  return post;
}
