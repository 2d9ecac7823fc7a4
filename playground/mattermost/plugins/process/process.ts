import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { RpcMethod } from '../../../../sidecar/src/host/protocol/net-rpc.ts';
import { connectToPlugin, type PluginConnection } from './connection.ts';

/** A started plugin process, activated. */
export interface PluginProcess {
  pid: number;
  connection: PluginConnection;
  /** Settles when the process is over. */
  exited: Promise<void>;
  /** `OnDeactivate`, `Quit`, two seconds, SIGKILL. */
  shutDown(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

export interface LaunchOptions {
  executable: string;
  /** Mattermost's own environment, which a plugin inherits. */
  env: Record<string, string | undefined>;
  api: ReadonlyMap<string, RpcMethod>;
  onLog(line: string): void;
}

/** `StartTimeout` of `supervisor.go`. */
const START_TIMEOUT_MS = 3_000;
/** go-plugin's patience after `Quit` (`client.go` `Kill`). */
const QUIT_TIMEOUT_MS = 2_000;

/**
 * Starts the executable as Mattermost does: no arguments, no shell, the cookie in the environment, one line within three seconds.
 * Rejects with Mattermost's own words when that fails or `OnActivate` answers an error.
 */
export async function launchPlugin({ executable, env, api, onLog }: LaunchOptions): Promise<PluginProcess> {
  const child = spawn(executable, [], {
    env: {
      ...env,
      MATTERMOST_PLUGIN: 'Securely message teams, anywhere.',
      PLUGIN_MIN_PORT: '10000',
      PLUGIN_MAX_PORT: '25000',
      PLUGIN_PROTOCOL_VERSIONS: '1',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  createInterface({ input: child.stderr }).on('line', onLog);
  try {
    const connection = await connectToPlugin(await socketPath(child, exited));
    const { A } = await connection.call('OnActivate', {
      APIMuxId: connection.serveApi(api),
      DriverMuxId: connection.serveApi(new Map()),
    });
    if (A) throw new Error((A as { Err?: string; Message?: string }).Err ?? (A as { Message?: string }).Message);
    return {
      pid: child.pid ?? 0,
      connection,
      exited,
      shutDown: () => shutDown(child, connection, exited),
      kill: (signal) => void child.kill(signal),
    };
  } catch (error) {
    child.kill('SIGKILL');
    await exited;
    throw error;
  }
}

/** The address of the handshake line: `1|1|unix|path|netrpc|`. */
async function socketPath(child: ChildProcess, exited: Promise<void>): Promise<string> {
  const timeout = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => timeout.reject(new Error('timeout while waiting for plugin to start')),
    START_TIMEOUT_MS,
  );
  const line = new Promise<string>((resolve) => {
    if (child.stdout === null) return;
    const lines = createInterface({ input: child.stdout });
    lines.once('line', resolve);
  });
  const gone = exited.then(() => Promise.reject(new Error('plugin exited before we could connect')));
  try {
    const [core, version, network, address, protocol] = (await Promise.race([line, gone, timeout.promise])).split('|');
    if (core !== '1' || version !== '1' || network !== 'unix' || !address || (protocol ?? 'netrpc') !== 'netrpc') {
      throw new Error('Unrecognized remote plugin message');
    }
    return address;
  } finally {
    clearTimeout(timer);
    gone.catch(() => {});
  }
}

async function shutDown(child: ChildProcess, connection: PluginConnection, exited: Promise<void>): Promise<void> {
  if (connection.implemented.has('OnDeactivate')) await connection.call('OnDeactivate', {}).catch(() => {});
  await connection.quit().catch(() => {});
  const timer = setTimeout(() => child.kill('SIGKILL'), QUIT_TIMEOUT_MS);
  await exited;
  clearTimeout(timer);
}
