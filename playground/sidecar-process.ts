import { spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../sidecar/src/main.ts', import.meta.url));

/** A running sidecar process. `output` is everything it has printed so far. */
export interface SidecarProcess {
  pid: number;
  url: string;
  output(): string;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** SIGKILL: no chance to clean up. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  pause(): void;
  resume(): void;
  /** Resolves with the exit code when the process has ended. */
  ended: Promise<number | null>;
}

export interface SidecarOptions {
  /** The sidecar's settings; PORT is chosen here when missing. */
  env: Record<string, string>;
  /** Arguments for Node itself. */
  nodeArguments?: string[];
  /** False: resolve at once, without waiting until it is ready. */
  awaitReady?: boolean;
  echo?: boolean;
}

/**
 * Starts the real sidecar and waits until `/readyz` says it is ready.
 * @throws {Error} it ended before, with its output
 */
export async function startSidecar(options: SidecarOptions): Promise<SidecarProcess> {
  const port = options.env.PORT ?? String(await freePort());
  const child = spawn(process.execPath, [...(options.nodeArguments ?? []), MAIN, 'start'], {
    env: { PATH: process.env.PATH, ...options.env, PORT: port },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString('utf8');
      if (options.echo) process.stderr.write(chunk);
    });
  }
  // `close` comes after all output has been read; `exit` may come before.
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)));
  const sidecar: SidecarProcess = {
    pid: child.pid ?? 0,
    url: `http://127.0.0.1:${port}`,
    output: () => output,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    ended,
  };
  if (options.awaitReady !== false) await untilReady(sidecar);
  return sidecar;
}

async function untilReady(sidecar: SidecarProcess): Promise<void> {
  let over = false;
  void sidecar.ended.then(() => {
    over = true;
  });
  while (!(await isReady(sidecar.url))) {
    if (over) throw new Error(`The sidecar ended before it was ready:\n${sidecar.output()}`);
    await sleep(25);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2_000) })).ok;
  } catch {
    return false;
  }
}

/** Below the range that systems use for outgoing connections, any of which may take a port that was free before. */
const PORTS = { from: 20_000, count: 12_000 };
const taken = new Set<number>();

/** A free port of the loopback interface, never the same twice. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = PORTS.from + randomInt(PORTS.count);
    if (taken.has(port) || !(await isFree(port))) continue;
    taken.add(port);
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!(await listening)) return false;
  await new Promise((resolve) => server.close(resolve));
  return true;
}
