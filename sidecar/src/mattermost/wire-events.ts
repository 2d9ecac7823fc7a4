import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

/** A direct message to the bot. `rootId` is empty outside of threads. */
export interface DirectMessage {
  postId: string;
  userId: string;
  rootId: string;
  text: string;
}

const posted = Compile(
  Type.Object({
    event: Type.Literal('posted'),
    data: Type.Object({ channel_type: Type.Literal('D'), post: Type.String() }),
  }),
);

const post = Compile(
  Type.Object({
    id: Type.String({ minLength: 1 }),
    user_id: Type.String({ minLength: 1 }),
    root_id: Type.Optional(Type.String()),
    message: Type.String(),
    type: Type.Optional(Type.Literal('')),
    props: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
  }),
);

/**
 * A message of the WebSocket as a direct message that a person wrote; null for everything else, such as events of the system, posts of
 * bots (our own among them) and of webhooks. https://github.com/mattermost/mattermost/blob/v11.2.0/server/public/model/websocket_message.go
 */
export function readDirectMessage(data: unknown): DirectMessage | null {
  if (typeof data !== 'string' || !data.includes('"posted"')) return null;
  const event = parsed(data);
  const found = posted.Check(event) ? parsed(event.data.post) : null;
  if (!post.Check(found)) return null;
  const { id: postId, user_id: userId, root_id: rootId = '', message: text, props } = found;
  if (props?.from_bot !== undefined || props?.from_webhook !== undefined) return null;
  return { postId, userId, rootId, text };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
