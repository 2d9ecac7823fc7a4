import type { PostDraft, Reply, User } from '../types.ts';
import type { OpenFile, Picture } from './files.ts';

/**
 * Called right before the first byte of a request is written; throws when the request must not be sent any more, and what it throws is the
 * error of the call.
 */
export type BeforeSend = () => void;

/** A post to be made. */
export interface NewPost {
  channelId: string;
  /** The same for every attempt: within 30 seconds Mattermost answers a repeated request with the post already made. */
  pendingPostId: string;
  draft: PostDraft;
  beforeSend?: BeforeSend;
  /** The first post of the thread that it answers in. */
  rootId?: string;
}

/** Message and props of an existing post. */
export interface ExistingPost {
  message: string;
  props: Record<string, unknown>;
}

/** The accounts of Mattermost, as the bot sees them. @throws {AppError} mattermost_* */
export interface Users {
  user(userId: string): Promise<User>;
  /** As `user`, but up to a minute old: for the message pipeline and the commands. */
  recentUser(userId: string): Promise<User>;
  /** Those of these accounts that exist and that the bot may see; at most 200 ids. */
  usersByIds(userIds: string[]): Promise<User[]>;
  userByName(username: string): Promise<User | null>;
  /** @throws {AppError} mattermost_refused where the server hides e-mail addresses from the bot */
  userByEmail(email: string): Promise<User | null>;
  /** Whether the bot may look users up by their e-mail address. */
  emailsVisible(): Promise<boolean>;
}

/** The posts of the bot. @throws {AppError} mattermost_* */
export interface Posts {
  /** The id of the direct channel between the bot and the user. */
  directChannel(userId: string): Promise<string>;
  createPost(post: NewPost): Promise<{ postId: string }>;
  /**
   * The bot's oldest existing post with this `props.msteams_delivery`, searched from a minute before `since` on. The oldest, because of two
   * copies every worker must choose the same one.
   */
  findPost(query: { channelId: string; deliveryKey: string; since: number }): Promise<{ postId: string } | null>;
  /** Null when it was deleted. */
  getPost(postId: string): Promise<ExistingPost | null>;
  /** Replaces message and all props. */
  editPost(postId: string, draft: PostDraft, beforeSend?: BeforeSend): Promise<void>;
  /** Does nothing for a post that was deleted already. */
  deletePost(postId: string): Promise<void>;
}

/** Everything the sidecar does in Mattermost as its bot. @throws {AppError} mattermost_* */
export interface Bot extends Users, Posts {
  /** The bot's own account. */
  me(): Promise<User>;
  /** Returns the id of the file, to be attached to a post of the bot in that channel. */
  upload(file: Picture & { channelId: string }): Promise<string>;
  /** As `upload`, for a file that is still being read. */
  uploadStream(file: OpenFile & { channelId: string }): Promise<string>;
  /** Writes a direct message with the buttons of the reply; in a thread, and under a key that makes it once, where those are given. */
  send(userId: string, reply: Reply, place?: { rootId: string; key: string }): Promise<void>;
}
