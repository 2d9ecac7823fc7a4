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

/** What posting digests uses of the rest of the sidecar. */
export interface DigestPorts {
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
/** Digests posted at once: those of many users are due at the same time, such as eight in the morning. */
const PARALLEL = 20;
const FIRST_WAIT = 2 * SECOND;
const LONGEST_WAIT = 10 * MINUTE;

/**
 * One round: posts the digests that are due, as many as fit, each exactly once per installation. `more` when others may be due. A digest
 * that cannot be posted is logged and comes due again.
 */
export async function runDigests(ports: DigestPorts, signal: AbortSignal): Promise<'more' | 'done'> {
  const digests = await ports.digests.claim({ now: ports.clock.now(), leaseMs: LEASE_MS, limit: PARALLEL });
  await Promise.all(digests.map((digest) => runDigest(ports, digest, signal)));
  return digests.length === PARALLEL ? 'more' : 'done';
}

async function runDigest(ports: DigestPorts, digest: Digest, signal: AbortSignal): Promise<void> {
  const heldUntil = ports.clock.now() + LEASE_MS;
  try {
    if (signal.aborted) return await ports.digests.retry(digest, ports.clock.now());
    await postDigest(ports, digest, () => ports.clock.now() < heldUntil);
  } catch (error) {
    const { code, message, retryAfterMs } = toAppError(error);
    if (code === 'lease_lost') return;
    if (RETRY[code] === 'never') {
      ports.log.error({ code, error: message, connectionId: digest.connectionId }, 'A digest was given up.');
      return close(ports, digest, null);
    }
    const wait = backoffMs({
      attempts: digest.fencingToken,
      firstMs: FIRST_WAIT,
      mostMs: LONGEST_WAIT,
      retryAfterMs,
      random: ports.random(),
    });
    const fields = { code, error: message, connectionId: digest.connectionId, waitMs: wait };
    ports.log.warn(fields, 'A digest could not be posted yet; it will be tried again.');
    await ports.digests.retry(digest, ports.clock.now() + wait);
  }
}

/**
 * As for a single message (see `deliver`): the intent is stored before the request, and an intent that was tried before means that the
 * channel is searched first.
 */
async function postDigest(ports: DigestPorts, digest: Digest, isHeld: () => boolean): Promise<void> {
  const reader = await readerOf(ports, digest);
  if (reader === null || digest.items.length === 0) return close(ports, digest, null);
  const { mattermost } = ports;
  const channelId = await mattermost.directChannel(reader.id);
  const deliveryKey = digestKey(digest);
  const find = async () => (await mattermost.findPost({ channelId, deliveryKey, since: digest.intentAt }))?.postId;
  const isFresh = digest.fencingToken === 1;
  const found = isFresh ? undefined : await find();
  if (found !== undefined) return close(ports, digest, found);
  const draft = composeDigest(noticesOf(ports, digest), reader.locale);
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
    await close(ports, digest, postId);
  } catch (error) {
    if (toAppError(error).code === 'lease_lost') await keepOldest();
    throw error;
  }
}

function close(ports: DigestPorts, digest: Digest, postId: string | null): Promise<void> {
  return ports.digests.close(digest, { postId, now: ports.clock.now() });
}

/** Null when the digest is not wanted any more: the user is disconnected or deactivated, or has switched notifications off. */
async function readerOf(ports: DigestPorts, { connectionId }: Digest): Promise<User | null> {
  const connection = await ports.connection(connectionId);
  if (!connection?.preferences.enabled) return null;
  const user = await ports.user(connection.userId);
  return user.deactivated ? null : user;
}

function noticesOf({ sealer }: DigestPorts, { userId, items }: Digest): ListedNotice[] {
  return items.map(({ tid, chatId, messageId, notice }) => {
    const text = sealer.open(notice, noticeContext({ userId, tid, chatId, messageId }));
    return { ...(JSON.parse(text) as Notice), chatId };
  });
}

function digestKey({ id }: Digest): string {
  return createHash('sha256').update(`digest\n${id}`).digest('base64url');
}
