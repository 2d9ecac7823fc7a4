import { readFileSync } from 'node:fs';
import { CLOUDS } from '../config/clouds.ts';
import { AppError } from '../core/errors.ts';
import type { PostDraft } from '../core/types.ts';
import { chatOfId } from '../graph/resources/chats.ts';
import { readChat, readMessage } from '../graph/wire/message.ts';
import { compose } from '../notify/post/compose.ts';
import { print } from './prompt.ts';

/** Options of `render`. */
export interface RenderOptions {
  /** File with the Graph chat. */
  chat?: string;
  locale: string;
  /** Object id of the reader. */
  reader?: string;
  username: string;
  tenant?: string;
}

/**
 * `render`: prints the post that the chatMessage on standard input becomes.
 * @throws {AppError} bad_request when an input is not JSON; notification_unreadable when it is no chatMessage
 */
export function renderCommand({ chat, locale, reader: oid, username, tenant: tid }: RenderOptions): void {
  const input: RenderInput = {
    message: readJson(0, 'standard input'),
    chat: chat === undefined ? null : readJson(chat, chat),
    locale,
    ...(oid === undefined ? {} : { reader: { oid, username } }),
    ...(tid === undefined ? {} : { tid }),
  };
  print(JSON.stringify(render(input), null, 2));
}

function readJson(file: string | number, name: string): unknown {
  const text = readFileSync(file, 'utf8');
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new AppError('bad_request', `What came from ${name} is not JSON.`, {
      cause,
      remedy: 'Give one chatMessage object as Graph returns it.',
    });
  }
}

/** A message and its reader. */
export interface RenderInput {
  /** A Graph chatMessage. */
  message: unknown;
  /** Its Graph chat; null: derived from the chat id in the message. */
  chat: unknown;
  locale: string;
  /** The reader; by default an account that the message does not mention. */
  reader?: { oid: string; username: string };
  /** Tenant of the reader; without it no sender is marked as external. */
  tid?: string;
}

const BYSTANDER = { oid: '00000000-0000-0000-0000-000000000000', username: 'reader' };

/**
 * The post that the sidecar would make of a message, without any network.
 * @throws {AppError} notification_unreadable
 */
export function render({ message: json, chat, locale, reader = BYSTANDER, tid = '' }: RenderInput): PostDraft {
  const message = readMessage(json);
  const input = {
    message,
    chat: chat === null ? chatOfId(message.chatId) : readChat(chat),
    teamsUrl: CLOUDS.global.teamsUrl,
    reader,
    tid,
    locale,
  };
  return compose(input).post;
}
