import { nextAttempt } from '../../core/backoff.ts';
import { toAppError } from '../../core/errors.ts';
import type { Lane, QueuedItem } from '../../core/ports/deliveries.ts';
import type { LaneDeps } from './process-chat.ts';

/** What to do about a failure; true when the lane goes on with the next item. */
export async function recover(
  deps: LaneDeps,
  failed: { lane: Lane; item: QueuedItem; error: unknown },
): Promise<boolean> {
  const { lane, item } = failed;
  const error = toAppError(failed.error);
  // A request for the open post may still be under way.
  lane.openPost = null;
  if (error.code === 'lease_lost') {
    deps.log.info({ fence: lane.fence }, 'Another worker has taken over a chat.');
    return false;
  }
  const now = deps.clock.now();
  const attempts = item.attempts + 1;
  const { code, retryAfterMs } = error;
  const wait = nextAttempt({ code, attempts, ageMs: now - item.receivedAt, retryAfterMs, random: deps.random() });
  const fields = {
    code,
    attempts,
    connectionId: lane.connectionId,
    error: error.message,
    remedy: error.remedy,
    ...error.fields,
  };
  await deps.recordError(lane.connectionId, code, now);
  if (wait === null) {
    await deps.inbox.bury({ lane, itemId: item.id, reason: code, attempts, now });
    deps.metrics.delivery('dead');
    deps.log.error(fields, 'A notification was given up; it can be replayed.');
    return true;
  }
  await deps.inbox.retry({ lane, itemId: item.id, runAt: now + wait, code, attempts });
  deps.metrics.delivery('retried');
  deps.log.warn({ ...fields, waitMs: wait }, 'A notification could not be delivered yet; it will be tried again.');
  return false;
}
