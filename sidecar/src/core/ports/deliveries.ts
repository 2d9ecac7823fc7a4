import type { Connection } from '../types.ts';
import type { ChatQueue, OpenPost } from './queue.ts';

/** What identifies a delivery: one Teams message for one user. */
export interface DeliveryKey {
  userId: string;
  tid: string;
  chatId: string;
  messageId: string;
}

/**
 * - posting: the intent to post is recorded; whether the post exists is known only by looking for it
 * - posted: the post exists
 * - removed: the message was deleted in Teams; without a post when the deletion came first
 * - skipped: it was decided not to deliver the message
 */
export type DeliveryState = 'posting' | 'posted' | 'removed' | 'skipped';

/** The state of one message for one user. `version`, `modifiedAt` and `editedAt` are those of the message as it was posted last. */
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

/** The version of a message that a post shows. */
export interface PostedVersion {
  version: string;
  modifiedAt: number;
  editedAt: number | null;
}

/** The connection a notification belongs to, and the delivery of its message; null when there is none yet. */
export interface Recipient {
  connection: Connection;
  delivered: Delivery | null;
}

/** The deliveries of all users. Every write is refused with `lease_lost` once the chat queue has changed hands. */
export interface Deliveries {
  /**
   * Records the intent to post, before the request. `fresh` is false when there was a row already: then that row is returned. Null, and
   * nothing recorded, when `revision` is given and the chat queue has received more since: an older message may be among it.
   */
  begin(intent: {
    queue: ChatQueue;
    key: DeliveryKey;
    pendingPostId: string;
    channelId: string;
    foldedInto: string | null;
    revision: number | null;
    now: number;
  }): Promise<{ delivery: Delivery; fresh: boolean } | null>;
  /** The message gets a post of its own after all. */
  unfold(queue: ChatQueue, key: DeliveryKey): Promise<void>;
  /** Ids of the messages that have become part of that post of another message. */
  foldedInto(postId: string): Promise<string[]>;
  /**
   * Records what the post shows now, deletes the queue item and, when it was the `last` of the chat queue, gives the queue back, in one
   * transaction. `order` only for a post that is new.
   */
  confirm(done: {
    queue: ChatQueue;
    itemId: string;
    key: DeliveryKey;
    state: 'posted' | 'removed';
    postId: string | null;
    version: PostedVersion | null;
    order: number | null;
    /** The post that the next messages may be added to. */
    openPost: OpenPost | null;
    /** Names for the list of the last notifications, sealed; null keeps the stored ones. */
    notice: string | null;
    last: boolean;
    now: number;
  }): Promise<void>;
  /** Records that the message gets no post (ids only) and deletes the queue item. An existing row is not changed. */
  skip(done: {
    queue: ChatQueue;
    itemId: string;
    key: DeliveryKey;
    state: 'skipped' | 'removed';
    now: number;
  }): Promise<void>;
  /** Deletes deliveries that began before that time. */
  purge(before: number): Promise<void>;
}

/** Connections together with deliveries. */
export interface Recipients {
  /** Null when the connection is gone. */
  of(message: { connectionId: string; tid: string; chatId: string; messageId: string }): Promise<Recipient | null>;
}
