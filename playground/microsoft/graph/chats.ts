import type { MicrosoftState } from '../state.ts';
import type { AccessToken, Chat, Json, StoredMessage } from '../types.ts';
import { requireSelf } from './access.ts';
import { badRequest, forbidden } from './errors.ts';
import { allowOptions, readTop, toPage } from './paging.ts';
import { personOf } from './people.ts';
import type { Answer, Call, GraphRoute } from './route.ts';

const READ_BASIC = {
  delegated: ['Chat.ReadBasic', 'Chat.Read', 'Chat.ReadWrite'],
  app: ['Chat.ReadBasic.All', 'Chat.Read.All', 'Chat.ReadWrite.All'],
};
/** "Any other" reading of Teams. */
export const OTHER_READS = { bucket: 'other reads', app: 30, chat: 1, person: 1 };
const EXPANDED_MEMBERS = 25;
const NEWEST_FIRST = 'lastMessagePreview/createdDateTime desc';

/** Chats and their members. */
export function chatRoutes(deps: { url(): string; state: MicrosoftState }): GraphRoute[] {
  const { state, url } = deps;
  return [
    {
      method: 'GET',
      path: '/me/chats',
      names: ['GET chats'],
      needs: { ...READ_BASIC, app: null },
      limits: { bucket: 'list chats', app: 20, person: 1 },
      answer: (call) => list(deps, call, { oid: call.token.oid, path: '/me/chats' }),
    },
    {
      method: 'GET',
      path: '/users/:userId/chats',
      names: ['GET chats'],
      needs: READ_BASIC,
      limits: { bucket: 'list chats', app: 20, person: 1 },
      answer: (call) => {
        const person = personOf(state, call.params.userId ?? '');
        requireSelf(call.token, [person.oid]);
        return list(deps, call, { oid: person.oid, path: `/users/${person.oid}/chats` });
      },
    },
    {
      method: 'GET',
      path: '/chats/:chatId',
      names: ['GET chat'],
      needs: READ_BASIC,
      limits: { app: 200, chat: 1, person: 5 },
      answer: ({ params, query, token }) => {
        allowOptions(query, ['$expand']);
        const chat = readableChat(state, token, params.chatId ?? '');
        const body = toChat(chat, { url: url(), state, expand: readExpand(query.$expand) });
        return { body: { '@odata.context': `${url()}/v1.0/$metadata#chats/$entity`, ...body, viewpoint: null } };
      },
    },
    {
      method: 'GET',
      path: '/chats/:chatId/members',
      names: ['GET members'],
      needs: READ_BASIC,
      limits: OTHER_READS,
      answer: (call) => members(deps, call),
    },
  ];
}

function list(
  { url, state }: { url(): string; state: MicrosoftState },
  call: Call,
  { oid, path }: { oid: string; path: string },
): Answer {
  allowOptions(call.query, ['$expand', '$top', '$orderby', '$skiptoken']);
  const top = readTop(call.query.$top, { usual: 20, most: 50 });
  const expand = readExpand(call.query.$expand);
  const address = `${url()}/v1.0${path}`;
  const page = toPage(sorted(state.chatsOf(oid), call.query.$orderby), { address, query: call.query, top });
  const viewer = call.token.kind === 'delegated' ? oid : null;
  const value = page.value.map((chat) => ({
    ...toChat(chat, { url: url(), state, expand }),
    viewpoint: viewpoint(chat, viewer),
  }));
  return { body: { '@odata.context': `${url()}/v1.0/$metadata#chats`, '@odata.count': value.length, ...page, value } };
}

function members({ url, state }: { url(): string; state: MicrosoftState }, { params, query, token }: Call): Answer {
  allowOptions(query, []);
  const chat = readableChat(state, token, params.chatId ?? '');
  const value = chat.members.map((oid) => toMember(chat, oid, state));
  const context = `${url()}/v1.0/$metadata#chats('${encodeURIComponent(chat.id)}')/members`;
  return { body: { '@odata.context': context, '@odata.count': value.length, value } };
}

/** The chat, when the caller may see it. Errors: `GraphError` 403 when not a member, `Problem` 404. */
export function readableChat(state: MicrosoftState, token: AccessToken, id: string): Chat {
  const chat = state.chat(id);
  const isMember = chat.members.includes(token.oid);
  if (token.kind === 'delegated' && !isMember) throw forbidden('User is not part of the chat.');
  if (token.kind === 'app' && chat.tid !== token.tid) throw forbidden('The chat belongs to another organization.');
  return chat;
}

function readExpand(text: string | undefined): { members: boolean; preview: boolean } {
  const names = (text ?? '').split(',').filter((name) => name !== '');
  const unknown = names.find((name) => name !== 'members' && name !== 'lastMessagePreview');
  if (unknown !== undefined)
    throw badRequest(`Could not expand '${unknown}': only members and lastMessagePreview can be expanded.`);
  return { members: names.includes('members'), preview: names.includes('lastMessagePreview') };
}

function sorted(chats: Chat[], orderby: string | undefined): Chat[] {
  if (orderby === undefined) return chats;
  if (orderby !== NEWEST_FIRST) throw badRequest(`Only $orderby=${NEWEST_FIRST} is supported.`);
  const time = (chat: Chat) => newest(chat)?.wire.createdDateTime ?? '';
  return chats.toSorted((a, b) => time(b).localeCompare(time(a)));
}

function newest(chat: Chat): StoredMessage | undefined {
  let latest: StoredMessage | undefined;
  for (const message of chat.messages.values()) {
    if (!latest || message.wire.createdDateTime >= latest.wire.createdDateTime) latest = message;
  }
  return latest;
}

function toChat(
  chat: Chat,
  { url, state, expand }: { url: string; state: MicrosoftState; expand: { members: boolean; preview: boolean } },
): Json {
  const members = chat.members.slice(0, EXPANDED_MEMBERS).map((oid) => toMember(chat, oid, state));
  return {
    id: chat.id,
    topic: chat.topic,
    createdDateTime: chat.createdDateTime,
    lastUpdatedDateTime: chat.lastUpdatedDateTime,
    chatType: chat.kind,
    webUrl: `${url}/l/chat/${encodeURIComponent(chat.id)}/0?tenantId=${chat.tid}`,
    tenantId: chat.tid,
    onlineMeetingInfo: null,
    isHiddenForAllMembers: false,
    migrationMode: null,
    ...(expand.members ? { members } : {}),
    ...(expand.preview ? { lastMessagePreview: toPreview(newest(chat)) } : {}),
  };
}

function viewpoint(chat: Chat, viewer: string | null): Json | null {
  if (viewer === null) return null;
  return { isHidden: false, lastMessageReadDateTime: chat.reads.get(viewer) ?? '0001-01-01T00:00:00Z' };
}

function toPreview(message: StoredMessage | undefined): Json | null {
  if (!message) return null;
  const { id, createdDateTime, deletedDateTime, messageType, body, from, eventDetail } = message.wire;
  return { id, createdDateTime, isDeleted: deletedDateTime !== null, messageType, eventDetail, body, from };
}

function toMember(chat: Chat, oid: string, state: MicrosoftState): Json {
  const person = state.person(oid);
  return {
    '@odata.type': '#microsoft.graph.aadUserConversationMember',
    id: Buffer.from(`${chat.tid}##${chat.id}##${oid}`).toString('base64'),
    // Members of other tenants are owners, too; `guest` is for guests of this one (Graph conversationMember).
    roles: ['owner'],
    displayName: person.name,
    userId: oid,
    email: person.mail,
    tenantId: person.tid,
    visibleHistoryStartDateTime: '0001-01-01T00:00:00Z',
  };
}
