import { MINUTE } from '../../core/time.ts';
import type { MattermostClient } from '../client/client.ts';
import type { PostView } from '../client/wire.ts';
import { readPosts } from '../client/wire.ts';

export interface DeliveryQuery {
  channelId: string;
  /** What `props.msteams_delivery` must be. */
  deliveryKey: string;
  /** Unix milliseconds by our clock, before the first attempt. */
  since: number;
  /** The bot: any user can write any props into posts of their own. */
  authorId: string;
}

/** For clocks that differ. */
const CLOCK_MARGIN_MS = MINUTE;
/**
 * Mattermost cuts an answer to `since` at this many posts, the newest, without saying so.
 * https://github.com/mattermost/mattermost/blob/v11.2.0/server/channels/store/sqlstore/post_store.go
 */
const SINCE_LIMIT = 1_000;
const PAGE_SIZE = 200;
const MAX_PAGES = 50;

/**
 * Finds the post of a delivery in the direct channel, before it is posted again: Mattermost recognizes a repeated `pending_post_id` for 30
 * seconds only. Of two copies the oldest counts, so that all workers choose the same one. Reads the posts since the first attempt, or page
 * by page when there are more than one answer holds. https://github.com/mattermost/mattermost/blob/v11.2.0/server/channels/app/post.go (deduplicateCreatePost)
 */
export async function findDelivery(client: MattermostClient, query: DeliveryQuery): Promise<{ postId: string } | null> {
  const from = Math.max(1, query.since - CLOCK_MARGIN_MS);
  const recent = readPosts(await client.getPostsSince(query.channelId, from, false));
  const older = recent.length < SINCE_LIMIT ? [] : await pagesBack(client, query.channelId, from);
  const [first] = [...recent, ...older]
    .filter((post) => isDelivery(post, query))
    .sort((a, b) => a.createdAt - b.createdAt || a.id.localeCompare(b.id));
  return first ? { postId: first.id } : null;
}

async function pagesBack(client: MattermostClient, channelId: string, from: number): Promise<PostView[]> {
  const posts: PostView[] = [];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const more = readPosts(await client.getPosts(channelId, page, PAGE_SIZE, false));
    posts.push(...more);
    const oldest = more.at(-1);
    if (!oldest || more.length < PAGE_SIZE || oldest.createdAt < from) break;
  }
  return posts;
}

function isDelivery({ props, authorId, deletedAt }: PostView, query: DeliveryQuery): boolean {
  return props.msteams_delivery === query.deliveryKey && authorId === query.authorId && deletedAt === null;
}
