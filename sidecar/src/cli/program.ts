import { Command, Option } from 'commander';
import type { Config } from '../config/config.ts';
import { readEnv } from '../config/config.ts';
import { processEnv } from '../config/environment.ts';
import { VERSION } from '../version.ts';
import type { AzureOptions } from './azure.ts';
import type { DoctorOptions } from './doctor.ts';
import type { RenderOptions } from './render.ts';
import type { SetupOptions } from './setup.ts';

/** Global options, valid for each command. */
interface Global {
  settings?: string;
}

/**
 * The command line. Each command's module is imported when the command runs: most of them need neither database nor Microsoft, and
 * `--help` needs none.
 */
export function createProgram(): Command {
  const program = new Command('msteams-connect')
    .description('The sidecar of Microsoft Teams for Mattermost: brings Teams chat messages to Mattermost.')
    .version(VERSION)
    // Not `--env-file`: Node takes that name for itself, wherever it stands on the line.
    .option('--settings <file>', 'settings as NAME=value lines; what is set in the environment wins');
  serviceCommands(program);
  installationCommands(program);
  deadLetterCommands(program);
  databaseCommands(program);
  return program;
}

/** Settings of the environment and of `--settings`. */
function configOf(command: Command): Config {
  return readEnv(processEnv(command.optsWithGlobals<Global>().settings));
}

function serviceCommands(program: Command): void {
  program
    .command('start')
    .description('run the sidecar until SIGTERM or SIGINT')
    .action(async (_: unknown, command: Command) => (await import('./start.ts')).start(configOf(command)));
  program
    .command('doctor')
    .description('test everything: one line each, with what to do; exit status 1 when something is broken')
    .option('--token <token>', 'an administrator’s token, for the checks that need one (or MM_ADMIN_TOKEN)')
    .option('--locale <locale>', 'language of the findings', 'en')
    .option('--json', 'the findings as JSON')
    .action(async (_: unknown, command: Command) =>
      (await import('./doctor.ts')).doctor(command.optsWithGlobals<DoctorOptions & Global>()),
    );
  program
    .command('render')
    .description('a Graph chatMessage as JSON on standard input → the Mattermost post as JSON; no network')
    .option('--chat <file>', 'the chat of the message, as Graph JSON')
    .option('--locale <locale>', 'language of the words around the message', 'en')
    .option('--reader <id>', 'object id of the reader, who is mentioned by --username')
    .option('--username <name>', 'name of the reader in Mattermost', 'reader')
    .option('--tenant <id>', 'tenant of the reader, so that others are marked as external')
    .action(async (options: RenderOptions) => (await import('./render.ts')).renderCommand(options));
}

function installationCommands(program: Command): void {
  program
    .command('setup')
    .description(
      'prepare Mattermost: bot, token, /msteams in every team, plugin; writes the settings file. Safe to repeat',
    )
    .option('--url <url>', 'address of Mattermost')
    .option('--token <token>', 'token of a system administrator (or MM_ADMIN_TOKEN)')
    .option('--login <name>', 'sign in as this administrator instead; the password is asked (or MM_ADMIN_PASSWORD)')
    .option('--sidecar-url <url>', 'address at which browsers, Mattermost and Microsoft reach the sidecar, https')
    .option('--plugin <file>', 'the packed plugin; by default the one beside the program')
    .option('--bot-name <name>', 'user name of the bot', 'msteams')
    .option('--team-admin', 'make the bot administrator of every team, so that the sidecar keeps the command in order')
    .addOption(
      new Option(
        '--account-match <how>',
        'any: also make the OAuth 2.0 application with which accounts of different addresses are connected',
      ).choices(['email', 'any']),
    )
    .option('--dry-run', 'say what would be done, and do nothing')
    .option('--undo', 'take back what setup made')
    .action(async (_: unknown, command: Command) =>
      (await import('./setup.ts')).setup(command.optsWithGlobals<SetupOptions & Global>()),
    );
  program
    .command('azure')
    .description('tell how to make the app registration at Microsoft; --run makes it with the Azure CLI (az)')
    .option('--sidecar-url <url>', 'public address of the sidecar')
    .option('--name <name>', 'name of the app registration', 'Teams messages in Mattermost')
    .option('--feed <feed>', 'personal, or tenant (one subscription for the tenant, needs Chat.Read.All)', 'personal')
    .option(
      '--forward-files',
      'with the permission that FORWARD_FILES=true takes; by default as the settings file says',
    )
    .option('--cloud <cloud>', 'global, gcc, gcc-high or dod', 'global')
    .option('--run', 'run the commands, and write ids and secret into the settings file')
    .action(async (_: unknown, command: Command) =>
      (await import('./azure.ts')).azure(command.optsWithGlobals<AzureOptions & Global>()),
    );
  program
    .command('remove')
    .description('disconnect all users and delete their data, before uninstalling; stop the sidecar first')
    .requiredOption('--all', 'confirms that all users are meant')
    .action(async (_: unknown, command: Command) => (await import('./remove.ts')).removeAll(configOf(command)));
}

function deadLetterCommands(program: Command): void {
  const dead = program.command('dead').description('notifications that could not be delivered');
  dead
    .command('list')
    .description('newest first: when, why, for whom')
    .option('--json', 'as JSON, without the encrypted content')
    .action(async ({ json = false }: { json?: boolean }, command: Command) =>
      (await import('./dead-letters.ts')).listDeadLetters(configOf(command), json),
    );
  dead
    .command('replay [ids...]')
    .description('put them back into the queue')
    .option('--all', 'all of them')
    .action(async (ids: string[], { all = false }: { all?: boolean }, command: Command) =>
      (await import('./dead-letters.ts')).replayDeadLetters(configOf(command), all ? 'all' : ids),
    );
}

function databaseCommands(program: Command): void {
  program
    .command('migrate')
    .description('bring the tables of the database up to date; start does so too')
    .action(async (_: unknown, command: Command) => (await import('./maintenance.ts')).migrate(configOf(command)));
  program
    .command('rotate-keys')
    .description('seal everything with a new encryption key; stop the sidecar first')
    .action(async (_: unknown, command: Command) => (await import('./maintenance.ts')).rotateKeys(configOf(command)));
}
