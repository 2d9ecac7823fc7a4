import { newId } from '../state/ids.ts';
import type { Post } from '../state/model.ts';

/** A post with nothing in it. */
export function blankPost(createAt: number): Post {
  return {
    id: newId(),
    create_at: createAt,
    update_at: createAt,
    edit_at: 0,
    delete_at: 0,
    is_pinned: false,
    user_id: '',
    channel_id: '',
    root_id: '',
    original_id: '',
    message: '',
    type: '',
    props: {},
    hashtags: '',
    pending_post_id: '',
    reply_count: 0,
    last_reply_at: 0,
    participants: null,
    metadata: {},
  };
}
