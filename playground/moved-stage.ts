import { setTimeout as realSleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Environment, EnvironmentOptions } from './environment.ts';
import { openEnvironment } from './environment.ts';
import type { Activity } from './fake-time.ts';
import { advance, movedBy, msToNextTimer } from './fake-time.ts';
import type { SidecarProcess } from './sidecar-process.ts';
import { freePort } from './sidecar-process.ts';

const PRELOAD = fileURLToPath(new URL('./fake-time.ts', import.meta.url));

/** Of `glide`, in milliseconds. Microsoft counts by the second. */
const SMALL_STEP = 100;
const LARGE_STEP = 1_000;
/** Some requests take as long as they like. */
const MOST_LOOKS = 1_000;

/** The playground and a sidecar, whose times move together. Only for a process that was started with `--import` of moved-time.ts. */
export interface MovedStage {
  environment: Environment;
  sidecar: SidecarProcess;
  /** Moves everybody's time forward, then gives everybody some real milliseconds to act. */
  move(ms: number, pauseMs?: number): Promise<void>;
  /**
   * Moves on from timer to timer for so long: in steps so small that what is spread stays spread while something is going on, and
   * larger ones while everybody waits.
   */
  glide(ms: number, pauseMs?: number): Promise<void>;
  /** Starts the sidecar anew. */
  restart(env?: Record<string, string>): Promise<void>;
  /** The value of one metric of the sidecar, added up over the labels that are not named. */
  counted(name: string, label?: string): Promise<number>;
  close(): Promise<void>;
}

/** Real milliseconds, which no move shortens. */
export function reallyWait(ms: number): Promise<void> {
  return realSleep(ms);
}

/**
 * Gives the requests of a process a moment to be answered, and those that follow from the answers, so that they do not age on their way.
 * `begun` is the count of the last time.
 */
async function untilQuiet(address: string, begun: number): Promise<Activity> {
  for (let look = 0, known = begun; ; look += 1) {
    const activity = (await (await fetch(address)).json()) as Activity;
    if ((activity.requests === 0 && activity.begun === known) || look === MOST_LOOKS) return activity;
    known = activity.begun;
    await realSleep(10);
  }
}

/** Starts everything. */
export async function openMovedStage(options: EnvironmentOptions = {}): Promise<MovedStage> {
  const environment = await openEnvironment(options);
  const port = String(await freePort());
  const address = `http://127.0.0.1:${port}/`;
  const start = (env: Record<string, string> = {}) =>
    environment.startSidecar({
      env: { MOVED_TIME_PORT: port, MOVED_TIME_BY: String(movedBy()), ...env },
      nodeArguments: ['--import', PRELOAD],
    });
  const moved: MovedStage = {
    environment,
    sidecar: await start(),
    async move(ms, pauseMs = 20) {
      advance(ms);
      await fetch(address, { method: 'POST', body: JSON.stringify({ ms }) });
      await realSleep(pauseMs);
    },
    async glide(ms, pauseMs) {
      for (let passed = 0, step = 0, begun = 0; passed < ms; passed += step) {
        const activity = await untilQuiet(address, begun);
        begun = activity.begun;
        const next = Math.min(activity.msToNextTimer ?? LARGE_STEP, msToNextTimer());
        step = Math.min(Math.max(next, SMALL_STEP), LARGE_STEP, ms - passed);
        await moved.move(step, pauseMs);
      }
    },
    async restart(env) {
      await moved.sidecar.stop();
      moved.sidecar = await start(env);
    },
    async counted(name, label = '') {
      const text = await (await fetch(`${moved.sidecar.url}/metrics`)).text();
      const lines = text
        .split('\n')
        .filter((line) => line.startsWith(`msteams_connect_${name}`) && line.includes(label));
      return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
    },
    close: () => environment.close(),
  };
  return moved;
}
