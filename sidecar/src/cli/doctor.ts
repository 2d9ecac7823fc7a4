import type { Command } from 'commander';
import { createChecks, runChecks } from '../admin/checks/checks.ts';
import type { CheckResult } from '../admin/checks/types.ts';
import { readEnv } from '../config/config.ts';
import { processEnv } from '../config/environment.ts';
import { toAppError } from '../core/errors.ts';
import { languageOf } from '../core/i18n.ts';
import { print } from './prompt.ts';

interface Options {
  settings?: string;
  token?: string;
  json?: boolean;
  locale: string;
}

/** `doctor`: every check, one line each with what to do. Exit status 1 when one failed. */
export function doctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('test everything: one line each, with what to do; exit status 1 when something is broken')
    .option('--token <token>', 'an administrator’s token, for the checks that need one (or MM_ADMIN_TOKEN)')
    .option('--locale <locale>', 'language of the findings', 'en')
    .option('--json', 'the findings as JSON')
    .action((_: unknown, command: Command) => doctor(command.optsWithGlobals<Options>()));
}

async function doctor({ settings, token, json = false, locale }: Options): Promise<void> {
  const env = processEnv(settings);
  const results = await inspect(env, token ?? env.MM_ADMIN_TOKEN ?? null, locale);
  if (json) print(JSON.stringify({ checks: results }, null, 2));
  else for (const line of results.flatMap(lines)) print(line);
  if (results.some(({ state }) => state === 'failed')) process.exitCode = 1;
}

type Result = Omit<CheckResult, 'id'> & { id: string };

async function inspect(env: ReturnType<typeof processEnv>, token: string | null, locale: string): Promise<Result[]> {
  let config: ReturnType<typeof readEnv>;
  try {
    config = readEnv(env);
  } catch (error) {
    const { message, remedy = null } = toAppError(error);
    return [{ id: 'settings', title: 'Settings', state: 'failed', detail: message, remedy }];
  }
  // Loaded when needed, like everything heavy: most commands need neither Microsoft nor Mattermost.
  const { openInspection } = await import('./inspect.ts');
  const { deps, close } = await openInspection(config, token);
  try {
    return await runChecks(createChecks(deps, languageOf(locale)));
  } finally {
    await close();
  }
}

const MARKS = { ok: '✓', warning: '!', failed: '✗' };

function lines({ state, title, detail, remedy }: Result): string[] {
  return [`${MARKS[state]} ${title}: ${detail}`, ...(remedy === null ? [] : [`    → ${remedy}`])];
}
