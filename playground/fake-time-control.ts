import { setTimeout as realSleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Activity } from './fake-time.ts';
import { advance, msToNextTimer, offsetMs } from './fake-time.ts';
import { freePort } from './sidecar-process.ts';

const PRELOAD = fileURLToPath(new URL('./fake-time.ts', import.meta.url));
/** Steps of `glide`. Microsoft's limits count by the second. */
const SMALL_STEP_MS = 100;
const LARGE_STEP_MS = 1_000;
/** Some requests, such as a WebSocket upgrade, may never be answered. */
const MAX_CHECKS = 1_000;

/**
 * Moves the time of this process and of one sidecar together. This process must have been started with `--import` of `fake-time.ts`;
 * the sidecar is, when the environment was opened with this as its option `fakeTime`.
 */
export interface FakeTime {
  /** Arguments for Node and settings with which a process takes part. */
  nodeArguments: string[];
  env(): Record<string, string>;
  /** Moves both processes forward by `ms`, then gives them `pauseMs` of real time to act. */
  move(ms: number, pauseMs?: number): Promise<void>;
  /**
   * Moves forward by `ms` from timer to timer, in small steps while timers are close together, so that requests which the sidecar
   * spreads over time stay spread.
   */
  glide(ms: number, pauseMs?: number): Promise<void>;
}

/** Waits real milliseconds, which no move shortens. */
export function waitReally(ms: number): Promise<void> {
  return realSleep(ms);
}

export async function createFakeTime(): Promise<FakeTime> {
  const port = String(await freePort());
  const address = `http://127.0.0.1:${port}/`;
  async function move(ms: number, pauseMs = 20): Promise<void> {
    advance(ms);
    await fetch(address, { method: 'POST', body: JSON.stringify({ ms }) });
    await realSleep(pauseMs);
  }
  return {
    nodeArguments: ['--import', PRELOAD],
    env: () => ({ FAKE_TIME_PORT: port, FAKE_TIME_OFFSET_MS: String(offsetMs()) }),
    move,
    glide: async (ms, pauseMs) => {
      for (let passed = 0, step = 0, started = 0; passed < ms; passed += step) {
        const activity = await untilIdle(address, started);
        started = activity.started;
        const next = Math.min(activity.msToNextTimer ?? LARGE_STEP_MS, msToNextTimer());
        step = Math.min(Math.max(next, SMALL_STEP_MS), LARGE_STEP_MS, ms - passed);
        await move(step, pauseMs);
      }
    },
  };
}

/**
 * Waits until the other process has no request without an answer and has started none since the last check, so that no request ages
 * on its way. `started` is the count of the last call.
 */
async function untilIdle(address: string, started: number): Promise<Activity> {
  for (let checks = 0, known = started; ; checks += 1) {
    const activity = (await (await fetch(address)).json()) as Activity;
    if ((activity.pending === 0 && activity.started === known) || checks === MAX_CHECKS) return activity;
    known = activity.started;
    await realSleep(10);
  }
}
