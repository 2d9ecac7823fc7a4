import { ApiError, messageOf, request } from '../api.ts';
import type { PluginComponent } from '../types.ts';
import { type CommandArgs, runCommandHooks } from './hooks.ts';

/** The parts of the command reply the page acts upon. */
export interface CommandReply {
  goto_location?: string;
  trigger_id?: string;
}

/** How submitting ended: the draft is cleared, or kept with a line under the box. */
export interface SubmitResult {
  clear: boolean;
  error?: string;
  /** The unknown command, which the user may send as a message instead. */
  offerAsMessage?: string;
  gotoLocation?: string;
}

/** Runs a slash command: hooks, then the server. Nothing is thrown; a failure keeps the draft. */
export async function submitCommand(
  hooks: PluginComponent[],
  given: { message: string; args: CommandArgs },
): Promise<SubmitResult> {
  try {
    const hooked = await runCommandHooks(hooks, given);
    if (hooked.kind === 'consumed') return { clear: true };
    if (hooked.kind === 'error') return { clear: false, error: hooked.message };
    return await execute(hooked.message, hooked.args);
  } catch (error) {
    return { clear: false, error: messageOf(error) };
  }
}

async function execute(command: string, args: CommandArgs): Promise<SubmitResult> {
  try {
    const reply = await request<CommandReply>('/commands/execute', { method: 'POST', json: { command, ...args } });
    return { clear: true, ...(reply.goto_location ? { gotoLocation: reply.goto_location } : {}) };
  } catch (error) {
    const unknown = error instanceof ApiError && error.id === 'api.command.execute_command.not_found.app_error';
    return { clear: false, error: messageOf(error), ...(unknown ? { offerAsMessage: command } : {}) };
  }
}
