import { toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Deliveries } from '../../core/ports/deliveries.ts';
import type { Leases } from '../../core/ports/leases.ts';
import type { DeadLetters, Inbox } from '../../core/ports/queue.ts';
import type { SignIns } from '../../core/ports/sign-ins.ts';
import type { Clock } from '../../core/time.ts';
import { DAY, HOUR, MINUTE } from '../../core/time.ts';

export interface SweepDeps {
  leases: Pick<Leases, 'acquire'>;
  inbox: Pick<Inbox, 'purgeIdle'>;
  deliveries: Pick<Deliveries, 'purge'>;
  deadLetters: Pick<DeadLetters, 'purge'>;
  signIns: Pick<SignIns, 'purge'>;
  holder: string;
  clock: Clock;
  log: Log;
}

/** How long ids are kept. Deliveries far outlive the four hours for which Microsoft repeats a notification. */
const KEEP = { idleChatQueues: DAY, deliveries: 30 * DAY, deadLetters: 30 * DAY };

/** Forgets what is old, once an hour and once per cluster, until the signal aborts. */
export async function runSweep(deps: SweepDeps, signal: AbortSignal): Promise<void> {
  const { clock, holder, log } = deps;
  while (!signal.aborted) {
    try {
      // The lease is never given back: as long as it runs, nobody sweeps again.
      const lease = await deps.leases.acquire({ name: 'sweep', holder, now: clock.now(), ms: HOUR - MINUTE });
      if (lease) await sweep(deps);
    } catch (error) {
      const { code, message } = toAppError(error);
      log.warn({ code, error: message }, 'Old rows could not be removed; the next round tries again.');
    }
    await clock.sleep(HOUR, signal);
  }
}

async function sweep({ inbox, deliveries, deadLetters, signIns, clock }: SweepDeps): Promise<void> {
  const now = clock.now();
  await inbox.purgeIdle(now - KEEP.idleChatQueues);
  await deliveries.purge(now - KEEP.deliveries);
  await deadLetters.purge(now - KEEP.deadLetters);
  await signIns.purge(now);
}
