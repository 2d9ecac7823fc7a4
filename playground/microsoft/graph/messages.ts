import type { MicrosoftState } from '../state.ts';
import type { ChatMessage, Json } from '../types.ts';
import { OTHER_READS, readableChat } from './chats.ts';
import { badRequest, notFound } from './errors.ts';
import { allowOptions, readTop, toPage } from './paging.ts';
import type { Answer, Call, GraphRoute } from './route.ts';

const READ = { delegated: ['Chat.Read', 'Chat.ReadWrite'], app: ['Chat.Read.All', 'Chat.ReadWrite.All'] };
const ORDERS = ['createdDateTime', 'lastModifiedDateTime'] as const;
type Order = (typeof ORDERS)[number];

/** Operators Graph has for each property that messages can be filtered by. */
const OPERATORS: Record<Order, readonly string[]> = { createdDateTime: ['lt'], lastModifiedDateTime: ['gt', 'lt'] };

/** Messages and the pictures in them. */
export function messageRoutes(deps: { url(): string; state: MicrosoftState }): GraphRoute[] {
  const { state, url } = deps;
  const path = '/chats/:chatId/messages';
  const find = ({ params, token }: Call) => {
    const chat = readableChat(state, token, params.chatId ?? '');
    const message = chat.messages.get(params.messageId ?? '');
    if (!message) throw notFound('The message does not exist in this chat.');
    return { chat, message };
  };
  return [
    {
      method: 'GET',
      path,
      names: ['GET messages'],
      needs: READ,
      limits: { app: 20, chat: 1 },
      answer: (call) => list(deps, call),
    },
    {
      method: 'GET',
      path: `${path}/:messageId`,
      names: ['GET message'],
      needs: READ,
      limits: OTHER_READS,
      answer: (call) => {
        const { chat, message } = find(call);
        return { body: { '@odata.context': `${context(url(), chat.id)}/$entity`, ...masked(message.wire, call) } };
      },
    },
    {
      method: 'GET',
      path: `${path}/:messageId/hostedContents`,
      names: ['GET hostedContents'],
      needs: READ,
      limits: { app: 50, chat: 1 },
      answer: (call) => {
        const { message } = find(call);
        const value = [...message.hosted.keys()].map((id) => ({ id, contentBytes: null, contentType: null }));
        return { body: { value } };
      },
    },
    {
      method: 'GET',
      path: `${path}/:messageId/hostedContents/:hostedId/$value`,
      names: ['GET hostedContent'],
      needs: READ,
      limits: { app: 60, chat: 1 },
      answer: (call) => {
        const content = find(call).message.hosted.get(call.params.hostedId ?? '');
        if (!content) throw notFound('The hosted content does not exist.');
        return { body: content.bytes, type: content.contentType };
      },
    },
  ];
}

function list({ url, state }: { url(): string; state: MicrosoftState }, call: Call): Answer {
  const { query, token, params } = call;
  allowOptions(query, ['$top', '$orderby', '$filter', '$skiptoken']);
  const chat = readableChat(state, token, params.chatId ?? '');
  const top = readTop(query.$top, { usual: 20, most: 50 });
  const all = [...chat.messages.values()].map((message) => message.wire);
  const address = `${url()}/v1.0/chats/${encodeURIComponent(chat.id)}/messages`;
  const page = toPage(arrange(all, query), { address, query, top });
  const value = page.value.map((wire) => masked(wire, call));
  return { body: { '@odata.context': context(url(), chat.id), '@odata.count': value.length, ...page, value } };
}

function context(url: string, chatId: string): string {
  return `${url}/v1.0/$metadata#chats('${encodeURIComponent(chatId)}')/messages`;
}

/** System messages are `unknownFutureValue` without `Prefer: include-unknown-enum-members`. */
function masked(wire: ChatMessage, call: Call): Json {
  if (wire.messageType !== 'systemEventMessage' || call.prefers('include-unknown-enum-members')) return wire;
  return { ...wire, messageType: 'unknownFutureValue' };
}

/** Graph's order and filter. A filter on another property than the one ordered by is ignored without a word, as Graph does. */
function arrange(messages: ChatMessage[], query: Record<string, string | undefined>): ChatMessage[] {
  const order = readOrder(query.$orderby);
  const property: Order = order ?? 'createdDateTime';
  const newestFirst = messages.toSorted(
    (a, b) => b[property].localeCompare(a[property]) || Number(b.id) - Number(a.id),
  );
  if (query.$filter === undefined || order === null) return newestFirst;
  const clauses = query.$filter.split(/ and /i).map((clause) => readClause(clause.trim(), order));
  return newestFirst.filter((message) => clauses.every((clause) => clause === null || clause(message)));
}

function readOrder(text: string | undefined): Order | null {
  if (text === undefined) return null;
  const [property, direction] = text.trim().split(/\s+/);
  const order = ORDERS.find((name) => name === property);
  if (order === undefined || direction !== 'desc')
    throw badRequest(`Unsupported $orderby: '${text}'. Only descending order is supported.`);
  return order;
}

function readClause(text: string, order: Order): ((message: ChatMessage) => boolean) | null {
  const match = /^(\w+) (gt|lt|ge|le|eq|ne) (\S+)$/i.exec(text);
  const [, property, operator = '', time = ''] = match ?? [];
  const known = ORDERS.find((name) => name === property);
  if (known === undefined || !OPERATORS[known].includes(operator) || Number.isNaN(Date.parse(time))) {
    throw badRequest(`Invalid filter clause: '${text}'.`);
  }
  if (known !== order) return null;
  const limit = Date.parse(time);
  return (message) => (operator === 'gt' ? Date.parse(message[known]) > limit : Date.parse(message[known]) < limit);
}
