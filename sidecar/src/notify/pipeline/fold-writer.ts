import { AppError } from '../../core/errors.ts';
import type { ExistingPost } from '../../core/ports/bot.ts';
import type { Delivery } from '../../core/ports/deliveries.ts';
import { SECOND } from '../../core/time.ts';
import type { PostDraft } from '../../core/types.ts';
import { appendPart, isFoldable, partsOf, replacePart } from '../post/fold.ts';
import type { DeliverRequest, PostWriterPorts } from './ports.ts';
import { confirm, deliveryKey, edit } from './post-writer.ts';

/** How long after it was made further messages of the chat are added to a post. */
const OPEN_MS = 30 * SECOND;
/** After that many attempts the post is believed as Mattermost returns it. */
const MOST_STALE_READS = 5;

/** The post to which a message is added, or null for a post of its own. */
export function foldTarget({ queue, folds }: DeliverRequest, draft: PostDraft, now: number): string | null {
  if (!folds || queue.openPost === null || now - queue.openPost.since > OPEN_MS) return null;
  return isFoldable(draft) ? queue.openPost.postId : null;
}

/**
 * Adds the message to the post of an earlier one, once: the post itself tells whether it contains the message already. False when the post
 * was deleted or is full; then the message gets a post of its own.
 *
 * Reading and writing a post could undo what another worker wrote in between. So only the holder of a chat queue that was given back in
 * order adds to its open post (see `claim` in store/queue): a request that is still under way from an earlier holder can then only be the
 * one for this same message.
 *
 * @throws {AppError} lease_lost, mattermost_*
 */
export async function foldInto(
  ports: PostWriterPorts,
  request: DeliverRequest,
  { delivery, draft, postId }: { delivery: Delivery; draft: PostDraft; postId: string },
): Promise<boolean> {
  const { queue, key, locale } = request;
  const post = await read(ports, request, postId);
  const isIn = post !== null && partsOf(post).some((part) => part.delivery === deliveryKey(delivery));
  const next = post && (isIn ? replacePart : appendPart)(post, draft, locale);
  if (next === null || !(await edit(ports, request, { postId, draft: next }))) {
    await ports.deliveries.unfold(queue, key);
    return false;
  }
  await confirm(ports, request, { state: 'posted', postId, isNew: true, openPost: queue.openPost });
  return true;
}

/**
 * Writes the newest text of a message into the post that shows it, without changing other messages in it. False when the post was deleted.
 *
 * @throws {AppError} lease_lost, mattermost_*
 */
export async function rewrite(
  ports: PostWriterPorts,
  request: DeliverRequest,
  { postId, draft }: { postId: string; draft: PostDraft },
): Promise<boolean> {
  const post = await read(ports, request, postId);
  const next = post && replacePart(post, draft, request.locale);
  return next !== null && edit(ports, request, { postId, draft: next });
}

/**
 * The post as it is now. A Mattermost with read replicas may return an older state, and writing on that would drop a message: then the
 * read is tried again later.
 *
 * @throws {AppError} mattermost_unavailable for an older state
 */
async function read(ports: PostWriterPorts, { item }: DeliverRequest, postId: string): Promise<ExistingPost | null> {
  const known = await ports.deliveries.foldedInto(postId);
  const post = await ports.mattermost.getPost(postId);
  if (post === null || item.attempts >= MOST_STALE_READS) return post;
  const shown = new Set(partsOf(post).map(({ messageId }) => messageId));
  if (known.some((messageId) => !shown.has(messageId)))
    throw new AppError('mattermost_unavailable', 'Mattermost shows an older state of a post.');
  return post;
}
