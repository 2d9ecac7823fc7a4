import { newId } from '../state/ids.ts';
import type { Channel, Post, User } from '../state/model.ts';
import type { MattermostState } from '../state/state.ts';
import { blankPost } from './blank.ts';
import { type ClientPost, clientPost, mapActions } from './wire.ts';

/** `posted` to every member of the channel; the direct message's other side is the one mentioned. */
export function publishPosted(state: MattermostState, what: { post: Post; author: User; channel: Channel }): void {
  const { post, author, channel } = what;
  state.pluginHost.posted(post);
  const mentioned = channel.type === 'D' ? channel.name.split('__').find((id) => id !== author.id) : undefined;
  state.hub.publish('posted', { channelId: channel.id }, (userId) => ({
    channel_display_name: channel.display_name || `@${author.username}`,
    channel_name: channel.name,
    channel_type: channel.type,
    ...(userId === mentioned ? { mentions: JSON.stringify([userId]) } : {}),
    ...(post.file_ids ? { otherFile: 'true' } : {}),
    post: JSON.stringify({ ...clientPost(state.store, post), pending_post_id: post.pending_post_id }),
    sender_name: `@${author.username}`,
    set_online: true,
    team_id: channel.team_id,
  }));
}

/** `post_edited` or `post_deleted` to every member of the channel. */
export function publishChanged(state: MattermostState, event: 'post_edited' | 'post_deleted', post: Post): void {
  state.hub.publish(event, { channelId: post.channel_id }, () => ({
    post: JSON.stringify(clientPost(state.store, post)),
  }));
}

/** What an ephemeral post is made of. */
export interface EphemeralInput {
  userId: string;
  channelId: string;
  rootId: string;
  message: string;
  props: Post['props'];
}

/** Sends a post that is never stored to one person's open clients; actions become sealed cookies. */
export function sendEphemeral(state: MattermostState, receiverId: string, input: EphemeralInput): ClientPost {
  const post: Post = {
    ...blankPost(state.now()),
    type: 'system_ephemeral',
    user_id: input.userId,
    channel_id: input.channelId,
    root_id: input.rootId,
    message: input.message,
  };
  const props = mapActions(input.props, ({ integration, ...action }) => {
    if (!integration) return action;
    const sealed = { post_id: post.id, root_post_id: post.root_id, channel_id: post.channel_id, integration };
    const id = action.id === '' ? newId() : action.id;
    return {
      ...action,
      id,
      cookie: state.signer.seal({ ...sealed, type: action.type, data_source: action.data_source }),
    };
  });
  const client = clientPost(state.store, { ...post, props });
  state.hub.publish('ephemeral_message', { userId: receiverId }, () => ({ post: JSON.stringify(client) }));
  return client;
}
