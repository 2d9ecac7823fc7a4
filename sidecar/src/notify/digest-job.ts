import { createHash } from 'node:crypto';
import { backoffMs } from '../core/backoff.ts';
import type { Sealer } from '../core/encryption.ts';
import { AppError, RETRY, toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Posts } from '../core/ports/bot.ts';
import type { Digest, Digests, Notice } from '../core/ports/digests.ts';
import { noticeContext } from '../core/ports/digests.ts';
import type { Clock } from '../core/time.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import type { Connection, User } from '../core/types.ts';
import { composeDigest, type ListedNotice } from './digest-post.ts';

export interface DigestDeps {
  digests: Pick<Digests, 'claim' | 'retry' | 'close'>;
  connection(id: string): Promise<Connection | null>;
  user(userId: string): Promise<User>;
  mattermost: Pick<Posts, 'directChannel' | 'createPost' | 'findPost' | 'deletePost'>;
  sealer: Pick<Sealer, 'open'>;
  clock: Clock;
  /** In [0, 1). */
  random(): number;
  log: Log;
}

const LEASE_MS = MINUTE;
/** Digests posted at once: at eight in the morning everybody's come due together. */
const PARALLEL = 20;
const FIRST_WAIT = 2 * SECOND;
const LONGEST_WAIT = 10 * MINUTE;

/**
 * One round: posts the digests that are due, as many as fit, each exactly once per installation. `more` when others may be due. A digest
 * that cannot be posted is logged and comes due again.
 */
export async function runDigests(deps: DigestDeps, signal: AbortSignal): Promise<'more' | 'done'> {
  const digests = await deps.digests.claim({ now: deps.clock.now(), leaseMs: LEASE_MS, limit: PARALLEL });
  await Promise.all(digests.map((digest) => runDigest(deps, digest, signal)));
  return digests.length === PARALLEL ? 'more' : 'done';
}

async function runDigest(deps: DigestDeps, digest: Digest, signal: AbortSignal): Promise<void> {
  const heldUntil = deps.clock.now() + LEASE_MS;
  try {
    if (signal.aborted) return await deps.digests.retry(digest, deps.clock.now());
    await postDigest(deps, digest, () => deps.clock.now() < heldUntil);
  } catch (error) {
    const { code, message, retryAfterMs } = toAppError(error);
    if (code === 'lease_lost') return;
    if (RETRY[code] === 'never') {
      deps.log.error({ code, error: message, connectionId: digest.connectionId }, 'A digest was given up.');
      return close(deps, digest, null);
    }
    const wait = backoffMs({
      attempts: digest.fencingToken,
      firstMs: FIRST_WAIT,
      mostMs: LONGEST_WAIT,
      retryAfterMs,
      random: deps.random(),
    });
    const fields = { code, error: message, connectionId: digest.connectionId, waitMs: wait };
    deps.log.warn(fields, 'A digest could not be posted yet; it will be tried again.');
    await deps.digests.retry(digest, deps.clock.now() + wait);
  }
}

/**
 * As for a single message: the intent is stored before the request, and whoever finds an intent that was tried before looks into the
 * channel first (contracts: exactly-once recipe).
 */
async function postDigest(deps: DigestDeps, digest: Digest, isHeld: () => boolean): Promise<void> {
  const reader = await readerOf(deps, digest);
  if (reader === null || digest.items.length === 0) return close(deps, digest, null);
  const { mattermost } = deps;
  const channelId = await mattermost.directChannel(reader.id);
  const deliveryKey = digestKey(digest);
  const find = async () => (await mattermost.findPost({ channelId, deliveryKey, since: digest.intentAt }))?.postId;
  const isFresh = digest.fencingToken === 1;
  const found = isFresh ? undefined : await find();
  if (found !== undefined) return close(deps, digest, found);
  const draft = composeDigest(noticesOf(deps, digest), reader.locale);
  if (!isHeld()) throw new AppError('lease_lost', 'The lease on a digest ran out before the request was sent.');
  const props = { ...draft.props, msteams_delivery: deliveryKey };
  const ours = await mattermost.createPost({
    channelId,
    pendingPostId: digest.pendingPostId,
    draft: { ...draft, props },
  });
  const keepOldest = async () => {
    const oldest = (await find()) ?? ours.postId;
    if (oldest !== ours.postId) await mattermost.deletePost(ours.postId);
    return oldest;
  };
  const postId = isFresh ? ours.postId : await keepOldest();
  try {
    await close(deps, digest, postId);
  } catch (error) {
    if (toAppError(error).code === 'lease_lost') await keepOldest();
    throw error;
  }
}

function close(deps: DigestDeps, digest: Digest, postId: string | null): Promise<void> {
  return deps.digests.close(digest, { postId, now: deps.clock.now() });
}

/** Null when the digest is not wanted any more: disconnected, deactivated, or notifications off. */
async function readerOf(deps: DigestDeps, { connectionId }: Digest): Promise<User | null> {
  const connection = await deps.connection(connectionId);
  if (!connection?.preferences.enabled) return null;
  const user = await deps.user(connection.userId);
  return user.deactivated ? null : user;
}

function noticesOf({ sealer }: DigestDeps, { userId, items }: Digest): ListedNotice[] {
  return items.map(({ tid, chatId, messageId, notice }) => {
    const text = sealer.open(notice, noticeContext({ userId, tid, chatId, messageId }));
    return { ...(JSON.parse(text) as Notice), chatId };
  });
}

function digestKey({ id }: Digest): string {
  return createHash('sha256').update(`digest\n${id}`).digest('base64url');
}
