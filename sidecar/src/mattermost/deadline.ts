import { AppError } from '../core/errors.ts';
import type { Clock } from '../core/time.ts';

/** The work's result, or `overloaded` when it takes longer than `ms`. The work goes on; only the answer does not wait for it. */
export async function withDeadline<Result>(work: Promise<Result>, ms: number, clock: Clock): Promise<Result> {
  const done = new AbortController();
  const late = clock.sleep(ms, done.signal).then((): never => {
    throw new AppError('overloaded', 'An answer to Mattermost took too long.');
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    late.catch(() => {});
    work.catch(() => {});
    done.abort();
  }
}
