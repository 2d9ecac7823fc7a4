import { createCache } from '../../core/cache.ts';
import { toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Clock } from '../../core/time.ts';
import { HOUR, MINUTE } from '../../core/time.ts';
import type { Chat, ChatKind, Connection } from '../../core/types.ts';
import type { GraphClient } from '../client/client.ts';
import { readChat } from '../wire/message.ts';

export interface ChatsDeps {
  client: Pick<GraphClient, 'get'>;
  tokenFor(connectionId: string): Promise<string>;
  clock: Clock;
  log: Log;
}

/** The chats messages come from. */
export interface Chats {
  /** Kind, topic and members, remembered for an hour. Errors: those of the client that may pass (throttling, no answer, sign-in). */
  chat(connection: Connection, chatId: string): Promise<Chat>;
  /** To be called when something says that the chat changed. */
  forget(chatId: string): void;
}

const FRESH_FOR = HOUR;
const ASK_AGAIN_AFTER = 5 * MINUTE;
const MAX_REMEMBERED = 20_000;

/**
 * Reads chats with their members (Microsoft Graph: "Get chat", `$expand=members`). The user's own token asks. A chat that this user
 * may not read any more is told from its id alone: a message without its chat's topic is better than no message.
 */
export function createChats(deps: ChatsDeps): Chats {
  const cache = createCache<Chat>({ clock: deps.clock, maxEntries: MAX_REMEMBERED, ttlMs: FRESH_FOR });
  return {
    async chat(connection, chatId) {
      try {
        return await cache.get(chatId, () => load(deps, connection, chatId));
      } catch (error) {
        const { code } = toAppError(error);
        if (code !== 'microsoft_refused' && code !== 'microsoft_not_found') throw error;
        deps.log.info({ connectionId: connection.id, code }, 'A chat cannot be read; its id has to do.');
        const chat = chatOfId(chatId);
        cache.set(chatId, chat, ASK_AGAIN_AFTER);
        return chat;
      }
    },
    forget: cache.forget,
  };
}

async function load(deps: ChatsDeps, { id, tid, oid }: Connection, chatId: string): Promise<Chat> {
  const token = () => deps.tokenFor(id);
  const path = `/chats/${encodeURIComponent(chatId)}?$expand=members`;
  return readChat(await deps.client.get({ token, path, operation: 'GET chat', tid, user: oid, chat: chatId }));
}

/** Chat ids tell the kind: `19:…@unq.gbl.spaces` is one-to-one, `19:meeting_…@thread.v2` a meeting (Microsoft Graph: "chat resource type"). */
export function chatOfId(id: string): Chat {
  const kind: ChatKind = id.endsWith('@unq.gbl.spaces')
    ? 'oneOnOne'
    : id.startsWith('19:meeting_')
      ? 'meeting'
      : 'group';
  return { id, kind, topic: null, members: [] };
}
