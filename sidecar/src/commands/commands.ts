import type { ErrorCode } from '../core/errors.ts';
import type { Caller, Connection, Reply } from '../core/types.ts';
import { act } from './buttons.ts';
import { connect } from './connect.ts';
import { askToDisconnect } from './disconnect.ts';
import { help, notUnderstood, unknown } from './help.ts';
import type { Mute, MuteSpan } from './mutes.ts';
import { mute, mutesOf, offerMutes, offerUnmutes, unmute } from './mutes.ts';
import { changeNotifications, showNotifications } from './notifications.ts';
import { parse } from './parse.ts';
import type { CommandsDeps } from './ports.ts';
import { status } from './status.ts';
import type { Phrase } from './table.ts';
import { explain, problemOf } from './user-errors.ts';

/** The commands and buttons: one implementation for Mattermost's slash command, the webapp, the bot's direct messages and its buttons. */
export interface Commands {
  /**
   * Runs the text after `/msteams`.
   * @throws {AppError} any code; `explain` has its sentence
   */
  run(caller: Caller, text: string): Promise<Reply>;
  /**
   * Runs a direct message to the bot: the same commands, with or without `/msteams`.
   * @throws {AppError} any code
   */
  talk(caller: Caller, text: string): Promise<Reply>;
  /**
   * Runs the action of a button whose signature was checked.
   * @throws {AppError} link_expired for an unknown action, or any code
   */
  act(caller: Caller, action: string): Promise<Reply>;
  /** Explains a failure to the user, in the language of a locale. */
  explain(code: ErrorCode, locale: string): string;
  /** Explains the present failure of a connection; null while it works. */
  problem(connection: Connection, locale: string): string | null;
  /** The muted chats, most recently muted first. */
  mutes(connection: Connection, locale: string): Mute[];
  /** Mutes a chat and returns the muted chats; null without a connection. */
  mute(caller: Caller, wish: { chatId: string; span: MuteSpan }): Promise<Mute[] | null>;
  /** Unmutes a chat and returns the muted chats; null without a connection. */
  unmute(caller: Caller, chatId: string): Promise<Mute[] | null>;
}

type Run = (deps: CommandsDeps, caller: Caller) => Reply | Promise<Reply>;

const RUN: Record<Phrase, Run> = {
  connect,
  disconnect: askToDisconnect,
  status,
  notifications: showNotifications,
  'notifications on': (deps, caller) => changeNotifications(deps, caller, (now) => ({ ...now, enabled: true })),
  'notifications off': (deps, caller) => changeNotifications(deps, caller, (now) => ({ ...now, enabled: false })),
  'notifications toggle': (deps, caller) =>
    changeNotifications(deps, caller, (now) => ({ ...now, enabled: !now.enabled })),
  'notifications status': showNotifications,
  mute: offerMutes,
  unmute: offerUnmutes,
  help: (_deps, caller) => help(caller),
};

/** Creates the commands over their ports. */
export function createCommands(deps: CommandsDeps): Commands {
  return {
    run: async (caller, text) => {
      const parsed = parse(text);
      return 'phrase' in parsed ? RUN[parsed.phrase](deps, caller) : unknown(caller, parsed);
    },
    talk: async (caller, text) => {
      const parsed = parse(text.replace(/^\s*\/?msteams\b/iu, ''));
      return 'phrase' in parsed ? RUN[parsed.phrase](deps, caller) : notUnderstood(caller);
    },
    act: (caller, action) => act(deps, caller, action),
    explain,
    problem: (connection, locale) => {
      const code = problemOf(connection);
      return code === null ? null : explain(code, locale);
    },
    mutes: (connection, locale) => mutesOf(deps, connection, locale),
    mute: (caller, wish) => mute(deps, caller, wish),
    unmute: (caller, chatId) => unmute(deps, caller, chatId),
  };
}
