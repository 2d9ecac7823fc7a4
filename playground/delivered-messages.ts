import type { StoredPost } from './mattermost-user.ts';

/** A Teams message as a post of the bot shows it. Messages of a burst share one post. */
export interface DeliveredMessage {
  chatId: string;
  messageId: string;
  /** Markdown; of a message that shares its post, its own part only. */
  text: string;
  post: StoredPost;
}

/** The Teams messages in the posts that are not deleted, in reading order. */
export function deliveredMessages(posts: readonly StoredPost[]): DeliveredMessage[] {
  return posts.filter(({ delete_at }) => delete_at === 0).flatMap(messagesOf);
}

function messagesOf(post: StoredPost): DeliveredMessage[] {
  const { msteams, msteams_parts: parts } = post.props as {
    msteams?: { chatId?: string; messageId?: string };
    msteams_parts?: Array<{ chatId: string; messageId: string; head: string; body: string }>;
  };
  if (parts)
    return parts.map(({ chatId, messageId, head, body }) => ({ chatId, messageId, text: `${head}\n\n${body}`, post }));
  const { chatId, messageId } = msteams ?? {};
  return chatId === undefined || messageId === undefined ? [] : [{ chatId, messageId, text: post.message, post }];
}
