import type { ChangeType, ItemSource, Owner } from '../types.ts';

/** One notification to be queued: what is needed to decrypt and order it, still encrypted as Graph sent it. */
export interface InboxItem {
  source: ItemSource;
  /** The tenant until it is known which connections the message concerns. */
  owner: Owner;
  tid: string;
  chatId: string;
  messageId: string;
  change: ChangeType;
  /** The notification's `encryptedContent` as JSON text, a message of catch-up sealed by us, or null when it came without. */
  payload: string | null;
  receivedAt: number;
}

/** A notification that waits in the inbox. `id` is the hash of what makes it unique. */
export interface QueueItem extends InboxItem {
  id: string;
  /** Failed attempts so far. */
  attempts: number;
  /** The message id as a number, which orders a chat. */
  messageOrder: number;
}

/** A post that further messages may be added to. `since` is when it was made, by the sidecar's clock. */
export interface OpenPost {
  postId: string;
  since: number;
}

/** The notifications of one chat for one owner, leased to one worker that processes them one by one, in order. */
export interface ChatQueue {
  id: string;
  owner: Owner;
  chatId: string;
  /** Rises with every claim. Every write names it, and is refused with `lease_lost` once another holder has the queue. */
  fencingToken: number;
  /** Rises with every new item: `finish` compares it to see whether more has come. */
  revision: number;
  /** `messageOrder` of the newest message posted from this queue, 0 for none. */
  lastPosted: number;
  /** The post that the next messages may be added to; null for none. */
  openPost: OpenPost | null;
  /** The first items, in order. */
  items: QueueItem[];
}

/** How much waits in the inbox. Counting stops at the limit given. */
export interface Backlog {
  items: number;
  chatQueues: number;
  /** When the oldest waiting notification was received, null when nothing waits. */
  oldestAt: number | null;
}

/** A notification that was given up, still encrypted, with the reason. */
export interface DeadLetter extends InboxItem {
  id: string;
  reason: string;
  attempts: number;
  diedAt: number;
}

/** How many items of a request were new, and how many waited already. */
export interface PutResult {
  stored: number;
  duplicate: number;
}

/** The durable queue of notifications. Every write of a holder is refused with `lease_lost` once the chat queue has changed hands. */
export interface Inbox {
  /** Stores the items of all requests in one commit, or none. An item that waits already is a duplicate. One result per request. */
  put(requests: readonly (readonly InboxItem[])[], now: number): Promise<PutResult[]>;
  /** Leases up to `limit` ready chat queues for `leaseMs`, the longest waiting first, each with its first items in order. */
  claim(request: { holder: string; limit: number; now: number; leaseMs: number }): Promise<ChatQueue[]>;
  /** The items that wait in a held chat queue by now, in order, with their revision. */
  reload(queue: ChatQueue): Promise<Pick<ChatQueue, 'revision' | 'items'>>;
  /** Extends the leases of these chat queues; returns the ids of those still held by `holder`. */
  renew(request: { holder: string; queueIds: readonly string[]; until: number }): Promise<string[]>;
  /** Deletes items that are done. */
  complete(queue: ChatQueue, itemIds: readonly string[]): Promise<void>;
  /** Ends a chat queue whose items are done: idle, or ready again when more has come meanwhile. */
  finish(queue: ChatQueue, now: number): Promise<void>;
  /** Gives a chat queue back with items left in it. */
  release(queue: ChatQueue, now: number): Promise<void>;
  /** Gives a chat queue back until `runAt`: its first item failed and blocks those after it. */
  retry(failure: { queue: ChatQueue; itemId: string; runAt: number; code: string; attempts: number }): Promise<void>;
  /** Moves an item to the dead letters, encrypted as it came. */
  moveToDeadLetters(failure: {
    queue: ChatQueue;
    itemId: string;
    reason: string;
    attempts: number;
    now: number;
  }): Promise<void>;
  /**
   * At the start: releases the chat queues of a process that died. Does nothing on PostgreSQL, where another replica may hold them; their
   * leases expire.
   */
  releaseAbandoned(now: number): Promise<void>;
  /** Makes the waiting chat queues of a connection ready now. */
  wake(connectionId: string, now: number): Promise<void>;
  backlog(atMost?: number): Promise<Backlog>;
  /** When the next chat queue becomes ready (or the next lease ends), null when nothing waits. */
  nextReadyAt(): Promise<number | null>;
  /** Deletes chat queues that have been idle since before that time. */
  purgeIdle(before: number): Promise<void>;
}

/** Notifications that were given up, for the administrator to look at and to replay. */
export interface DeadLetters {
  /** Newest first. */
  list(limit: number): Promise<DeadLetter[]>;
  count(): Promise<number>;
  /** Puts it back into the inbox with its attempts set to zero; false when there is none with that id. */
  replay(id: string, now: number): Promise<boolean>;
  /** Deletes those given up before that time. */
  purge(before: number): Promise<void>;
}
