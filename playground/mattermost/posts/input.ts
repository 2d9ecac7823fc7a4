import { flag, isObject, isStrings, text } from '../http/body.ts';
import { ApiError, invalidBody } from '../http/errors.ts';
import type { PostPriority, Props } from '../state/model.ts';

/** A post as a client asks for it. */
export interface PostInput {
  id: string;
  channelId: string;
  message: string;
  rootId: string;
  type: string;
  props: Props;
  fileIds: string[];
  pendingPostId: string;
  createAt: number;
  priority: PostPriority | undefined;
}

const MESSAGE_RUNES = 16_383;
const PROPS_RUNES = 800_000;
const FILE_IDS_RUNES = 300;
const PLAIN_TYPES = ['', 'slack_attachment', 'me', 'add_bot_teams_channels', 'reminder', 'burn_on_read'];

/** Reads the body of `POST posts`; wrong types are refused as Go's decoder refuses them. */
export function readPost(body: Props): PostInput {
  return {
    id: text(body, 'id'),
    channelId: text(body, 'channel_id'),
    message: text(body, 'message'),
    rootId: text(body, 'root_id'),
    type: text(body, 'type'),
    props: readProps(body.props),
    fileIds: readFileIds(body.file_ids),
    pendingPostId: text(body, 'pending_post_id'),
    createAt: typeof body.create_at === 'number' ? body.create_at : 0,
    priority: readPriority(body.metadata),
  };
}

/** Props of a post without what only the server may set. */
export function readProps(value: unknown): Props {
  if (value === undefined || value === null) return {};
  if (!isObject(value)) throw invalidBody('post');
  const { add_channel_member: _, force_notification: __, ...props } = value;
  return props;
}

/** File ids of a post, each once. */
export function readFileIds(value: unknown): string[] {
  if (value === undefined || value === null) return [];
  if (!isStrings(value)) throw invalidBody('post');
  return [...new Set(value)];
}

function readPriority(metadata: unknown): PostPriority | undefined {
  if (!isObject(metadata) || !isObject(metadata.priority)) return undefined;
  const priority = metadata.priority;
  return {
    priority: text(priority, 'priority'),
    requested_ack: flag(priority, 'requested_ack'),
    persistent_notifications: flag(priority, 'persistent_notifications'),
  };
}

/** Length rules of `Post.IsValid`, in runes; 400 with the field's error id. */
export function checkLengths(post: { message: string; props: Props; file_ids?: string[] }): void {
  if (longer(post.message, MESSAGE_RUNES)) throw tooLong('message_length');
  if (longer(JSON.stringify(post.props), PROPS_RUNES)) throw tooLong('props');
  if (longer(JSON.stringify(post.file_ids ?? []), FILE_IDS_RUNES)) throw tooLong('file_ids');
}

/** Post types a client may use: a few built-in ones and `custom_…`; `system_…` never. */
export function checkType(type: string): void {
  if (type.startsWith('system_')) {
    throw new ApiError(400, 'api.context.invalid_param.app_error', { message: 'Invalid post.type parameter.' });
  }
  if (PLAIN_TYPES.includes(type) || type.startsWith('custom_')) return;
  throw new ApiError(400, 'model.post.is_valid.type.app_error', { message: 'Invalid type.' });
}

function longer(value: string, runes: number): boolean {
  return value.length > runes && [...value].length > runes;
}

function tooLong(field: string): ApiError {
  return new ApiError(400, `model.post.is_valid.${field}.app_error`, {
    message: `Post ${field} property is too long.`,
  });
}
