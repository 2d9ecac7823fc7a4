import diagnostics from 'node:diagnostics_channel';
import { createServer } from 'node:http';

/**
 * Makes the time of a whole process movable without a change to its code: load this module first, with `node --import`. Dates and
 * timers then run ahead of the real time by the sum of all advances; timers that fall due during one run in order. Timeouts of
 * requests (`AbortSignal.timeout`) and of the HTTP server stay real, so that a jump breaks no request. With `FAKE_TIME_PORT` set,
 * another process moves it: `POST /` with `{"ms": …}` on that port of the loopback interface; `GET /` answers with its `Activity`.
 *
 * Not @sinonjs/fake-timers, which the tests use: its clock stands still between ticks and its timers do not hold the event loop, so a
 * process on it needs a driver for the real time and would end too early or never.
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
/** Milliseconds ahead of the real time. A process that starts later gets the offset of the others as `FAKE_TIME_OFFSET_MS`. */
let offset = Number(process.env.FAKE_TIME_OFFSET_MS ?? 0);

function now(): number {
  return real.Date.now() + offset;
}

/** Milliseconds by which this process's time is ahead of the real time. */
export function offsetMs(): number {
  return offset;
}

/** Milliseconds until the next timer of this process falls due; 0 when one is due already, `Infinity` without any. */
export function msToNextTimer(): number {
  let next = Number.POSITIVE_INFINITY;
  for (const { at } of timers.values()) next = Math.min(next, at);
  return Math.max(0, next - now());
}

/** What a process is waiting for. */
export interface Activity {
  /** Requests without an answer yet. */
  pending: number;
  /** Requests since the process started, to see whether there were new ones. */
  started: number;
  /** Null without a timer: JSON has no infinity. */
  msToNextTimer: number | null;
}

const pending = new Set<unknown>();
let started = 0;
diagnostics.subscribe('undici:request:create', (message) => {
  const { request } = message as { request: { upgrade?: unknown } };
  if (request.upgrade) return;
  pending.add(request);
  started += 1;
});
for (const event of ['headers', 'error']) {
  diagnostics.subscribe(`undici:request:${event}`, (message) => {
    pending.delete((message as { request: unknown }).request);
  });
}

/** Moves this process's time forward. The caller leaves the process real time to act before the next call. */
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

class FakeDate extends real.Date {
  constructor(...values: unknown[]) {
    if (values.length === 0) super(now());
    else super(...(values as [number]));
  }
  static override now(): number {
    return now();
  }
}

function fakeSetTimeout(callback: Callback, ms = 0, ...values: unknown[]): NodeJS.Timeout {
  const wait = Math.min(Math.max(Number(ms) || 0, 0), LONGEST);
  const run = () => {
    timers.delete(handle);
    callback(...values);
  };
  const handle = real.setTimeout(run, wait);
  return keep(handle, { at: now() + wait, every: null, run: () => callback(...values) }, wait);
}

function fakeSetInterval(callback: Callback, ms = 0, ...values: unknown[]): NodeJS.Timeout {
  const every = Math.min(Math.max(Number(ms) || 0, 1), LONGEST);
  const handle = real.setInterval(() => {
    const timer = timers.get(handle);
    if (timer) timer.at = now() + every;
    callback(...values);
  }, every);
  return keep(handle, { at: now() + every, every, run: () => callback(...values) }, every);
}

/** `refresh` starts a timer again, also one that has run. */
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
  Date: FakeDate,
  setTimeout: Object.assign(fakeSetTimeout, real.setTimeout),
  setInterval: fakeSetInterval,
  clearTimeout: forget(real.clearTimeout),
  clearInterval: forget(real.clearInterval),
});

const port = Number(process.env.FAKE_TIME_PORT ?? 0);
if (port > 0) {
  createServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      if (request.method === 'POST') advance(Number((JSON.parse(body) as { ms: number }).ms));
      const activity: Activity = { pending: pending.size, started, msToNextTimer: msToNextTimer() };
      response.end(JSON.stringify(activity));
    });
  })
    .listen(port, '127.0.0.1')
    .unref();
}
