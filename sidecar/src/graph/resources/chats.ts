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

/** The chats that messages come from, cached for an hour. */
export interface Chats {
  /** Kind, topic and members. @throws {AppError} as `GraphClient` and of the token, but not microsoft_refused, microsoft_not_found */
  chat(connection: Connection, chatId: string): Promise<Chat>;
  /** Call when a message says that the chat changed. */
  forget(chatId: string): void;
}

const FRESH_FOR = HOUR;
const ASK_AGAIN_AFTER = 5 * MINUTE;
const MAX_REMEMBERED = 20_000;

/**
 * Reads chats with their members, with the user's own token. For a chat that this user can no longer read, its id alone must do: a
 * notification without the topic is better than none. https://learn.microsoft.com/graph/api/chat-get
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

/** A chat as far as its id tells: `19:…@unq.gbl.spaces` is one-to-one, `19:meeting_…@thread.v2` a meeting. */
export function chatOfId(id: string): Chat {
  const kind: ChatKind = id.endsWith('@unq.gbl.spaces')
    ? 'oneOnOne'
    : id.startsWith('19:meeting_')
      ? 'meeting'
      : 'group';
  return { id, kind, topic: null, members: [] };
}
