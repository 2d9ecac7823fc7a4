import { isObject } from '../http/body.ts';
import { ApiError, forbidden, invalidBody } from '../http/errors.ts';
import type { Post, Props, User } from '../state/model.ts';
import { canPost, isAdmin } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';
import { attachFiles } from './attach.ts';
import { publishChanged } from './events.ts';
import { parseHashtags } from './hashtags.ts';
import { checkLengths, readFileIds, readProps } from './input.ts';
import { withActionIds } from './wire.ts';

/** Fields of a patch; missing ones stay as they are. `props` replaces all props. */
export interface PostPatch {
  message?: string;
  props?: Props;
  fileIds?: string[];
  isPinned?: boolean;
}

/** Reads the body of `PUT posts/{id}/patch`. */
export function readPatch(body: Props): PostPatch {
  const patch: PostPatch = {};
  const { message, props, file_ids, is_pinned } = body;
  if (typeof message === 'string') patch.message = message;
  else if (message !== undefined && message !== null) throw invalidBody('post');
  if (isObject(props)) patch.props = readProps(props);
  else if (props !== undefined && props !== null) throw invalidBody('post');
  if (file_ids !== undefined && file_ids !== null) patch.fileIds = readFileIds(file_ids);
  if (typeof is_pinned === 'boolean') patch.isPinned = is_pinned;
  return patch;
}

/** The living post that `user` may change; 403 for a missing one too, as Mattermost answers. */
export function editablePost(state: MattermostState, user: User, postId: string): Post {
  const post = state.store.posts.get(postId);
  if (post?.delete_at !== 0) throw forbidden('edit_post');
  const channel = state.store.channels.get(post.channel_id);
  if (!channel || !canPost(state.store, user, channel)) throw forbidden('edit_post');
  if (post.user_id !== user.id && !isAdmin(user)) throw forbidden('edit_others_posts');
  return post;
}

/** Applies a patch: `edit_at` moves when text, attachments or files change. */
export function patchPost(state: MattermostState, post: Post, patch: PostPatch): Post {
  checkTimeLimit(state, post, patch);
  const now = state.now();
  const message = patch.message ?? post.message;
  const props = patch.props ? withActionIds(patch.props) : post.props;
  checkLengths({ message, props, file_ids: patch.fileIds ?? [] });
  const filesBefore = post.file_ids?.join() ?? '';
  if (patch.fileIds) attachFiles(state.store, post, patch.fileIds);
  const isEdit =
    message !== post.message ||
    (post.file_ids?.join() ?? '') !== filesBefore ||
    (props !== post.props && JSON.stringify(props.attachments) !== JSON.stringify(post.props.attachments));
  post.message = message;
  post.hashtags = parseHashtags(message);
  post.props = props;
  if (patch.isPinned !== undefined) post.is_pinned = patch.isPinned;
  post.update_at = now;
  if (isEdit) post.edit_at = now;
  publishChanged(state, 'post_edited', post);
  return post;
}

function checkTimeLimit(state: MattermostState, post: Post, patch: PostPatch): void {
  const limit = state.config.ServiceSettings.PostEditTimeLimit;
  if (limit === -1 || patch.message === undefined || patch.message === post.message) return;
  if (state.now() <= post.create_at + limit * 1000) return;
  throw new ApiError(400, 'api.post.update_post.permissions_time_limit.app_error', {
    message: `Post edit is only allowed for ${limit} seconds. Please ask your System Administrator for details.`,
  });
}

/** Soft delete: the row stays, its replies and files go with it. */
export function deletePost(state: MattermostState, user: User, post: Post): void {
  const channel = state.store.channels.get(post.channel_id);
  if (!channel || !canPost(state.store, user, channel)) throw forbidden('delete_post');
  if (post.user_id !== user.id && !isAdmin(user)) throw forbidden('delete_others_posts');
  const now = state.now();
  const replies = (state.store.postsOfChannel.get(channel.id) ?? []).filter((reply) => reply.root_id === post.id);
  for (const gone of post.root_id === '' ? [post, ...replies] : [post]) {
    gone.delete_at = now;
    gone.update_at = now;
    gone.props = { ...gone.props, deleteBy: user.id };
    for (const id of gone.file_ids ?? []) {
      const file = state.store.files.get(id);
      if (file) file.delete_at = now;
    }
  }
  publishChanged(state, 'post_deleted', post);
}
