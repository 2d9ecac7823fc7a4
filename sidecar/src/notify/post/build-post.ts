import { RETRY, toAppError } from '../../core/errors.ts';
import type { OpenFile, Picture } from '../../core/ports/files.ts';
import type { Chat, Connection, Message, PostDraft } from '../../core/types.ts';
import type {
  FileFailure,
  FileNote,
  FileRequest,
  PictureRequest,
  SnippetRequest,
} from '../attachments/render-context.ts';
import { mentionOf } from '../pipeline/decide.ts';
import type { DraftRequest } from '../pipeline/ports.ts';
import { cardButtons } from './buttons.ts';
import { type Composed, type ComposeInput, compose, composeRemoved } from './compose.ts';

interface PictureAsked {
  url: string;
  name: string;
  /** The message that is being delivered to the connection's user. */
  message: { chatId: string; id: string };
}

/** What building a post uses of the rest of the sidecar. */
export interface DraftPorts {
  chat(connection: Connection, chatId: string): Promise<Chat>;
  /** Fetches a picture of `message`; one that cannot be fetched must not hold the message back. */
  picture(connection: Connection, request: PictureAsked): Promise<Picture | { failed: string }>;
  /** Fetches the text of a code snippet, where that is possible. */
  snippet?(connection: Connection, request: { url: string }): Promise<{ text: string } | { failed: string }>;
  upload(file: { channelId: string } & Picture): Promise<string>;
  /** Opens a shared file; one that cannot be fetched must not hold the message back. Null: files are shown as links. */
  openFile: OpenSharedFile | null;
  uploadStream(file: { channelId: string } & OpenFile): Promise<string>;
  teamsUrl: string;
}

type OpenSharedFile = (
  connection: Connection,
  request: { url: string; name: string },
) => Promise<OpenFile | { failed: string }>;

/** Builds the post of a message: composes it, fetches and attaches its files, and composes it again with the outcome of each file. */
export function createDraft(ports: DraftPorts): (request: DraftRequest) => Promise<PostDraft> {
  return async (request) => {
    const { action, connection, user, item, late } = request;
    const chat = await ports.chat(connection, item.chatId);
    const input: ComposeInput = {
      message: request.message ?? unseen(request),
      chat,
      reader: { oid: connection.oid, username: user.username },
      teamsUrl: ports.teamsUrl,
      tid: connection.tid,
      locale: user.locale,
      late,
      when: connection.preferences.when,
      attachFiles: ports.openFile !== null,
    };
    const buttons = buttonsOf(request, input);
    if (action === 'remove') return { ...composeRemoved(input), buttons };
    const composed = compose(input);
    const { pictures, snippets, files } = composed;
    if (pictures.length + snippets.length + files.length === 0) return { ...composed.post, buttons };
    const fetched = await fetchAll(ports, request, composed);
    const { post } = compose({ ...input, files: fetched.map(({ note }) => note) });
    const fileIds = fetched.flatMap(({ fileId }) => fileId ?? []);
    return { ...post, buttons, ...(fileIds.length === 0 ? {} : { fileIds }) };
  };
}

function buttonsOf({ connection, user }: DraftRequest, { message }: ComposeInput): NonNullable<PostDraft['buttons']> {
  const mentioned = mentionOf(message, connection.oid) === 'direct';
  const { when } = connection.preferences;
  return cardButtons({ userId: user.id, locale: user.locale, chatId: message.chatId, when, mentioned });
}

interface Fetched {
  note: FileNote;
  fileId: string | null;
}

async function fetchAll(ports: DraftPorts, request: DraftRequest, composed: Composed): Promise<Fetched[]> {
  const fetched = await Promise.all([
    ...composed.pictures.map((picture) => attach(ports, request, picture)),
    ...composed.snippets.map((snippet) => readSnippet(ports, request.connection, snippet)),
  ]);
  // One after the other: each may be as large as the operator allows.
  for (const file of composed.files) fetched.push(await attachFile(ports, request, file));
  return fetched;
}

// The pictures of an existing post are attached to it already; an edit changes its text only.
async function attach(ports: DraftPorts, request: DraftRequest, { key, url, alt }: PictureRequest): Promise<Fetched> {
  if (request.action === 'update') return attached(key, null);
  const { chatId, messageId: id } = request.item;
  const picture = await ports.picture(request.connection, { url, name: alt, message: { chatId, id } });
  if ('failed' in picture) return failed(key, picture.failed);
  return uploaded(key, () => ports.upload({ channelId: request.channelId, ...picture }));
}

async function attachFile(
  { openFile, uploadStream }: DraftPorts,
  { action, connection, channelId }: DraftRequest,
  { key, url, name }: FileRequest,
): Promise<Fetched> {
  if (openFile === null || action === 'update') return attached(key, null);
  const file = await openFile(connection, { url, name });
  if ('failed' in file) return failed(key, file.failed);
  return uploaded(key, () => uploadStream({ channelId, ...file }));
}

/** A file that Mattermost refuses becomes a line in the post; other failures are tried again. */
async function uploaded(key: string, upload: () => Promise<string>): Promise<Fetched> {
  try {
    return attached(key, await upload());
  } catch (error) {
    const { code } = toAppError(error);
    if (RETRY[code] !== 'never') throw error;
    return failed(key, code);
  }
}

function attached(key: string, fileId: string | null): Fetched {
  return { note: { key, outcome: 'attached' }, fileId };
}

function failed(key: string, code: string): Fetched {
  return { note: { key, outcome: { failed: failureOf(code) } }, fileId: null };
}

async function readSnippet(ports: DraftPorts, connection: Connection, { key, url }: SnippetRequest): Promise<Fetched> {
  const found = (await ports.snippet?.(connection, { url })) ?? { failed: 'unavailable' };
  return { note: { key, outcome: 'text' in found ? found : { failed: failureOf(found.failed) } }, fileId: null };
}

const FAILURES: Readonly<Record<string, FileFailure>> = {
  not_a_picture: 'not_a_picture',
  payload_too_large: 'too_large',
  foreign_host: 'forbidden',
  forbidden: 'forbidden',
  unauthorized: 'forbidden',
  microsoft_refused: 'forbidden',
  mattermost_refused: 'too_large',
  microsoft_not_found: 'not_found',
};

function failureOf(code: string): FileFailure {
  return FAILURES[code] ?? 'unavailable';
}

/** Stands for the message when a deletion comes without it: the text of a post is not stored, so only the chat and the time are known. */
function unseen({ item }: DraftRequest): Message {
  return {
    chatId: item.chatId,
    id: item.messageId,
    version: '',
    kind: 'message',
    createdAt: item.messageOrder,
    lastModifiedAt: item.receivedAt,
    lastEditedAt: null,
    deletedAt: item.receivedAt,
    importance: 'normal',
    subject: null,
    sender: null,
    onBehalfOf: null,
    body: { type: 'text', content: '' },
    mentions: [],
    attachments: [],
    reactionCount: 0,
    blocked: false,
  };
}
