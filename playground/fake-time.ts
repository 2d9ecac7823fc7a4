import diagnostics from 'node:diagnostics_channel';
import { createServer } from 'node:http';

/**
 * Makes the time of a whole process movable, without the process knowing: load it first, with `node --import`. Dates and timers then
 * run ahead of the real time by every advance; what falls due on the way runs in order. Timeouts of requests
 * (`AbortSignal.timeout`) and of the HTTP server stay real, so that a jump breaks no request. With `MOVED_TIME_PORT` set, another
 * process moves it: `POST /` with `{"ms": …}` on that port of the loopback interface; `GET /` answers with its `Activity`.
 */

type Callback = (...values: unknown[]) => void;

interface Timer {
  at: number;
  /** Null for a timer that runs once. */
  every: number | null;
  run(): void;
}

const real = { Date: globalThis.Date, setTimeout, clearTimeout, setInterval, clearInterval };
const LONGEST = 2_147_483_647;
const timers = new Map<NodeJS.Timeout, Timer>();
/** A process that starts later begins where the others are: `MOVED_TIME_BY` is how far they have moved, in milliseconds. */
let offset = Number(process.env.MOVED_TIME_BY ?? 0);

function now(): number {
  return real.Date.now() + offset;
}

/** How far this process's time is ahead of the real one, in milliseconds. */
export function movedBy(): number {
  return offset;
}

/** Milliseconds until the next timer of this process falls due; 0 when one is due already, infinite without any. */
export function msToNextTimer(): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { at } of timers.values()) next = Math.min(next, at);
  return Math.max(0, next - now());
}

/** What goes on in a process: requests without an answer yet, and when the next timer falls due. */
export interface Activity {
  requests: number;
  /** Requests since the start, to see whether there were new ones. */
  begun: number;
  msToNextTimer: number;
}

const requests = new Set<unknown>();
let begun = 0;
diagnostics.subscribe('undici:request:create', (message) => {
  const { request } = message as { request: { upgrade?: unknown } };
  if (request.upgrade) return;
  requests.add(request);
  begun += 1;
});
for (const event of ['headers', 'error']) {
  diagnostics.subscribe(`undici:request:${event}`, (message) => {
    requests.delete((message as { request: unknown }).request);
  });
}

/** Moves this process's time forward. Whoever calls it gives the process room to act before the next move. */
export function advance(ms: number): void {
  const target = now() + ms;
  const due = [...timers].filter(([, { at }]) => at <= target).sort(([, a], [, b]) => a.at - b.at);
  offset += ms;
  for (const [handle, timer] of due) {
    if (!timers.has(handle)) continue;
    if (timer.every === null) {
      real.clearTimeout(handle);
      timers.delete(handle);
    } else timer.at = target + timer.every;
    timer.run();
  }
}

class MovedDate extends real.Date {
  constructor(...values: unknown[]) {
    if (values.length === 0) super(now());
    else super(...(values as [number]));
  }
  static override now(): number {
    return now();
  }
}

function movedTimeout(callback: Callback, ms = 0, ...values: unknown[]): NodeJS.Timeout {
  const wait = Math.min(Math.max(Number(ms) || 0, 0), LONGEST);
  const run = () => {
    timers.delete(handle);
    callback(...values);
  };
  const handle = real.setTimeout(run, wait);
  return keep(handle, { at: now() + wait, every: null, run: () => callback(...values) }, wait);
}

function movedInterval(callback: Callback, ms = 0, ...values: unknown[]): NodeJS.Timeout {
  const every = Math.min(Math.max(Number(ms) || 0, 1), LONGEST);
  const handle = real.setInterval(() => {
    const timer = timers.get(handle);
    if (timer) timer.at = now() + every;
    callback(...values);
  }, every);
  return keep(handle, { at: now() + every, every, run: () => callback(...values) }, every);
}

/** A timer that is refreshed starts anew, also one that has run. */
function keep(handle: NodeJS.Timeout, timer: Timer, wait: number): NodeJS.Timeout {
  timers.set(handle, timer);
  const refresh = handle.refresh.bind(handle);
  handle.refresh = () => {
    timers.set(handle, { ...timer, at: now() + wait });
    return refresh();
  };
  return handle;
}

function forget(clear: (handle: NodeJS.Timeout) => void) {
  return (handle: NodeJS.Timeout | string | number | undefined) => {
    if (typeof handle !== 'object') return;
    timers.delete(handle);
    clear(handle);
  };
}

Object.assign(globalThis, {
  Date: MovedDate,
  setTimeout: Object.assign(movedTimeout, real.setTimeout),
  setInterval: movedInterval,
  clearTimeout: forget(real.clearTimeout),
  clearInterval: forget(real.clearInterval),
});

const port = Number(process.env.MOVED_TIME_PORT ?? 0);
if (port > 0) {
  createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      if (request.method === 'POST') advance(Number((JSON.parse(body) as { ms: number }).ms));
      const activity: Activity = { requests: requests.size, begun, msToNextTimer: msToNextTimer() };
      response.end(JSON.stringify(activity));
    });
  })
    .listen(port, '127.0.0.1')
    .unref();
}
