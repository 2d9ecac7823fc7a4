import type { RpcMethod } from '../../../../sidecar/src/host/protocol/net-rpc.ts';
import type { PluginConnection } from './connection.ts';
import { type PluginLogLine, readPluginLog } from './log.ts';
import { launchPlugin, type PluginProcess } from './process.ts';

export interface SupervisedOptions {
  executable: string;
  env: Record<string, string | undefined>;
  api: ReadonlyMap<string, RpcMethod>;
  now(): number;
  /** A state as `GET /plugins/statuses` gives it: 2 running, 3 failed to start, 4 failed to stay running. */
  onState(state: number, error: string): void;
}

/** A plugin's process as Mattermost keeps it: checked, started anew twice within an hour, and then given up. */
export interface SupervisedPlugin {
  /** The connection while it runs. */
  connection(): PluginConnection | null;
  pid(): number;
  /** How often the health check started it anew. */
  restarts(): number;
  log(): readonly PluginLogLine[];
  /** The health check, which otherwise runs every 30 s. */
  check(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  stop(): Promise<void>;
}

/** `health_check.go` of Mattermost. */
const CHECK_EVERY_MS = 30_000;
const FAILURES = 3;
const WINDOW_MS = 60 * 60_000;
const KEPT_LINES = 5_000;

const RUNNING = 2;
const FAILED_TO_START = 3;
const FAILED_TO_STAY = 4;

export async function supervisePlugin(options: SupervisedOptions): Promise<SupervisedPlugin> {
  const { now, onState } = options;
  const lines: PluginLogLine[] = [];
  const failures: number[] = [];
  let running: PluginProcess | null = null;
  let restarts = 0;
  let checking: Promise<void> | null = null;

  async function start(): Promise<void> {
    try {
      running = await launchPlugin({
        ...options,
        onLog: (line) => {
          lines.push(readPluginLog(line));
          if (lines.length > KEPT_LINES) lines.shift();
        },
      });
      onState(RUNNING, '');
    } catch (error) {
      running = null;
      onState(FAILED_TO_START, error instanceof Error ? error.message : String(error));
    }
  }

  async function isAlive(plugin: PluginProcess): Promise<boolean> {
    for (let attempt = 0; attempt < 3; attempt++) {
      const answered = await plugin.connection.ping().then(
        () => true,
        () => false,
      );
      if (answered) return true;
    }
    return false;
  }

  async function examine(): Promise<void> {
    const plugin = running;
    if (plugin === null || (await isAlive(plugin))) return;
    failures.push(now());
    while (failures[0] !== undefined && now() - failures[0] >= WINDOW_MS) failures.shift();
    plugin.kill('SIGKILL');
    plugin.connection.destroy();
    await plugin.exited;
    if (running !== plugin) return;
    running = null;
    if (failures.length >= FAILURES) {
      failures.length = 0;
      onState(FAILED_TO_STAY, '');
      return;
    }
    restarts++;
    await start();
  }

  const check = () => {
    checking ??= examine().finally(() => {
      checking = null;
    });
    return checking;
  };
  const timer = setInterval(() => void check(), CHECK_EVERY_MS);
  timer.unref();
  await start();
  return {
    connection: () => running?.connection ?? null,
    pid: () => running?.pid ?? 0,
    restarts: () => restarts,
    log: () => lines,
    check,
    kill: (signal) => running?.kill(signal),
    stop: async () => {
      clearInterval(timer);
      await checking;
      const plugin = running;
      running = null;
      await plugin?.shutDown();
    },
  };
}
