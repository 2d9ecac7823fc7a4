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

/**
 * Opens an inbox item: decrypts its content, reads the message, and makes sure that it is the one the notification named, because only
 * the content is signed. What Graph encrypted is JSON; everything else was sealed by us. Errors: `notification_unreadable`,
 * `key_unknown`, `seal_broken`.
 */
export function createOpen(
  keyring: Pick<Keyring, 'open'>,
  sealer: Pick<Sealer, 'open'>,
): (item: SealedMessage) => Promise<Message> {
  return async (item) => {
    const { payload, chatId, messageId } = item;
    if (payload === null) throw unreadable('no_content');
    const content = payload.startsWith('{')
      ? await keyring.open(payload)
      : parseJson(sealer.open(payload, contextOf(item)));
    const message = readMessage(content);
    if (message.chatId !== chatId || message.id !== messageId) throw unreadable('another_message');
    return message;
  };
}

/** A chatMessage that was read from Graph, as JSON, in the form in which it waits in the inbox. */
export function sealMessage(sealer: Pick<Sealer, 'seal'>, place: MessagePlace, json: unknown): string {
  return sealer.seal(JSON.stringify(json), contextOf(place));
}

function contextOf({ owner, chatId, messageId }: MessagePlace): string {
  return `inbox.payload:${ownerKey(owner)}:${chatId}:${messageId}`;
}
