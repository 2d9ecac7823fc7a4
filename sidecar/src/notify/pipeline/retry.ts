import { nextAttempt } from '../../core/backoff.ts';
import { toAppError } from '../../core/errors.ts';
import { ownerKey } from '../../core/owner.ts';
import type { ChatQueue, QueueItem } from '../../core/ports/queue.ts';
import type { ProcessChatPorts } from './process-chat.ts';

/** What to do about a failure; true when the chat queue goes on with the next item. */
export async function recover(
  deps: ProcessChatPorts,
  failed: { queue: ChatQueue; item: QueueItem; error: unknown },
): Promise<boolean> {
  const { queue, item } = failed;
  const error = toAppError(failed.error);
  // A request for the open post may still be under way.
  queue.openPost = null;
  if (error.code === 'lease_lost') {
    deps.log.info({ fencingToken: queue.fencingToken }, 'Another worker has taken over a chat.');
    return false;
  }
  const now = deps.clock.now();
  const attempts = item.attempts + 1;
  const { code, retryAfterMs } = error;
  const wait = nextAttempt({ code, attempts, ageMs: now - item.receivedAt, retryAfterMs, random: deps.random() });
  const fields = {
    code,
    attempts,
    connectionId: ownerKey(queue.owner),
    error: error.message,
    remedy: error.remedy,
    ...error.fields,
  };
  if (queue.owner.kind === 'connection') await deps.recordError(queue.owner.id, code, now);
  if (wait === null) {
    await deps.inbox.moveToDeadLetters({ queue, itemId: item.id, reason: code, attempts, now });
    deps.metrics.delivery('dead');
    deps.log.error(fields, 'A notification was given up; it can be replayed.');
    return true;
  }
  await deps.inbox.retry({ queue, itemId: item.id, runAt: now + wait, code, attempts });
  deps.metrics.delivery('retried');
  deps.log.warn({ ...fields, waitMs: wait }, 'A notification could not be delivered yet; it will be tried again.');
  return false;
}
