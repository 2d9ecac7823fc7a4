/** A message that waits for the digest. `notice` holds its names and link, sealed. */
export interface DigestItem {
  tid: string;
  chatId: string;
  messageId: string;
  /** The message id as a number, which orders a chat. */
  messageOrder: number;
  notice: string;
}

/** One digest in our hands: what arrived in quiet hours, for one user, as one post. */
export interface Digest {
  id: string;
  connectionId: string;
  userId: string;
  /** Random, the same for every attempt. */
  pendingPostId: string;
  intentAt: number;
  /** Rises with every claim; every write names it, and is refused with `lease_lost` once another holder has the digest. */
  fence: number;
  /** In the order in which the messages were written. */
  items: DigestItem[];
}

/** Names and link of one message, for the digest and the list of the last notifications. Never its text. */
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
