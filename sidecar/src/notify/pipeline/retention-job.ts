import type { Deliveries } from '../../core/ports/deliveries.ts';
import type { DeadLetters, Inbox } from '../../core/ports/queue.ts';
import type { SignIns } from '../../core/ports/sign-ins.ts';
import type { Clock } from '../../core/time.ts';
import { DAY } from '../../core/time.ts';

/** The tables with retention times. */
export interface RetentionPorts {
  inbox: Pick<Inbox, 'purgeIdle'>;
  deliveries: Pick<Deliveries, 'purge'>;
  deadLetters: Pick<DeadLetters, 'purge'>;
  signIns: Pick<SignIns, 'purge'>;
}

/** How long rows are kept. Deliveries are kept far longer than the four hours for which Microsoft retries a notification. */
const KEEP = { idleChatQueues: DAY, deliveries: 30 * DAY, deadLetters: 30 * DAY };

/** Deletes rows that are past their retention time. */
export async function runRetention(
  { inbox, deliveries, deadLetters, signIns }: RetentionPorts,
  clock: Pick<Clock, 'now'>,
): Promise<void> {
  const now = clock.now();
  await inbox.purgeIdle(now - KEEP.idleChatQueues);
  await deliveries.purge(now - KEEP.deliveries);
  await deadLetters.purge(now - KEEP.deadLetters);
  await signIns.purge(now);
}
