import { randomUUID } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { createCache } from '../../core/cache.ts';
import { AppError } from '../../core/errors.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { Bot } from '../../core/ports/bot.ts';
import type { Clock } from '../../core/time.ts';
import { DAY, MINUTE } from '../../core/time.ts';
import type { PostDraft, Reply, ReplyButton, User } from '../../core/types.ts';
import { MattermostClient } from '../client/client.ts';
import { createTransport } from '../client/transport.ts';
import { readFileId, readId, readPost, readUser } from '../client/wire.ts';
import type { SignedAction } from '../inbound/action-signing.ts';
import type { MessageAttachment } from './buttons.ts';
import { attachmentsOf } from './buttons.ts';
import { findDelivery } from './find-delivery.ts';
import { createUsers } from './users.ts';

export interface BotOptions {
  /** Where the sidecar reaches Mattermost; may end in a sub-path. */
  url: string;
  token: string;
  /** The sidecar's public URL, without a trailing slash: clicks on the bot's buttons go there. */
  publicUrl: string;
  sign(action: SignedAction): string;
  clock: Clock;
  metrics: Pick<Metrics, 'outbound'>;
  /** For a proxy. The caller closes it. */
  dispatcher?: Dispatcher;
  signal?: AbortSignal;
  timeoutMs?: number;
}

/** The bot with its connections to Mattermost. */
export interface OpenBot extends Bot {
  close(): Promise<void>;
}

const USER_TTL_MS = MINUTE;
const CACHED_USERS = 10_000;
const CHANNEL_TTL_MS = DAY;
const CACHED_CHANNELS = 50_000;
/** Long, because a user on holiday may find a welcome late. The buttons' actions are harmless to repeat. */
const BUTTON_LIFETIME_MS = 30 * DAY;

/** The bot over Mattermost's REST API. Sends nothing before the first method is called. */
export function createBot(options: BotOptions): OpenBot {
  const transport = createTransport(options);
  const client = new MattermostClient({ url: options.url, token: options.token, transport });
  const { clock } = options;
  const user = async (userId: string) => readUser(await client.getUser(userId));
  const ownAccount = createCache<User>({ clock, ttlMs: DAY, maxEntries: 1 });
  const users = createCache<User>({ clock, ttlMs: USER_TTL_MS, maxEntries: CACHED_USERS });
  const channels = createCache<string>({ clock, ttlMs: CHANNEL_TTL_MS, maxEntries: CACHED_CHANNELS });
  const me = () => ownAccount.get('me', async () => readUser(await client.getMe()));
  const directChannel = (userId: string) =>
    channels.get(userId, async () => readId(await client.createDirectChannel([(await me()).id, userId])));
  const createPost: Bot['createPost'] = async ({ channelId, pendingPostId, draft, beforeSend, rootId }) => {
    const post = {
      ...wirePost(options, draft),
      channel_id: channelId,
      ...(rootId ? { root_id: rootId } : {}),
      pending_post_id: `${(await me()).id}:${pendingPostId}`,
    };
    return { postId: readId(await client.createQuietPost(post, beforeSend)) };
  };
  return {
    ...createUsers(client),
    me,
    user,
    recentUser: (userId) => users.get(userId, () => user(userId)),
    directChannel,
    createPost,
    findPost: async (query) => findDelivery(client, { ...query, authorId: (await me()).id }),
    getPost: async (postId) => {
      const found = await unlessGone(client.getPost(postId));
      return found && readPost(found);
    },
    editPost: async (postId, draft, beforeSend) => {
      // A patch replaces all props, and Mattermost sets `from_bot` by itself only when a post is created.
      // https://github.com/mattermost/mattermost/blob/v11.2.0/server/channels/app/post.go
      const props = { ...propsOf(options, draft), from_bot: 'true' };
      readId(await client.patchQuietly(postId, { id: postId, message: draft.message, props }, beforeSend));
    },
    deletePost: async (postId) => void (await unlessGone(client.deletePost(postId))),
    upload: (file) => upload(client, file),
    uploadStream: async (file) => readFileId(await client.uploadStream(file)),
    send: async (userId, reply, place = { rootId: '', key: randomUUID() }) => {
      const channelId = await directChannel(userId);
      const draft = draftOf(options, userId, reply);
      await createPost({ channelId, pendingPostId: place.key, rootId: place.rootId, draft });
    },
    close: transport.close,
  };
}

function wirePost(options: BotOptions, draft: PostDraft): Record<string, unknown> {
  const { message, type, fileIds } = draft;
  const props = propsOf(options, draft);
  return { message, props, ...(type ? { type } : {}), ...(fileIds?.length ? { file_ids: fileIds } : {}) };
}

/** The props of a draft, with its buttons; a click on them leaves the post as it is. */
function propsOf(options: BotOptions, { props, buttons }: PostDraft): Record<string, unknown> {
  if (!buttons) return props;
  return { ...props, attachments: signed(options, { ...buttons, stays: true }) };
}

function draftOf(options: BotOptions, userId: string, { text, buttons }: Reply): PostDraft {
  const attachments = signed(options, { userId, buttons, stays: false });
  return { message: text, props: attachments.length > 0 ? { attachments } : {} };
}

function signed(
  { clock, publicUrl, sign }: BotOptions,
  { userId, buttons, stays }: { userId: string; buttons: readonly ReplyButton[] | undefined; stays: boolean },
): MessageAttachment[] {
  const expiresAt = clock.now() + BUTTON_LIFETIME_MS;
  return attachmentsOf(buttons, {
    sign: (action) => sign({ userId, action, expiresAt }),
    actionsUrl: `${publicUrl}/mattermost/actions`,
    stays,
  });
}

/** Null for mattermost_not_found. */
async function unlessGone<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AppError && error.code === 'mattermost_not_found') return null;
    throw error;
  }
}

async function upload(
  client: MattermostClient,
  { channelId, name, contentType, bytes }: Parameters<Bot['upload']>[0],
): Promise<string> {
  const form = new FormData();
  form.append('channel_id', channelId);
  form.append('files', new Blob([new Uint8Array(bytes)], { type: contentType }), name);
  return readFileId(await client.uploadFile(form));
}
