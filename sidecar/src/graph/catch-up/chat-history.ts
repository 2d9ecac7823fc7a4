import { toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Connection, Message } from '../../core/types.ts';
import type { GraphCall, GraphClient } from '../client/client.ts';
import { readPages } from '../client/paging.ts';
import type { ListedChat } from '../wire/lists.ts';
import { readList, readListedChats } from '../wire/lists.ts';
import { readMessage } from '../wire/message.ts';

/** A message with the JSON it was read from. */
export interface MessageWithJson {
  message: Message;
  json: unknown;
}

/** The new messages of one chat. `readAt`: up to when the user has read it in Teams, null for never. */
export interface ChatNews {
  chatId: string;
  readAt: number | null;
  messages: MessageWithJson[];
}

/** Reads new messages in a user's chats. */
export interface ChatHistory {
  /**
   * The chats with messages after `since` that the user has not read in Teams, and in each the messages written or changed since.
   * `isComplete` is false when there were more than may be read at once.
   *
   * @throws {AppError} as `GraphClient` and of the token
   */
  since(connection: Connection, since: number): Promise<{ chats: ChatNews[]; isComplete: boolean }>;
}

export interface ChatHistoryDeps {
  client: Pick<GraphClient, 'get'>;
  tokenFor(connectionId: string): Promise<string>;
  /** Which lists Graph sorts in this cloud. https://learn.microsoft.com/graph/teamwork-national-cloud-differences */
  sorts: { chats: boolean; messages: boolean };
  log: Log;
}

const PAGE = 50;
/** Without sorting, all chats of a user are read. */
const MOST_CHATS = 2_000;
const MOST_READ = 1_000;

/**
 * Lists chats and messages with the user's own token. https://learn.microsoft.com/graph/api/chat-list,
 * https://learn.microsoft.com/graph/api/chat-list-messages
 */
export function createChatHistory(deps: ChatHistoryDeps): ChatHistory {
  return {
    async since(connection, since) {
      const { id, tid, oid: user } = connection;
      const caller = { token: () => deps.tokenFor(id), tid, user };
      const news: ChatNews[] = [];
      let left = MOST_READ;
      for (const chat of await changedChats(deps, caller, since)) {
        if (left <= 0) break;
        const messages = await readNewMessages(deps, caller, { chatId: chat.id, since, most: left });
        left -= messages.length;
        news.push({ chatId: chat.id, readAt: chat.readAt, messages });
      }
      return { chats: news, isComplete: left > 0 };
    },
  };
}

type TokenOwner = Pick<GraphCall, 'token' | 'tid' | 'user'>;

/** The chats whose last message is newer than `since` and not read yet. */
async function changedChats(deps: ChatHistoryDeps, caller: TokenOwner, since: number): Promise<ListedChat[]> {
  const order = deps.sorts.chats ? '&$orderby=lastMessagePreview/createdDateTime desc' : '';
  const path = encodeSpaces(`/me/chats?$expand=lastMessagePreview&$top=${PAGE}${order}`);
  const changed: ListedChat[] = [];
  let seen = 0;
  for await (const page of readPages(deps.client, { ...caller, path, operation: 'GET chats' })) {
    const chats = readListedChats(page);
    seen += chats.length;
    const newer = chats.filter(({ lastMessageAt }) => lastMessageAt !== null && lastMessageAt > since);
    changed.push(...newer.filter(({ lastMessageAt, readAt }) => readAt === null || readAt < (lastMessageAt ?? 0)));
    if ((deps.sorts.chats && newer.length < chats.length) || seen >= MOST_CHATS) break;
  }
  return changed;
}

/** None for a chat that the user has left and can no longer read: the other chats are still read. */
async function readNewMessages(
  deps: ChatHistoryDeps,
  caller: TokenOwner,
  wanted: { chatId: string; since: number; most: number },
): Promise<MessageWithJson[]> {
  try {
    return await listNewMessages(deps, caller, wanted);
  } catch (error) {
    const { code } = toAppError(error);
    if (code !== 'microsoft_refused' && code !== 'microsoft_not_found') throw error;
    deps.log.info({ code }, 'A chat cannot be read any more and is not caught up.');
    return [];
  }
}

/** Graph lists the newest first in every cloud. Where it does not filter, reading ends at the first older message. */
async function listNewMessages(
  { client, sorts }: ChatHistoryDeps,
  caller: TokenOwner,
  { chatId, since, most }: { chatId: string; since: number; most: number },
): Promise<MessageWithJson[]> {
  // Graph ignores the filter unless the list is ordered by the same property.
  const filter = `&$orderby=lastModifiedDateTime desc&$filter=lastModifiedDateTime gt ${new Date(since).toISOString()}`;
  const path = encodeSpaces(
    `/chats/${encodeURIComponent(chatId)}/messages?$top=${PAGE}${sorts.messages ? filter : ''}`,
  );
  const headers = { Prefer: 'include-unknown-enum-members' };
  const found: MessageWithJson[] = [];
  for await (const page of readPages(client, { ...caller, path, headers, operation: 'GET messages', chat: chatId })) {
    const messages = readList(page).flatMap(toMessage);
    const newer = messages.filter(({ message }) => message.chatId === chatId && message.lastModifiedAt > since);
    found.push(...newer);
    if (newer.length < messages.length || found.length >= most) break;
  }
  return found;
}

/** None for a message that cannot be read: the others still are. */
function toMessage(json: unknown): MessageWithJson[] {
  try {
    return [{ message: readMessage(json), json }];
  } catch {
    return [];
  }
}

function encodeSpaces(path: string): string {
  return path.replaceAll(' ', '%20');
}
