import type { Post } from '../state/model.ts';
import type { Store } from '../state/store.ts';

/** Ties files to a post. Ids that are unknown, another user's, of another channel or already used are dropped silently. */
export function attachFiles(store: Store, post: Post, fileIds: readonly string[]): void {
  const attached: string[] = [];
  for (const id of fileIds) {
    const file = store.files.get(id);
    if (!file || file.user_id !== post.user_id || file.channel_id !== post.channel_id) continue;
    if (file.post_id !== '' && file.post_id !== post.id) continue;
    file.post_id = post.id;
    attached.push(id);
  }
  if (attached.length > 0) post.file_ids = attached;
  else delete post.file_ids;
}
