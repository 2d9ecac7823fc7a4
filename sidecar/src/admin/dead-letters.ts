import type { DeadLetters } from '../core/ports/queue.ts';
import type { Clock } from '../core/time.ts';

export interface DeadLetterPorts {
  deadLetters: Pick<DeadLetters, 'list' | 'replay'>;
  /** Wakes the worker of the queue. */
  wake(): void;
  clock: Pick<Clock, 'now'>;
}

/** How many dead letters are shown and replayed at once. */
const LIMIT = 100;

/** Dead letters for the System Console: which there are, without their content, and queuing them again. */
export function createDeadLetterActions({ deadLetters, wake, clock }: DeadLetterPorts) {
  return {
    list: async () =>
      (await deadLetters.list(LIMIT)).map(({ id, diedAt, reason, attempts }) => ({ id, diedAt, reason, attempts })),
    /** Queues all that are shown again. Resolves to how many there were. */
    replay: async () => {
      let count = 0;
      for (const { id } of await deadLetters.list(LIMIT)) {
        if (await deadLetters.replay(id, clock.now())) count += 1;
      }
      if (count > 0) wake();
      return count;
    },
  };
}
