import type { ErrorCode } from '../core/errors.ts';
import { toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Caller, Reply, User } from '../core/types.ts';

/** A direct message to the bot. `rootId` is empty outside of threads. */
export interface Said {
  postId: string;
  userId: string;
  rootId: string;
  text: string;
}

export interface BotChatDeps {
  /** Tells of direct messages until the signal. */
  listen(said: (message: Said) => void, signal: AbortSignal): Promise<void>;
  user(userId: string): Promise<User>;
  commands: {
    talk(caller: Caller, text: string): Promise<Reply>;
    explain(code: ErrorCode, locale: string): string;
  };
  bot: { send(userId: string, reply: Reply, place: { rootId: string; key: string }): Promise<void> };
  log: Log;
}

/** Answers what users write to the bot, until the signal. */
export function runBotChat(deps: BotChatDeps, signal: AbortSignal): Promise<void> {
  return deps.listen((message) => void answer(deps, message), signal);
}

/** Answers one message. The key of the answer is made from the message, so that two replicas that heard it write one post. */
async function answer({ user, commands, bot, log }: BotChatDeps, said: Said): Promise<void> {
  try {
    const { id: userId, locale, isBot, deactivated, timeZone = null } = await user(said.userId);
    if (isBot || deactivated) return;
    const reply = await commands.talk({ userId, locale, timeZone }, said.text).catch((error: unknown) => {
      const { code } = toAppError(error);
      log.warn({ code, userId }, 'A direct message could not be answered as it asked.');
      return { text: commands.explain(code, locale) };
    });
    await bot.send(userId, reply, { rootId: said.rootId, key: `answer-${said.postId}` });
  } catch (error) {
    log.warn({ code: toAppError(error).code, userId: said.userId }, 'A direct message could not be answered.');
  }
}
