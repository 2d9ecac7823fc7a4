import type { ErrorCode } from '../core/errors.ts';
import { toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Caller, Reply, User } from '../core/types.ts';

/** A direct message from a user to the bot. `rootId` is empty outside a thread. */
export interface DirectMessage {
  postId: string;
  userId: string;
  rootId: string;
  text: string;
}

export interface BotChatDeps {
  /** Calls back with each direct message until the signal aborts. */
  listen(onMessage: (message: DirectMessage) => void, signal: AbortSignal): Promise<void>;
  user(userId: string): Promise<User>;
  commands: {
    talk(caller: Caller, text: string): Promise<Reply>;
    explain(code: ErrorCode, locale: string): string;
  };
  bot: { send(userId: string, reply: Reply, place: { rootId: string; key: string }): Promise<void> };
  log: Log;
}

/** Answers direct messages to the bot until the signal aborts. */
export function runBotChat(deps: BotChatDeps, signal: AbortSignal): Promise<void> {
  return deps.listen((message) => void answer(deps, message), signal);
}

/** Answers one message. The idempotency key comes from the id of the message: replicas that received the same event write one post. */
async function answer({ user, commands, bot, log }: BotChatDeps, message: DirectMessage): Promise<void> {
  try {
    const { id: userId, locale, isBot, deactivated, timeZone = null } = await user(message.userId);
    if (isBot || deactivated) return;
    const reply = await commands.talk({ userId, locale, timeZone }, message.text).catch((error: unknown) => {
      const { code } = toAppError(error);
      log.warn({ code, userId }, 'A direct message could not be answered as it asked.');
      return { text: commands.explain(code, locale) };
    });
    await bot.send(userId, reply, { rootId: message.rootId, key: `answer-${message.postId}` });
  } catch (error) {
    log.warn({ code: toAppError(error).code, userId: message.userId }, 'A direct message could not be answered.');
  }
}
