import type { ErrorCode } from '../core/errors.ts';
import { toAppError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Lease, Leases } from '../core/ports/leases.ts';
import type { Clock } from '../core/time.ts';
import { MINUTE, SECOND } from '../core/time.ts';
import type { Caller, Reply, User } from '../core/types.ts';

/** A direct message to the bot. `rootId` is empty outside of threads. */
export interface Said {
  postId: string;
  userId: string;
  rootId: string;
  text: string;
}

export interface ConversationDeps {
  /** Tells of direct messages until the signal. */
  listen(said: (message: Said) => void, signal: AbortSignal): Promise<void>;
  user(userId: string): Promise<User>;
  commands: {
    talk(caller: Caller, text: string): Promise<Reply>;
    explain(code: ErrorCode, locale: string): string;
  };
  bot: { send(userId: string, reply: Reply, place: { rootId: string; key: string }): Promise<void> };
  leases: Pick<Leases, 'acquire' | 'release'>;
  holder: string;
  clock: Clock;
  log: Log;
}

const TICK_MS = 15 * SECOND;
const LEASE_MS = MINUTE;

/** Answers what people write to the bot, until the signal. One replica does it for all; another takes over within a minute. */
export async function runConversation(deps: ConversationDeps, signal: AbortSignal): Promise<void> {
  const { clock, leases, holder, log } = deps;
  let listening: AbortController | null = null;
  let lease: Lease | null = null;
  while (!signal.aborted) {
    try {
      lease = await leases.acquire({ name: 'conversation', holder, now: clock.now(), ms: LEASE_MS });
    } catch (error) {
      log.warn({ code: toAppError(error).code }, 'Whether to answer direct messages could not be found out.');
    }
    if (lease) listening ??= start(deps, signal);
    else {
      listening?.abort();
      listening = null;
    }
    await clock.sleep(TICK_MS, signal);
  }
  if (lease) await leases.release(lease).catch(() => {});
}

function start(deps: ConversationDeps, signal: AbortSignal): AbortController {
  const stop = new AbortController();
  const said = (message: Said) => void answer(deps, message);
  deps.listen(said, AbortSignal.any([signal, stop.signal])).catch((error: unknown) => {
    deps.log.error({ err: error }, 'Listening for direct messages ended.');
  });
  return stop;
}

/** Answers one message. The key of the answer is made from the message, so that two who heard it make one post. */
async function answer({ user, commands, bot, log }: ConversationDeps, said: Said): Promise<void> {
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
