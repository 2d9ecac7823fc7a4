import type { Sealer } from '../../core/encryption.ts';
import { ownerKey } from '../../core/owner.ts';
import type { Message, Owner } from '../../core/types.ts';
import { parseJson } from '../wire/entities.ts';
import { readMessage } from '../wire/message.ts';
import type { EncryptionCertificates } from './certificates.ts';
import { unreadable } from './crypto.ts';

/** The message that an inbox item is about. */
export interface MessagePlace {
  owner: Owner;
  chatId: string;
  messageId: string;
}

/** An inbox item with its content as stored; `payload` is null when Graph sent none. */
export interface SealedMessage extends MessagePlace {
  payload: string | null;
}

export interface DecryptMessagePorts {
  certificates: Pick<EncryptionCertificates, 'decrypt'>;
  sealer: Pick<Sealer, 'open'>;
  /** Called for a message about a change of its chat's members or topic, before the cached chat is used. */
  chatChanged(chatId: string): void;
}

/**
 * Decrypts the content of an inbox item and reads the message. A payload in JSON is Graph's encrypted content; any other was sealed by
 * `sealMessage`. The message must be the one that the item names, because Graph signs the content only.
 *
 * @throws {AppError} notification_unreadable, key_unknown, seal_broken
 */
export function createDecryptMessage(ports: DecryptMessagePorts): (item: SealedMessage) => Promise<Message> {
  const { certificates, sealer, chatChanged } = ports;
  return async function decryptMessage(item) {
    const { payload, chatId, messageId } = item;
    if (payload === null) throw unreadable('no_content');
    const content = payload.startsWith('{')
      ? await certificates.decrypt(payload)
      : parseJson(sealer.open(payload, contextOf(item)));
    const message = readMessage(content);
    if (message.chatId !== chatId || message.id !== messageId) throw unreadable('another_message');
    if (changesChat(message)) chatChanged(chatId);
    return message;
  };
}

/** `event` is the name of Graph's `eventDetail` type; a system message without one may be about any event. */
function changesChat({ kind, event = 'members' }: Message): boolean {
  return kind === 'system' && /^(members|chatRenamed)/.test(event);
}

/** Seals the JSON of a chatMessage that was read from Graph, as the payload of an inbox item. */
export function sealMessage(sealer: Pick<Sealer, 'seal'>, place: MessagePlace, json: unknown): string {
  return sealer.seal(JSON.stringify(json), contextOf(place));
}

function contextOf({ owner, chatId, messageId }: MessagePlace): string {
  return `inbox.payload:${ownerKey(owner)}:${chatId}:${messageId}`;
}
