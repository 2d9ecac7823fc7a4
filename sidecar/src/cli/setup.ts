import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Command, Option } from 'commander';
import { readBundle } from '../admin/setup/plugin-bundle.ts';
import { setup } from '../admin/setup/setup.ts';
import type { SetupDeps, SetupLine, SetupOptions } from '../admin/setup/types.ts';
import { undoSetup } from '../admin/setup/undo.ts';
import { processEnv } from '../config/environment.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Administration } from '../core/ports/mattermost-administration.ts';
import { systemClock } from '../core/time.ts';
import { PLUGIN } from '../version.ts';
import { BOT_PICTURE } from './bot-picture.ts';
import { isInternalHost } from './internal-host.ts';
import { SILENT } from './null-log.ts';
import { ask, print } from './prompt.ts';
import { settingsFile } from './settings-file.ts';

interface Options {
  settings?: string;
  url?: string;
  token?: string;
  login?: string;
  sidecarUrl?: string;
  plugin?: string;
  botName: string;
  teamAdmin?: boolean;
  accountMatch?: 'email' | 'any';
  dryRun?: boolean;
  undo?: boolean;
}

const SETTINGS_FILE = 'msteams-connect.env';

/** `setup`: bot, token, slash command, plugin and settings file; asks for what is missing when somebody is there. */
export function setupCommand(program: Command): void {
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
    .action((_: unknown, command: Command) => run(command.optsWithGlobals<Options>()));
}

async function run(options: Options): Promise<void> {
  const env = processEnv();
  const settings = settingsFile(options.settings ?? SETTINGS_FILE);
  const known = settings.read();
  const url = address(
    options.url ??
      known.MATTERMOST_INTERNAL_URL ??
      known.MATTERMOST_URL ??
      (await ask('Address of Mattermost:', '--url')),
    '--url',
  );
  const sidecarUrl = address(
    options.sidecarUrl ??
      known.PUBLIC_URL ??
      (await ask('Public address of the sidecar (https://…):', '--sidecar-url')),
    '--sidecar-url',
  );
  if (!sidecarUrl.startsWith('https:')) throw badAddress('--sidecar-url', 'Microsoft calls https addresses only.');
  const { mattermost, leave } = await signIn(options, url, env);
  try {
    const deps: SetupDeps = {
      mattermost,
      settings,
      say,
      newToken,
      picture: BOT_PICTURE,
      pluginId: PLUGIN.id,
      isInternal: isInternalHost,
      ownerOf: (token) => ownerOf(url, token),
      bundle: options.undo ? null : await findBundle(options.plugin, sidecarUrl),
    };
    const { botName, teamAdmin = false, accountMatch = null, dryRun = false } = options;
    const plan: SetupOptions = { url, sidecarUrl, botName, teamAdmin, accountMatch, dryRun };
    if (options.undo) await undoSetup(deps, plan);
    else if (await setup(deps, plan)) print(next(plan, settings.path));
    else process.exitCode = 1;
  } finally {
    await leave();
  }
}

async function signIn(options: Options, url: string, env: Record<string, string | undefined>) {
  const name = options.login;
  const token = name
    ? ''
    : (options.token ??
      env.MM_ADMIN_TOKEN ??
      (await ask('Token of a system administrator:', '--token', { secret: true })));
  const mattermost = await open(url, token);
  if (!name) return { mattermost, leave: mattermost.close };
  await mattermost.logIn(
    name,
    env.MM_ADMIN_PASSWORD ?? (await ask(`Password of ${name}:`, 'MM_ADMIN_PASSWORD', { secret: true })),
  );
  return {
    mattermost,
    leave: async () => {
      await mattermost.logOut();
      await mattermost.close();
    },
  };
}

async function open(url: string, token: string): Promise<Administration> {
  const { createAdministration } = await import('../mattermost/admin/administration.ts');
  return createAdministration({ url, token, clock: systemClock, metrics: SILENT.metrics });
}

async function ownerOf(url: string, token: string): Promise<string | null> {
  const visitor = await open(url, token);
  try {
    return (await visitor.self()).id;
  } catch (error) {
    if (toAppError(error).code === 'mattermost_unauthorized') return null;
    throw error;
  } finally {
    await visitor.close();
  }
}

/** The file that was named, or the one of this version: in the working directory, in its `dist`, or beside the program. */
async function findBundle(file: string | undefined, sidecarUrl: string): Promise<SetupDeps['bundle']> {
  const name = `${PLUGIN.id}-${PLUGIN.version}.tar.gz`;
  const beside = fileURLToPath(new URL('../..', import.meta.url));
  const places = file ? [file] : [name, join('dist', name), join(beside, name), join(beside, '..', 'dist', name)];
  const found = places.find((path) => existsSync(path));
  if (found) return readBundle(readFileSync(found), sidecarUrl);
  if (file) throw new AppError('bad_request', `There is no file ${file}.`, { remedy: 'Check --plugin.' });
  return null;
}

const MARKS = { kept: '=', done: '+', planned: '·', manual: '!' };

function say({ state, text, todo }: SetupLine): void {
  print(`${MARKS[state]} ${state === 'kept' ? `unchanged: ${text}` : text}`);
  for (const line of todo?.split('\n') ?? []) print(`    → ${line}`);
}

function next({ dryRun, sidecarUrl }: SetupOptions, path: string): string {
  if (dryRun) return '\nNothing was changed.';
  return `\nNext:\n  msteams-connect azure --sidecar-url ${sidecarUrl}   (once: the app registration)\n  msteams-connect start --settings ${path}\n  msteams-connect doctor --settings ${path}`;
}

/** Mattermost's own alphabet of ids. */
const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769';

function newToken(): string {
  return Array.from({ length: 26 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}

function address(text: string, option: string): string {
  const url = URL.parse(text.includes('://') ? text : `https://${text}`);
  if (!url || !/^https?:$/.test(url.protocol)) throw badAddress(option, 'It must be an http(s) address.');
  return url.href.replace(/\/+$/, '');
}

function badAddress(option: string, remedy: string): AppError {
  return new AppError('config_invalid', `${option} is not a good address.`, { remedy });
}
