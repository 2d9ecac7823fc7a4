/** A person who can be chosen on the page. */
export interface Person {
  oid: string;
  tid: string;
  name: string;
  upn: string;
  presence: { availability: string; activity: string };
}

export interface Chat {
  id: string;
  kind: 'oneOnOne' | 'group' | 'meeting';
  topic: string | null;
  members: string[];
}

export interface State {
  people: Person[];
  chats: Chat[];
}

/** A Graph chatMessage, as far as the page shows it. */
export interface Message {
  id: string;
  chatId: string;
  createdDateTime: string;
  lastEditedDateTime: string | null;
  deletedDateTime: string | null;
  importance: string;
  subject: string | null;
  from: {
    user?: { id: string; displayName: string | null } | null;
    application?: { displayName: string | null } | null;
  } | null;
  body: { contentType: string; content: string };
  attachments: {
    id: string;
    contentType: string;
    contentUrl: string | null;
    name: string | null;
    content: string | null;
  }[];
  reactions: { reactionType: string }[];
  eventDetail: { '@odata.type'?: string } | null;
}

/** One call of the control API. Errors: `Error` with the server's own sentence. */
export async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`/playground${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  const json = text === '' ? null : JSON.parse(text);
  if (!answer.ok) throw new Error(json?.error?.message ?? `The server answered ${answer.status}.`);
  return json as T;
}

/** Path of one chat in the control API. */
export function chatPath(chatId: string): string {
  return `/chats/${encodeURIComponent(chatId)}`;
}
