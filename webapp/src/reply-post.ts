import type { ReplyView } from '../../sidecar/src/api/schema.ts';

/** The post type of a reply; set as `props.type`, because an ephemeral post must keep `system_ephemeral` as its type. */
export const REPLY_POST_TYPE = 'custom_msteams_connect_reply';

interface ReplyPlace {
  reply: ReplyView;
  channelId: string;
  rootId: string;
  now: number;
}

/**
 * The redux action that adds an ephemeral post with the reply, as Mattermost does for its own (`receivedNewPost` of mattermost-redux).
 * https://github.com/mattermost/mattermost/blob/master/webapp/channels/src/packages/mattermost-redux/src/actions/posts.ts
 */
export function replyPost({ reply, channelId, rootId, now }: ReplyPlace) {
  return receivedPost({
    id: randomPostId(),
    user_id: '0',
    channel_id: channelId,
    root_id: rootId,
    message: reply.text,
    type: 'system_ephemeral',
    create_at: now,
    update_at: now,
    props: { type: REPLY_POST_TYPE, msteams_reply: reply },
  });
}

/** The redux action that replaces the reply in a post, after a button was pressed. */
export function replacedReply<P extends { id: string }>(post: P, reply: ReplyView, now: number) {
  return receivedPost({
    ...post,
    message: reply.text,
    update_at: now,
    props: { type: REPLY_POST_TYPE, msteams_reply: reply },
  });
}

function receivedPost<P extends { id: string }>(post: P) {
  return { type: 'RECEIVED_NEW_POST', data: post, features: { crtEnabled: false } };
}

const ALPHABET = 'ybndrfg8ejkmcpqxot1uwisza345h769';

function randomPostId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(26)), (byte) => ALPHABET[byte % 32]).join('');
}
