import type { PluginComponent } from '../types.ts';

/** Where a command is run. */
export interface CommandArgs {
  channel_id: string;
  team_id: string;
  root_id: string;
}

/** What the hooks of all plugins made of a draft. */
export type HookResult =
  | { kind: 'run'; message: string; args: CommandArgs }
  | { kind: 'consumed' }
  | { kind: 'error'; message: string };

type Hook = (message: string, args: CommandArgs) => unknown;

interface RawResult {
  error?: { message?: string };
  message?: string;
  args?: CommandArgs;
}

/** Runs the hooks of all plugins in order, each on the result of the one before. */
export async function runCommandHooks(
  hooks: PluginComponent[],
  given: { message: string; args: CommandArgs },
): Promise<HookResult> {
  let { message, args } = given;
  for (const entry of hooks) {
    const result = (await (entry.hook as Hook)(message, args)) as RawResult | null | undefined;
    if (!result) continue;
    if (result.error) return { kind: 'error', message: result.error.message ?? '' };
    if (Object.keys(result).length === 0) return { kind: 'consumed' };
    message = result.message ?? message;
    args = result.args ?? args;
  }
  return { kind: 'run', message, args };
}
