import { AppError } from '../../../../sidecar/src/core/errors.ts';
import type { PostDraft } from '../../../../sidecar/src/core/types.ts';

export interface StoredPost {
  id: string;
  channelId: string;
  message: string;
  props: Record<string, unknown>;
  createdAt: number;
  deleted: boolean;
  edits: number;
}

/** What goes wrong with the next post: the answer is lost after it was stored, it is refused before, or it hangs before it is stored. */
export type Fault = 'lose answer' | 'unavailable' | 'refused' | Promise<void>;

/**
 * A Mattermost reduced to what a delivery touches. It stores what it is sent, with ids of its own, and, like the real one after
 * thirty seconds or on another node, does not know a `pending_post_id` again.
 */
export function createSmallMattermost() {
  const posts: StoredPost[] = [];
  const faults: Fault[] = [];
  let lookups = 0;
  const live = (id: string): StoredPost => {
    const post = posts.find((one) => one.id === id && !one.deleted);
    if (!post) throw new AppError('mattermost_not_found', 'no such post');
    return post;
  };
  return {
    posts,
    faults,
    livePosts: () => posts.filter((post) => !post.deleted),
    lookups: () => lookups,
    verbs: {
      directChannel: async (userId: string) => `dm-${userId}`,
      createPost: async ({ channelId, draft }: { channelId: string; pendingPostId: string; draft: PostDraft }) => {
        const fault = faults.shift();
        if (fault instanceof Promise) await fault;
        if (fault === 'unavailable') throw new AppError('mattermost_unavailable', 'down');
        if (fault === 'refused') throw new AppError('mattermost_refused', 'no');
        const order = posts.length + 1;
        const { message, props } = draft;
        posts.push({ id: `p${order}`, channelId, message, props, createdAt: order, deleted: false, edits: 0 });
        if (fault === 'lose answer') throw new AppError('mattermost_unavailable', 'lost');
        return { postId: `p${order}` };
      },
      findPost: async (query: { channelId: string; deliveryKey: string; since: number }) => {
        lookups += 1;
        const match = posts.find(
          (post) =>
            post.channelId === query.channelId && post.props.msteams_delivery === query.deliveryKey && !post.deleted,
        );
        return match ? { postId: match.id } : null;
      },
      getPost: async (id: string) => posts.find((one) => one.id === id && !one.deleted) ?? null,
      editPost: async (id: string, { message, props }: PostDraft) => {
        const post = live(id);
        Object.assign(post, { message, props, edits: post.edits + 1 });
      },
      deletePost: async (id: string) => {
        live(id).deleted = true;
      },
    },
  };
}
