import { callerOf } from '../../core/caller.ts';
import { toAppError } from '../../core/errors.ts';
import { SECOND } from '../../core/time.ts';
import type { CommandRouteDeps } from '../command-route.ts';
import { answer } from '../command-route.ts';
import { withDeadline } from '../deadline.ts';

/** A slash command as the plugin's hook brings it: Mattermost says who asks. `command` is the whole text with the slash. */
export interface HookedCommand {
  userId: string;
  command: string;
}

/** The hook's answer, for the caller only. `gotoLocation` is a page to open. */
export interface HookedAnswer {
  text: string;
  props: Record<string, unknown>;
  gotoLocation?: string;
}

/** Mattermost shows the user a failure after 30 seconds. */
const DEADLINE_MS = 20 * SECOND;

/** Answers a command of the hook. Never rejects: a failure is told to the user, its code in `props.msteams_error`. */
export async function answerCommand(
  deps: Omit<CommandRouteDeps, 'token'>,
  { userId, command }: HookedCommand,
): Promise<HookedAnswer> {
  let locale = 'en';
  try {
    const caller = callerOf(await deps.user(userId));
    locale = caller.locale;
    const text = command.replace(/^\s*\/\S*/u, '').trim();
    const {
      text: shown,
      props,
      attachments,
      goto_location,
    } = await withDeadline(answer(deps, caller, text), DEADLINE_MS, deps.clock);
    return {
      text: shown,
      props: attachments === undefined ? props : { ...props, attachments },
      ...(goto_location === undefined ? {} : { gotoLocation: goto_location }),
    };
  } catch (error) {
    const { code, remedy, fields } = toAppError(error);
    deps.log.warn({ ...fields, err: error, code, remedy }, 'A command was not answered.');
    return { text: deps.explain(code, locale), props: { msteams_error: code } };
  }
}
