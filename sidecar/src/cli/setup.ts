import { randomInt } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readBundle } from '../admin/setup/plugin-bundle.ts';
import { missingSettings, setupSteps } from '../admin/setup/setup.ts';
import type { SetupDeps, SetupLine, SetupStep } from '../admin/setup/types.ts';
import { undoSteps } from '../admin/setup/undo.ts';
import { processEnv } from '../config/environment.ts';
import { AppError, toAppError } from '../core/errors.ts';
import type { Administration } from '../core/ports/mattermost-administration.ts';
import { systemClock } from '../core/time.ts';
import { createAdministration } from '../mattermost/admin/administration.ts';
import { PLUGIN } from '../version.ts';
import { isInternalHost } from './internal-host.ts';
import { NULL_METRICS } from './null-log.ts';
import { runSteps } from './progress.ts';
import { ask, print } from './prompt.ts';
import { settingsFile } from './settings-file.ts';

/** Options of `setup`. */
export interface SetupOptions {
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
const BOT_PICTURE = new URL('assets/bot.png', import.meta.url);

/**
 * `setup`: prepares Mattermost and writes the settings file, or undoes that; asks for what is missing on a terminal. Exit status 1 when
 * something is left for a person to do.
 * @throws {AppError} config_invalid, bad_request, forbidden, mattermost_*
 */
export async function setup(options: SetupOptions): Promise<void> {
  const env = processEnv();
  const settings = settingsFile(options.settings ?? SETTINGS_FILE);
  const { url, sidecarUrl } = await addresses(options, settings.read());
  const { mattermost, leave } = await signIn(options, url, env);
  try {
    const deps = {
      mattermost,
      settings,
      newToken,
      picture: readFileSync(BOT_PICTURE),
      pluginId: PLUGIN.id,
      isInternal: isInternalHost,
      ownerOf: (token: string) => ownerOf(url, token),
      bundle: options.undo ? null : await findBundle(options.plugin, sidecarUrl),
    };
    const { botName, teamAdmin = false, accountMatch = null, dryRun = false } = options;
    const plan = { url, sidecarUrl, botName, teamAdmin, accountMatch, dryRun };
    if (options.undo) {
      await carryOut(undoSteps(deps, plan));
      return;
    }
    const isComplete = await carryOut(setupSteps(deps, plan));
    const missing = dryRun ? null : missingSettings(deps, sidecarUrl);
    if (missing) for (const line of linesOf(missing)) print(line);
    if (isComplete) print(nextCommands(plan, settings.path));
    else process.exitCode = 1;
  } finally {
    await leave();
  }
}

/** Runs the steps. False when one left something for a person to do. */
async function carryOut(steps: readonly SetupStep[]): Promise<boolean> {
  let isComplete = true;
  await runSteps(
    steps.map(({ title, run }) => ({
      title,
      keepsLines: true,
      run: (report) =>
        run((line) => {
          if (line.state === 'manual') isComplete = false;
          for (const text of linesOf(line)) report(text);
        }),
    })),
  );
  return isComplete;
}

async function addresses(options: SetupOptions, known: Record<string, string>) {
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
  return { url, sidecarUrl };
}

async function signIn(options: SetupOptions, url: string, env: Record<string, string | undefined>) {
  const name = options.login;
  const token = name
    ? ''
    : (options.token ??
      env.MM_ADMIN_TOKEN ??
      (await ask('Token of a system administrator:', '--token', { secret: true })));
  const mattermost = open(url, token);
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

function open(url: string, token: string): Administration {
  return createAdministration({ url, token, clock: systemClock, metrics: NULL_METRICS });
}

async function ownerOf(url: string, token: string): Promise<string | null> {
  const visitor = open(url, token);
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

function linesOf({ state, text, todo }: SetupLine): string[] {
  const hints = todo?.split('\n') ?? [];
  return [`${MARKS[state]} ${state === 'kept' ? `unchanged: ${text}` : text}`, ...hints.map((hint) => `    → ${hint}`)];
}

function nextCommands({ dryRun, sidecarUrl }: { dryRun: boolean; sidecarUrl: string }, path: string): string {
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
