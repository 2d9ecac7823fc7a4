import { Worker } from 'node:worker_threads';
import { processEnv } from './config/environment.ts';
import { systemClock } from './core/time.ts';
import { fromPino, hostLogLine } from './host/log-lines.ts';
import { takeOutput } from './host/output.ts';
import { createPluginProcess } from './host/plugin-process.ts';
import { serveHost } from './host/protocol/connection.ts';
import { connectToHost, isStartedByMattermost } from './host/protocol/handshake.ts';

/** What the service may use, in MiB; beyond it the worker ends and is started anew. */
const MAX_HEAP_MB = 512;
/** After `Quit` Mattermost kills the process within 2 s; most work has ended with `OnDeactivate` before. */
const EXIT_WITHIN_MS = 1_500;

/** Entry of the plugin's executable. The handshake comes first: everything heavy is loaded by the worker. */
async function main(): Promise<void> {
  const env = processEnv();
  if (!isStartedByMattermost(env)) {
    process.stderr.write(
      'This program is the server part of a Mattermost plugin: Mattermost starts it. Upload the plugin in the System Console.\n',
    );
    process.exitCode = 1;
    return;
  }
  const { now } = systemClock;
  const socket = await connectToHost({ env, print: (line) => process.stdout.write(line) });
  const write = takeOutput(process, now);
  const log = (level: 'info' | 'warn' | 'error', message: string, fields: Record<string, unknown>) =>
    write(hostLogLine(level, message, fields, now()));

  // A fault here must not count as a failure of the plugin: the connection goes on.
  process.on('uncaughtException', (error) => log('error', 'An unexpected error in the plugin process.', { error }));
  process.on('unhandledRejection', (error) => log('error', 'An unexpected error in the plugin process.', { error }));
  // Ctrl-C in a terminal reaches the plugin too; Mattermost decides when it ends.
  process.on('SIGINT', () => {});

  const plugin = createPluginProcess({
    startWorker: () =>
      new Worker(new URL('./plugin-worker.ts', import.meta.url), {
        stdout: true,
        stderr: true,
        resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
      }),
    clock: systemClock,
    log,
    onLogLine: (line) => write(fromPino(line, now())),
  });
  const { ended } = serveHost(socket, plugin.hooks, (where, error) =>
    log('error', 'A call from Mattermost failed.', { where, error }),
  );
  const terminated = new Promise<'terminated'>((resolve) => process.once('SIGTERM', () => resolve('terminated')));
  // Without Mattermost nothing would end this process, and a plugin that is not supervised must not post.
  if ((await Promise.race([ended, terminated])) !== 'gone') await plugin.stop(EXIT_WITHIN_MS);
  process.exit(0);
}

await main();
