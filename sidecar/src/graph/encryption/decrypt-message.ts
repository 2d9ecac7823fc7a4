import type { Sealer } from '../../core/encryption.ts';
import { ownerKey } from '../../core/owner.ts';
import type { Message, Owner } from '../../core/types.ts';
import { parseJson } from '../wire/entities.ts';
import { readMessage } from '../wire/message.ts';
import type { Keyring } from './certificates.ts';
import { unreadable } from './crypto.ts';

/** Which message an inbox item is about. */
export interface MessagePlace {
  owner: Owner;
  chatId: string;
  messageId: string;
}

/** What an inbox item says of its message; `payload` is null when Graph sent no content. */
export interface SealedMessage extends MessagePlace {
  payload: string | null;
}

export interface OpenPorts {
  keyring: Pick<Keyring, 'open'>;
  sealer: Pick<Sealer, 'open'>;
  /** Called for a message that tells of a change of its chat's members or topic, before what is cached of the chat is used. */
  chatChanged(chatId: string): void;
}

/**
 * Opens an inbox item: decrypts its content, reads the message, and makes sure that it is the one the notification named, because only
 * the content is signed. What Graph encrypted is JSON; everything else was sealed by us.
 *
 * @throws {AppError} notification_unreadable, key_unknown, seal_broken
 */
export function createOpen({ keyring, sealer, chatChanged }: OpenPorts): (item: SealedMessage) => Promise<Message> {
  return async (item) => {
    const { payload, chatId, messageId } = item;
    if (payload === null) throw unreadable('no_content');
    const content = payload.startsWith('{')
      ? await keyring.open(payload)
      : parseJson(sealer.open(payload, contextOf(item)));
    const message = readMessage(content);
    if (message.chatId !== chatId || message.id !== messageId) throw unreadable('another_message');
    if (changesChat(message)) chatChanged(chatId);
    return message;
  };
}

/** Graph's event names are those of the `eventDetail` types; a system message without one may be any event. */
function changesChat({ kind, event = 'members' }: Message): boolean {
  return kind === 'system' && /^(members|chatRenamed)/.test(event);
}

/** A chatMessage that was read from Graph, as JSON, in the form in which it waits in the inbox. */
export function sealMessage(sealer: Pick<Sealer, 'seal'>, place: MessagePlace, json: unknown): string {
  return sealer.seal(JSON.stringify(json), contextOf(place));
}

function contextOf({ owner, chatId, messageId }: MessagePlace): string {
  return `inbox.payload:${ownerKey(owner)}:${chatId}:${messageId}`;
}
