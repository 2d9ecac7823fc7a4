import type { Connection, InboxItem } from '../types.ts';

/** A notification in the inbox. `id` is the hash of what makes it unique. */
export interface QueuedItem extends InboxItem {
  id: string;
  /** Failed attempts so far. */
  attempts: number;
  /** The message id as a number, which orders a chat. */
  messageOrder: number;
}

/** One chat of one connection, held for a while: its items are worked off one by one, in order. */
export interface Lane {
  id: string;
  connectionId: string;
  chatId: string;
  /** Rises with every claim. Every write names it, and is refused with `lease_lost` once another holder has the lane. */
  fence: number;
  /** Rises with every intake: what `finish` compares to see whether more has come. */
  seq: number;
  /** `messageOrder` of the newest message posted from this lane, 0 for none. */
  lastPosted: number;
  /** The post into which the next messages may be folded, and when it was made; null for none. */
  openPost: OpenPost | null;
  items: QueuedItem[];
}

/** A post that may grow. `since` is when it was made, by the sidecar's clock. */
export interface OpenPost {
  postId: string;
  since: number;
}

/** What identifies a delivery: one Teams message for one user. */
export interface DeliveryKey {
  userId: string;
  tid: string;
  chatId: string;
  messageId: string;
}

/**
 * - posting: the intent to post is recorded; whether the post exists is known only by looking
 * - posted: the post is there
 * - removed: the message was deleted in Teams; without a post when the deletion came first
 * - skipped: it was decided not to deliver the message
 */
export type DeliveryState = 'posting' | 'posted' | 'removed' | 'skipped';

/** What became of a message for a user. `version`, `modifiedAt` and `editedAt` are those of the message as it was posted last. */
export interface Delivery extends DeliveryKey {
  state: DeliveryState;
  /** Random, the same for every attempt. */
  pendingPostId: string;
  channelId: string | null;
  postId: string | null;
  /** The post of an earlier message that this one is part of, or is to become part of; null for a post of its own. */
  foldedInto: string | null;
  version: string | null;
  modifiedAt: number | null;
  editedAt: number | null;
  intentAt: number;
}

/** Whom a notification is for, and what became of its message for them; null when nothing has yet. */
export interface Recipient {
  connection: Connection;
  delivered: Delivery | null;
}

/** The version of a message that a post shows. */
export interface PostedVersion {
  version: string;
  modifiedAt: number;
  editedAt: number | null;
}

/** A notification that was given up, still encrypted, with the reason. */
export interface DeadLetter extends InboxItem {
  id: string;
  reason: string;
  attempts: number;
  diedAt: number;
}

/** What waits in the inbox. Counting stops at the limit that was asked for. */
export interface Backlog {
  items: number;
  lanes: number;
  /** When the oldest waiting notification was received, null when nothing waits. */
  oldestAt: number | null;
}
