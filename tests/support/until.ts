import { setTimeout as sleep } from 'node:timers/promises';

const TIMEOUT_MS = 120_000;
/** First every turn of the event loop, for what needs no I/O; then at an interval that costs servers nothing. */
const QUICK_CHECKS = 50;
const INTERVAL_MS = 20;

/**
 * Waits until the condition holds. `what` names it in the error, `seen` adds what there was instead.
 * @throws {Error} not within two minutes
 */
export async function until(
  condition: () => boolean | Promise<boolean>,
  what: string = condition.toString(),
  seen: () => unknown = () => '',
): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS;
  for (let checks = 0; !(await condition()); checks += 1) {
    if (performance.now() > deadline) throw new Error(`It did not happen in time: ${what}\n${String(await seen())}`);
    await (checks < QUICK_CHECKS ? new Promise((resolve) => setImmediate(resolve)) : sleep(INTERVAL_MS));
  }
}
