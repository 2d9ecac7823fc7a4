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
  /** The bot: anybody can write any props into their own posts. */
  authorId: string;
}

/** Mattermost's clock and ours may differ. */
const CLOCK_MARGIN_MS = MINUTE;
/** Mattermost cuts a `since` answer to its newest posts at this number, and does not say so. */
const SINCE_LIMIT = 1_000;
const PAGE_SIZE = 200;
const MAX_PAGES = 50;

/**
 * Looks whether a delivery is in the direct channel already, before it is posted again (contracts: exactly-once recipe): the oldest
 * standing post with its key, so that of two copies everybody sees the same one. Asks for what changed since the first attempt; when
 * that is more than one answer holds, goes back page by page.
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
