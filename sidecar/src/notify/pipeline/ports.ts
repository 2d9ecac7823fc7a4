import type { ErrorCode } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { Posts } from '../../core/ports/bot.ts';
import type { Deliveries, DeliveryKey, Recipients } from '../../core/ports/deliveries.ts';
import type { Digests } from '../../core/ports/digests.ts';
import type { ChatQueue, Inbox, QueueItem } from '../../core/ports/queue.ts';
import type { Clock } from '../../core/time.ts';
import type { Chat, Connection, Message, Owner, PostDraft, Presence, User } from '../../core/types.ts';
import type { NoticeRequest } from '../post/notice.ts';

/** What the pipeline uses of the rest of the sidecar. */
export interface PipelinePorts {
  inbox: Pick<Inbox, 'reload' | 'complete' | 'finish' | 'release' | 'retry' | 'moveToDeadLetters'>;
  deliveries: Pick<Deliveries, 'begin' | 'unfold' | 'foldedInto' | 'confirm' | 'skip'>;
  digests: Pick<Digests, 'deferToDigest'>;
  recipients: Recipients;
  mattermost: Posts;
  user(userId: string): Promise<User>;
  presence(connection: Connection): Promise<Presence>;
  chat(connection: Connection, chatId: string): Promise<Chat>;
  /**
   * Decrypts and validates the message of an item.
   *
   * @throws {AppError} notification_unreadable, key_unknown, seal_broken
   */
  open(item: QueueItem): Promise<Message>;
  /** Queues an item of the tenant subscription for every connected member of its chat. */
  fanOut(item: QueueItem): Promise<void>;
  /** Names and deep link of a message, sealed. */
  notice(request: NoticeRequest): Promise<string>;
  /** The post of a message. */
  draft(request: DraftRequest): Promise<PostDraft>;
  /** For the user's status. */
  recordError(connectionId: string, code: ErrorCode, now: number): Promise<void>;
  /** Asks for the connection's missed messages to be read from Graph. */
  requestCatchUp(owner: Owner): Promise<void>;
  metrics: Metrics;
  clock: Clock;
  log: Log;
  /** In [0, 1). */
  random(): number;
  /** Random, for `pending_post_id`. */
  randomId(): string;
}

/** The ports that writing a post takes. */
export type PostWriterPorts = Pick<PipelinePorts, 'deliveries' | 'mattermost' | 'clock' | 'log' | 'randomId'>;

/** The input of a post's text. `message` is null when a deletion came without it. */
export interface DraftRequest {
  action: 'deliver' | 'update' | 'remove';
  connection: Connection;
  user: User;
  message: Message | null;
  item: QueueItem;
  /** A newer message of the chat is posted already, or this one is old. */
  late: boolean;
  channelId: string;
}

/** A leased chat queue. `isHeld` tells whether the lease still holds, by our own clock. */
export interface HeldQueue {
  queue: ChatQueue;
  isHeld(): boolean;
}

/** One item of a held chat queue, and how to write its post. */
export interface DeliverRequest extends HeldQueue {
  item: QueueItem;
  key: DeliveryKey;
  message: Message | null;
  /** Whether the user wants bursts in one post. */
  folds: boolean;
  /** The user's. */
  locale: string;
  /** Deliver even when the chat queue has received more meanwhile. */
  insists: boolean;
  /** The item is the last that was read of the chat queue: its confirmation gives the queue back. */
  last: boolean;
  draft(channelId: string): Promise<PostDraft>;
  /** Names for the list of the last notifications, sealed. */
  notice(): Promise<string | null>;
}
