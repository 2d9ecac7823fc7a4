#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { Command } from 'commander';
import { azureCommand } from './cli/azure.ts';
import { deadCommands } from './cli/dead-letters.ts';
import { doctorCommand } from './cli/doctor.ts';
import { maintenanceCommands } from './cli/maintenance.ts';
import { setupCommand } from './cli/setup.ts';
import { readEnv } from './config/config.ts';
import { processEnv } from './config/environment.ts';
import { AppError, toAppError } from './core/errors.ts';
import { createLog } from './logger.ts';
import { VERSION } from './version.ts';

interface RenderOptions {
  chat?: string;
  locale: string;
  reader?: string;
  username: string;
  tenant?: string;
}

const program = new Command('msteams-connect')
  .description('The sidecar of Microsoft Teams for Mattermost: brings Teams chat messages to Mattermost.')
  .version(VERSION)
  // Not `--env-file`: Node takes that name for itself, wherever it stands on the line.
  .option('--settings <file>', 'settings as NAME=value lines; what is set in the environment wins');

program.command('start').description('run the sidecar until SIGTERM or SIGINT').action(start);

program
  .command('render')
  .description('a Graph chatMessage as JSON on standard input → the Mattermost post as JSON; no network')
  .option('--chat <file>', 'the chat of the message, as Graph JSON')
  .option('--locale <locale>', 'language of the words around the message', 'en')
  .option('--reader <id>', 'object id of who reads it, to be mentioned by --username')
  .option('--username <name>', 'name of the reader in Mattermost', 'reader')
  .option('--tenant <id>', 'tenant of the reader, so that others are marked as external')
  .action(async ({ chat: file, locale, reader: oid, username, tenant: tid }: RenderOptions) => {
    const { render } = await import('./cli/render.ts');
    const chat = file === undefined ? null : readJson(file);
    const more = { ...(oid === undefined ? {} : { reader: { oid, username } }), ...(tid === undefined ? {} : { tid }) };
    console.log(JSON.stringify(render({ message: readJson('/dev/stdin'), chat, locale, ...more }), null, 2));
  });

program
  .command('remove')
  .description('disconnect everybody and delete what is kept of them, before uninstalling; stop the sidecar first')
  .requiredOption('--all', 'confirms that everybody is meant')
  .action(async () => {
    const config = readEnv(processEnv(program.opts<{ settings?: string }>().settings));
    const { removeAll } = await import('./cli/remove.ts');
    await removeAll({ config, log: createLog('warn'), print: (line) => console.log(line) });
  });

for (const register of [setupCommand, azureCommand, doctorCommand, deadCommands, maintenanceCommands])
  register(program);

try {
  await program.parseAsync();
} catch (error) {
  explain(toAppError(error));
  process.exitCode = 1;
}

async function start(): Promise<void> {
  const config = readEnv(processEnv(program.opts<{ settings?: string }>().settings));
  const log = createLog(config.logLevel);
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => {
      log.info({ signal }, 'Stopping.');
      stop.abort();
    });
  }
  const { startService } = await import('./app/service.ts');
  const service = await startService({ config, log, signal: stop.signal });
  log.info({ address: service.address, publicUrl: config.publicUrl }, 'Ready.');
  await service.ended;
  log.info({}, 'Stopped.');
}

function readJson(path: string): unknown {
  const text = readFileSync(path === '/dev/stdin' ? 0 : path, 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    const place = path === '/dev/stdin' ? 'standard input' : path;
    throw new AppError('bad_request', `What came from ${place} is not JSON.`, {
      cause,
      remedy: 'Give one chatMessage object as Graph returns it.',
    });
  }
}

function explain(error: AppError): void {
  console.error(error.message);
  if (error.remedy) console.error(error.remedy);
  if (error.code === 'internal' && error.cause instanceof Error) console.error(error.cause.stack);
}
