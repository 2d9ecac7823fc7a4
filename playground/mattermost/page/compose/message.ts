import { PostTypes } from 'mattermost-redux/action_types';
import { messageOf, request } from '../api.ts';
import { componentsIn } from '../store/selectors.ts';
import type { AppStore, Post } from '../types.ts';
import type { SubmitResult } from './command.ts';

type Hook = (post: Post) => unknown;

interface RawResult {
  error?: { message: string };
  post?: Post;
}

async function runMessageHooks(store: AppStore, draft: Post): Promise<{ post: Post } | { error: string }> {
  let post = draft;
  for (const entry of componentsIn('MessageWillBePosted')(store.getState())) {
    const result = (await (entry.hook as Hook)(post)) as RawResult | null | undefined;
    if (result?.error) return { error: result.error.message };
    post = result?.post ?? post;
  }
  return { post };
}

function draftPost(
  store: AppStore,
  given: { message: string; channelId: string; rootId: string; fileIds: string[] },
): Post {
  const userId = store.getState().entities.users.currentUserId;
  const now = Date.now();
  const pending = `${userId}:${now}`;
  const written = {
    message: given.message,
    channel_id: given.channelId,
    root_id: given.rootId,
    file_ids: given.fileIds,
  };
  const times = { create_at: now, update_at: now, edit_at: 0, delete_at: 0 };
  return { ...written, ...times, id: '', user_id: userId, pending_post_id: pending, type: '', props: {}, metadata: {} };
}

/** Posts a message: hooks, then the server. Nothing is thrown; a failure keeps the draft. */
export async function submitMessage(
  store: AppStore,
  given: { message: string; channelId: string; rootId: string; fileIds: string[] },
): Promise<SubmitResult> {
  try {
    const hooked = await runMessageHooks(store, draftPost(store, given));
    if ('error' in hooked) return { clear: false, error: hooked.error };
    const { channel_id, message, root_id, file_ids, props, pending_post_id } = hooked.post;
    const json = { channel_id, message, root_id, file_ids, props, pending_post_id };
    const post = await request<Post>('/posts', { method: 'POST', json });
    store.dispatch({ type: PostTypes.RECEIVED_NEW_POST, data: post, features: { crtEnabled: true } });
    return { clear: true };
  } catch (error) {
    return { clear: false, error: messageOf(error) };
  }
}
