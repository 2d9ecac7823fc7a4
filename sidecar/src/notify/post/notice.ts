import type { Sealer } from '../../core/encryption.ts';
import type { DeliveryKey } from '../../core/ports/deliveries.ts';
import type { Notice } from '../../core/ports/digests.ts';
import { noticeContext } from '../../core/ports/digests.ts';
import type { Chat, Connection, Message, User } from '../../core/types.ts';
import { createRenderContext, type RenderContext } from '../attachments/render-context.ts';
import { mentionOf } from '../pipeline/decide.ts';
import { chatName, senderName } from './header.ts';

/** The input of a notice. */
export interface NoticeRequest {
  key: DeliveryKey;
  connection: Connection;
  user: User;
  message: Message;
}

/** What building a notice uses of the rest of the sidecar. */
export interface NoticePorts {
  chat(connection: Connection, chatId: string): Promise<Chat>;
  sealer: Pick<Sealer, 'seal'>;
  teamsUrl: string;
}

/** Builds the sealed names and link of a message, for the digest and the list of the last notifications. */
export function createNotice({ chat, sealer, teamsUrl }: NoticePorts): (request: NoticeRequest) => Promise<string> {
  return async ({ key, connection, user, message }) => {
    const found = await chat(connection, message.chatId);
    const context = createRenderContext({ message, chat: found, locale: user.locale, teamsUrl });
    return sealer.seal(JSON.stringify(noticeOf(context, connection.oid)), noticeContext(key));
  };
}

function noticeOf(context: RenderContext, oid: string): Notice {
  return {
    sender: senderName(context),
    chatTitle: context.chat.kind === 'oneOnOne' ? senderName(context) : chatName(context, oid),
    chatKind: context.chat.kind,
    link: context.link,
    sentAt: context.message.createdAt,
    mentioned: mentionOf(context.message, oid) === 'direct',
  };
}
