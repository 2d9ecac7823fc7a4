import type { DeliveryKey, DeliveryState } from './deliveries.ts';

/** Every message of the connection up to `caughtUpTo` is in the inbox or decided on. */
export interface Watermark {
  connectionId: string;
  caughtUpTo: number;
}

/** How far each connection's chats were read for missed messages, and when to read them next. */
export interface Watermarks {
  /** Asks for catch-up at once. A connection without a watermark starts at `from`. */
  request(connection: { connectionId: string; from: number }, now: number): Promise<void>;
  /** Asks for catch-up of all connections; those without a watermark start when they connected. */
  requestAll(now: number): Promise<void>;
  /** Takes what is due, the longest waiting first, of connections whose sign-in works; due again at `until` unless advanced before. */
  claim(request: { now: number; limit: number; until: number }): Promise<Watermark[]>;
  /** Records how far the connection was caught up and when to catch up next. A request that came meanwhile keeps its earlier time. */
  advance(done: Watermark & { claimedUntil: number; dueAt: number }): Promise<void>;
}

/** A message that is in the inbox (`waiting`) or was decided on. `editedAt` is that of the message as it was posted. */
export interface KnownMessage {
  messageId: string;
  state: DeliveryState | 'waiting';
  editedAt: number | null;
}

/** What is stored about messages that were read from Graph instead of notified. */
export interface MessageStatus {
  /** Those of the given messages of one chat that wait or were decided on; one that waits is returned as `waiting` only. */
  find(chat: {
    connectionId: string;
    userId: string;
    tid: string;
    chatId: string;
    messageIds: readonly string[];
  }): Promise<KnownMessage[]>;
  /** Records that these messages get no post. Earlier decisions are not changed. Returns how many were new. */
  markSkipped(keys: readonly DeliveryKey[], now: number): Promise<number>;
}
