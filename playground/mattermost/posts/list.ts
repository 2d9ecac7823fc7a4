import type { Post } from '../state/model.ts';
import type { Store } from '../state/store.ts';
import { type ClientPost, clientPost } from './wire.ts';

/** A list of posts as the API sends it: ids newest first, posts by id. */
export interface PostList {
  order: string[];
  posts: Record<string, ClientPost>;
  next_post_id: string;
  prev_post_id: string;
  has_next: boolean;
}

/** What `GET channels/{id}/posts` asks for; `since` wins over `after` and `before`. */
export interface PostQuery {
  since: number;
  after: string;
  before: string;
  page: number;
  perPage: number;
}

/** Everything changed after `since` (at most 1000, edited and deleted ones too), or one page of living posts. */
export function listPosts(store: Store, channelId: string, asked: PostQuery): PostList {
  const all = store.postsOfChannel.get(channelId) ?? [];
  if (asked.since > 0)
    return postList(store, newestFirst(all.filter((post) => post.update_at > asked.since)).slice(0, 1000));
  const living = newestFirst(all.filter((post) => post.delete_at === 0));
  const { from, to } = range(living, asked);
  const list = postList(store, living.slice(from, to));
  // "next" is towards newer posts, "prev" towards older ones.
  list.next_post_id = living[from - 1]?.id ?? '';
  list.prev_post_id = living[to]?.id ?? '';
  list.has_next = from > 0;
  return list;
}

function range(living: readonly Post[], asked: PostQuery): { from: number; to: number } {
  const skip = asked.page * asked.perPage;
  if (asked.after !== '') {
    const at = living.findIndex((post) => post.id === asked.after);
    const to = Math.max(0, at - skip);
    return { from: Math.max(0, to - asked.perPage), to };
  }
  const at = asked.before === '' ? 0 : living.findIndex((post) => post.id === asked.before) + 1;
  return { from: at + skip, to: at + skip + asked.perPage };
}

function newestFirst(posts: Post[]): Post[] {
  return posts.reverse().sort((one, other) => other.create_at - one.create_at);
}

/** Posts in the given order, with the roots of replies added to the map. */
export function postList(store: Store, posts: readonly Post[]): PostList {
  const byId: Record<string, ClientPost> = {};
  for (const post of posts) {
    byId[post.id] = clientPost(store, post);
    const root = post.root_id === '' ? undefined : store.posts.get(post.root_id);
    if (root && !byId[root.id] && root.delete_at === 0) byId[root.id] = clientPost(store, root);
  }
  return { order: posts.map((post) => post.id), posts: byId, next_post_id: '', prev_post_id: '', has_next: false };
}

/** A root and its living replies. */
export function threadOf(store: Store, post: Post): PostList {
  const rootId = post.root_id === '' ? post.id : post.root_id;
  const thread = (store.postsOfChannel.get(post.channel_id) ?? []).filter(
    (item) => item.delete_at === 0 && (item.id === rootId || item.root_id === rootId),
  );
  return postList(store, newestFirst(thread));
}
