import { ApiError, forbidden, invalidBody } from '../http/errors.ts';
import type { Channel, Post, User } from '../state/model.ts';
import { canPost, canRead, isAdmin, shareTeam } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';
import { attachFiles } from './attach.ts';
import { blankPost } from './blank.ts';
import { publishPosted } from './events.ts';
import { parseHashtags } from './hashtags.ts';
import { checkLengths, checkType, type PostInput } from './input.ts';
import { withActionIds } from './wire.ts';

/**
 * `POST posts` up to the stored post: permission, then the 30 s cache of `pending_post_id`, then the rules of the content.
 * `work` runs between the cache's "in flight" and the saving (where the `slow` fault waits).
 */
export async function createPost(
  state: MattermostState,
  author: User,
  options: { input: PostInput; work?: () => Promise<void> },
): Promise<Post> {
  const { input, work } = options;
  const channel = checkChannel(state, author, input);
  if (input.pendingPostId === '') {
    if (work) await work();
    return save(state, author, { channel, input });
  }
  const existing = deduplicate(state, author, input.pendingPostId);
  if (existing) return existing;
  try {
    if (work) await work();
    const post = save(state, author, { channel, input });
    state.pending.saved(input.pendingPostId, post.id);
    return post;
  } catch (error) {
    state.pending.failed(input.pendingPostId);
    throw error;
  }
}

function deduplicate(state: MattermostState, author: User, pendingPostId: string): Post | undefined {
  const pending = state.pending.begin(pendingPostId);
  if (pending.state === 'new') return undefined;
  if (pending.state === 'in-flight') {
    throw new ApiError(500, 'api.post.deduplicate_create_post.pending', {
      message: 'Rejected post since another client is making the same request.',
    });
  }
  const post = state.store.posts.get(pending.postId);
  const channel = post && state.store.channels.get(post.channel_id);
  // Another user's post under the same id: a new one is made.
  if (!post || !channel || post.delete_at !== 0 || !canRead(state.store, author, channel)) return undefined;
  return { ...post, pending_post_id: '' };
}

function checkChannel(state: MattermostState, author: User, input: PostInput): Channel {
  const channel = state.store.channels.get(input.channelId);
  if (!channel || !canPost(state.store, author, channel)) throw forbidden('create_post');
  if (input.priority && input.rootId !== '') {
    throw new ApiError(400, 'api.post.post_priority.priority_post_only_allowed_for_root_post.request_error');
  }
  checkType(input.type);
  if (channel.delete_at !== 0) {
    throw new ApiError(400, 'api.post.create_post.can_not_post_to_deleted.error', {
      message: 'Can not post to deleted channel.',
    });
  }
  checkRestrictedDm(state, author, channel);
  return channel;
}

/** With `RestrictDirectMessage: team`, people without a common team cannot post into their direct channel. */
export function checkRestrictedDm(state: MattermostState, author: User, channel: Channel): void {
  if (channel.type !== 'D' || state.config.TeamSettings.RestrictDirectMessage !== 'team') return;
  const other = channel.name.split('__').find((id) => id !== author.id) ?? author.id;
  if (shareTeam(state.store, author.id, other)) return;
  throw new ApiError(400, 'api.post.create_post.can_not_post_in_restricted_dm.error', {
    message: 'Can not post in a restricted DM channel.',
  });
}

function save(state: MattermostState, author: User, what: { channel: Channel; input: PostInput }): Post {
  const { channel, input } = what;
  const root = checkRoot(state, input);
  if (input.id !== '') {
    throw new ApiError(400, 'app.post.save.existing.app_error', { message: 'You cannot update an existing Post.' });
  }
  if (input.channelId.length !== 26) throw invalidBody('channel_id');
  const now = state.now();
  const createAt = input.createAt !== 0 && isAdmin(author) ? input.createAt : now;
  const props = withActionIds(input.props);
  if (author.is_bot) props.from_bot = 'true';
  const post: Post = {
    ...blankPost(createAt),
    user_id: author.id,
    channel_id: channel.id,
    root_id: input.rootId,
    message: input.message,
    type: input.type,
    props,
    hashtags: parseHashtags(input.message),
    pending_post_id: input.pendingPostId,
    metadata: input.priority ? { priority: input.priority } : {},
  };
  checkLengths({ ...post, file_ids: input.fileIds });
  if (input.fileIds.length > 0) attachFiles(state.store, post, input.fileIds);
  store(state, channel, post);
  if (root) {
    root.reply_count += 1;
    root.last_reply_at = now;
    root.update_at = now;
  }
  publishPosted(state, { post, author, channel });
  return post;
}

function checkRoot(state: MattermostState, input: PostInput): Post | undefined {
  if (input.rootId === '') return undefined;
  const root = state.store.posts.get(input.rootId);
  if (root?.delete_at !== 0 || root.root_id !== '') {
    throw new ApiError(400, 'api.post.create_post.root_id.app_error', { message: 'Invalid RootId parameter.' });
  }
  if (root.channel_id !== input.channelId) {
    throw new ApiError(400, 'api.post.create_post.channel_root_id.app_error', {
      message: 'Invalid ChannelId for RootId parameter.',
    });
  }
  return root;
}

function store(state: MattermostState, channel: Channel, post: Post): void {
  state.store.posts.set(post.id, post);
  state.store.postsOfChannel.get(channel.id)?.push(post);
  channel.last_post_at = Math.max(channel.last_post_at, post.create_at);
  channel.total_msg_count += 1;
  if (post.root_id === '') channel.total_msg_count_root += 1;
  const read = state.store.channelMembers.get(channel.id)?.get(post.user_id);
  if (read) {
    read.lastViewedAt = post.create_at;
    read.messages = channel.total_msg_count;
  }
}
