import { CLOUDS } from '../config/clouds.ts';
import type { PostDraft } from '../core/types.ts';
import { chatOfId } from '../graph/resources/chats.ts';
import { readChat, readMessage } from '../graph/wire/message.ts';
import { compose } from '../notify/post/compose.ts';

export interface RenderInput {
  /** A Graph chatMessage. */
  message: unknown;
  /** Its Graph chat; without it the chat is told from its id. */
  chat: unknown;
  locale: string;
  /** Who reads the post; otherwise nobody of the message, so that every mention shows as it does for a bystander. */
  reader?: { oid: string; username: string };
  /** The reader's tenant; without it nobody is marked as external. */
  tid?: string;
}

const BYSTANDER = { oid: '00000000-0000-0000-0000-000000000000', username: 'reader' };

/** What the sidecar would post for a message, without any network. Error: `notification_unreadable`. */
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
