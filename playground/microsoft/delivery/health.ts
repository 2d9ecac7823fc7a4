/** How an endpoint is treated: `slow` delays new notifications, `drop` loses them. */
export type EndpointState = 'normal' | 'slow' | 'drop';

const WINDOW = 10 * 60_000;
const SLOW_RESPONSE = 3_000;
const VERY_SLOW_RESPONSE = 10_000;

/** Judges one endpoint by the responses of the last ten minutes. */
export interface Health {
  record(milliseconds: number, now: number): void;
  state(now: number): EndpointState;
}

/** `evaluateAfter` responses are needed before anything is judged. */
export function createHealth(evaluateAfter: number): Health {
  let responses: { at: number; milliseconds: number }[] = [];
  let current: { state: EndpointState; until: number } = { state: 'normal', until: 0 };
  return {
    state: (now) => (now < current.until ? current.state : 'normal'),
    record: (milliseconds, now) => {
      responses.push({ at: now, milliseconds });
      if ((responses[0]?.at ?? now) <= now - WINDOW) responses = responses.filter(({ at }) => at > now - WINDOW);
      // Judging each of thousands of quick responses would cost more than sending them.
      if (responses.length < evaluateAfter || milliseconds < SLOW_RESPONSE) return;
      const share = (limit: number) =>
        responses.filter((response) => response.milliseconds >= limit).length / responses.length;
      if (share(VERY_SLOW_RESPONSE) > 0.15) current = { state: 'drop', until: now + WINDOW };
      else if (share(SLOW_RESPONSE) > 0.1 && now >= current.until) current = { state: 'slow', until: now + WINDOW };
    },
  };
}
