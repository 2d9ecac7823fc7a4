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

/** The commands and buttons of the product: one implementation for Mattermost's own call, the webapp and the bot's buttons. */
export interface Commands {
  /** Runs what was typed after `/msteams`. Failures are thrown; `explain` has the sentence. */
  run(caller: Caller, text: string): Promise<Reply>;
  /** Runs what was written to the bot: the same words, with or without `/msteams`. */
  talk(caller: Caller, text: string): Promise<Reply>;
  /** Does what a button says, once its signature is checked. */
  act(caller: Caller, action: string): Promise<Reply>;
  /** The user's sentence for a failure. */
  explain(code: ErrorCode, locale: string): string;
  /** The user's sentence for what is wrong with a connection now, or null. */
  problem(connection: Connection, locale: string): string | null;
  /** The chats that are muted now, the one muted last first. */
  mutes(connection: Connection, locale: string): Mute[];
  /** What is muted then; null without a connection. */
  mute(caller: Caller, wish: { chatId: string; span: MuteSpan }): Promise<Mute[] | null>;
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

/** Binds the commands to the rest of the sidecar. */
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
