import { toAppError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Connection, Message } from '../../core/types.ts';
import type { GraphCall, GraphClient } from '../client/client.ts';
import { readPages } from '../client/paging.ts';
import type { ListedChat } from '../wire/lists.ts';
import { readList, readListedChats } from '../wire/lists.ts';
import { readMessage } from '../wire/message.ts';

/** A message with the JSON it was read from. */
export interface ReadMessage {
  message: Message;
  json: unknown;
}

/** What is new in one chat. `readAt`: up to when the person has read it in Teams, null for never. */
export interface ChatNews {
  chatId: string;
  readAt: number | null;
  messages: ReadMessage[];
}

/** Reads what is new in a person's chats. */
export interface ChatHistory {
  /**
   * The chats with messages since then that the person has not read in Teams, and in each what was written or changed since;
   * `isComplete` is false when there was more than may be read at once. Errors: those of the client and of tokens.
   */
  since(connection: Connection, since: number): Promise<{ chats: ChatNews[]; isComplete: boolean }>;
}

export interface ChatHistoryDeps {
  client: Pick<GraphClient, 'get'>;
  tokenFor(connectionId: string): Promise<string>;
  /** What this cloud sorts for us (Microsoft Graph: "National cloud deployments", Teams differences). */
  sorts: { chats: boolean; messages: boolean };
  log: Log;
}

const PAGE = 50;
/** Without sorting all chats have to be looked at; more than this nobody has. */
const MOST_CHATS = 2_000;
const MOST_READ = 1_000;

/** Lists chats and messages with the user's own token (Microsoft Graph: "List chats", "List messages in a chat"). */
export function createChatHistory(deps: ChatHistoryDeps): ChatHistory {
  return {
    async since(connection, since) {
      const { id, tid, oid: user } = connection;
      const caller = { token: () => deps.tokenFor(id), tid, user };
      const news: ChatNews[] = [];
      let left = MOST_READ;
      for (const chat of await changedChats(deps, caller, since)) {
        if (left <= 0) break;
        const messages = await readChat(deps, caller, { chatId: chat.id, since, most: left });
        left -= messages.length;
        news.push({ chatId: chat.id, readAt: chat.readAt, messages });
      }
      return { chats: news, isComplete: left > 0 };
    },
  };
}

type Caller = Pick<GraphCall, 'token' | 'tid' | 'user'>;

/** The chats whose last message is newer, and not read yet. */
async function changedChats(deps: ChatHistoryDeps, caller: Caller, since: number): Promise<ListedChat[]> {
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

/** A chat the person has left since cannot be read any more, and must not keep the others from being read. */
async function readChat(
  deps: ChatHistoryDeps,
  caller: Caller,
  wanted: { chatId: string; since: number; most: number },
): Promise<ReadMessage[]> {
  try {
    return await readMessages(deps, caller, wanted);
  } catch (error) {
    const { code } = toAppError(error);
    if (code !== 'microsoft_refused' && code !== 'microsoft_not_found') throw error;
    deps.log.info({ code }, 'A chat cannot be read any more and is not caught up.');
    return [];
  }
}

/** Newest first in every cloud; where Graph does not filter, the first older message is the end. */
async function readMessages(
  { client, sorts }: ChatHistoryDeps,
  caller: Caller,
  { chatId, since, most }: { chatId: string; since: number; most: number },
): Promise<ReadMessage[]> {
  // The filter is ignored unless the same property is ordered by.
  const filter = `&$orderby=lastModifiedDateTime desc&$filter=lastModifiedDateTime gt ${new Date(since).toISOString()}`;
  const path = encodeSpaces(
    `/chats/${encodeURIComponent(chatId)}/messages?$top=${PAGE}${sorts.messages ? filter : ''}`,
  );
  const headers = { Prefer: 'include-unknown-enum-members' };
  const found: ReadMessage[] = [];
  for await (const page of readPages(client, { ...caller, path, headers, operation: 'GET messages', chat: chatId })) {
    const messages = readList(page).flatMap(toMessage);
    const newer = messages.filter(({ message }) => message.chatId === chatId && message.lastModifiedAt > since);
    found.push(...newer);
    if (newer.length < messages.length || found.length >= most) break;
  }
  return found;
}

/** One odd message must not hide the others. */
function toMessage(json: unknown): ReadMessage[] {
  try {
    return [{ message: readMessage(json), json }];
  } catch {
    return [];
  }
}

function encodeSpaces(path: string): string {
  return path.replaceAll(' ', '%20');
}
