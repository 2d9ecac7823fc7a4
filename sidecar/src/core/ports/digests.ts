import type { DeliveryKey } from './deliveries.ts';
import type { ChatQueue } from './queue.ts';

/** A message that waits for the digest. `notice` holds its names and deep link, sealed. */
export interface DigestItem {
  tid: string;
  chatId: string;
  messageId: string;
  /** The message id as a number, which orders a chat. */
  messageOrder: number;
  notice: string;
}

/** The messages of one user's quiet hours, to be posted as one post; leased to one process. */
export interface Digest {
  id: string;
  connectionId: string;
  userId: string;
  /** Random, the same for every attempt. */
  pendingPostId: string;
  intentAt: number;
  /** Rises with every claim; every write names it, and is refused with `lease_lost` once another holder has the digest. */
  fencingToken: number;
  /** In the order in which the messages were written. */
  items: DigestItem[];
}

/** Names and deep link of one message, for the digest and the list of the last notifications. Never its text. */
export interface Notice {
  sender: string;
  chatTitle: string;
  chatKind: 'oneOnOne' | 'group' | 'meeting';
  link: string;
  /** Unix milliseconds. */
  sentAt: number;
  /** The reader is mentioned by name. */
  mentioned: boolean;
}

/** One line of a user's list of the last notifications. `notice` is sealed. */
export interface NoticeRow {
  tid: string;
  chatId: string;
  messageId: string;
  postId: string;
  notice: string;
  /** Unix milliseconds. */
  postedAt: number;
}

/** Binds a sealed notice to its message, so that rows cannot be swapped. */
export function noticeContext(key: { userId: string; tid: string; chatId: string; messageId: string }): string {
  return `notice:${key.userId}:${key.tid}:${key.chatId}:${key.messageId}`;
}

/** Digests and the messages that wait for them. Every write of a holder is refused with `lease_lost` once it has lost the digest. */
export interface Digests {
  /** Records that a message waits for the digest due at `dueAt`, and deletes the queue item, in one transaction. */
  deferToDigest(deferred: {
    queue: ChatQueue;
    itemId: string;
    key: DeliveryKey;
    messageOrder: number;
    notice: string;
    dueAt: number;
    now: number;
  }): Promise<void>;
  /** Leases digests that are due, and those whose lease expired. A fencing token of 1 means that this is the first attempt to post it. */
  claim(request: { now: number; leaseMs: number; limit: number }): Promise<Digest[]>;
  /** Gives it back, to be tried again from that time on. */
  retry(digest: Digest, readyAt: number): Promise<void>;
  /** Ends a digest whose post exists or, with `postId` null, is not wanted any more: deletes the messages that waited for it. */
  close(digest: Digest, done: { postId: string | null; now: number }): Promise<void>;
}

/** The list of a user's last notifications: deliveries with sealed names. */
export interface Notices {
  /** The newest first. */
  list(userId: string, limit: number): Promise<NoticeRow[]>;
  /** The newest of one chat. */
  ofChat(userId: string, chatId: string): Promise<NoticeRow | null>;
}
