import { type Static, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { AppError } from '../../core/errors.ts';
import { isTimeZone } from '../../core/preferences.ts';
import type { User } from '../../core/types.ts';

const Text = Type.Optional(Type.String());
const Time = Type.Optional(Type.Number());

const userSchema = Type.Object({
  id: Type.String({ minLength: 1 }),
  username: Type.String(),
  first_name: Text,
  last_name: Text,
  nickname: Text,
  email: Text,
  locale: Text,
  is_bot: Type.Optional(Type.Boolean()),
  delete_at: Time,
  timezone: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
});

const postSchema = Type.Object({
  id: Type.String({ minLength: 1 }),
  user_id: Type.String(),
  create_at: Type.Number(),
  delete_at: Time,
  props: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
});

const postText = Compile(
  Type.Object({
    message: Type.String(),
    props: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
  }),
);

const postListSchema = Type.Object({
  order: Type.Array(Type.String()),
  posts: Type.Record(Type.String(), postSchema),
});

const user = Compile(userSchema);
const postList = Compile(postListSchema);
const withId = Compile(Type.Object({ id: Type.String({ minLength: 1 }) }));
const upload = Compile(Type.Object({ file_infos: Type.Array(Type.Object({ id: Type.String({ minLength: 1 }) })) }));
const failure = Compile(Type.Object({ id: Type.String() }));
const accessToken = Compile(Type.Object({ access_token: Type.String({ minLength: 1 }) }));
const userUpdated = Compile(
  Type.Object({
    event: Type.Literal('user_updated'),
    data: Type.Object({ user: Type.Object({ id: Type.String({ minLength: 1 }), delete_at: Type.Number() }) }),
  }),
);

/** A post as far as it is read. Times in Unix milliseconds; `deletedAt` is null for a post that was not deleted. */
export interface PostView {
  id: string;
  authorId: string;
  createdAt: number;
  deletedAt: number | null;
  props: Record<string, unknown>;
}

/**
 * Reads a user. The name falls back to nickname and username where the server hides full names (`ShowFullName`), and `email` is null where
 * it hides addresses (`ShowEmailAddress`). https://github.com/mattermost/mattermost/blob/v11.2.0/server/public/model/user.go
 *
 * @throws {AppError} mattermost_unavailable for any other value, as all readers here
 */
export function readUser(json: unknown): User {
  const raw = checked(user, json, 'user');
  const fullName = [raw.first_name, raw.last_name].filter(Boolean).join(' ');
  return {
    id: raw.id,
    username: raw.username,
    name: fullName || raw.nickname || raw.username,
    email: raw.email || null,
    locale: raw.locale || 'en',
    isBot: raw.is_bot ?? false,
    deactivated: (raw.delete_at ?? 0) > 0,
    timeZone: timeZoneOf(raw.timezone ?? {}),
  };
}

/**
 * The time zone of the browser, or the one chosen by hand.
 * https://github.com/mattermost/mattermost/blob/v11.2.0/server/public/model/user.go
 */
function timeZoneOf(zone: Record<string, unknown>): string | null {
  const name = zone.useAutomaticTimezone === 'false' ? zone.manualTimezone : zone.automaticTimezone;
  return isTimeZone(name) ? name : null;
}

/** Reads a list of users. */
export function readUsers(json: unknown): User[] {
  if (!Array.isArray(json)) throw unexpected('list of users');
  return json.map(readUser);
}

/**
 * The id of the user that a WebSocket message reports as deactivated; null for any other message.
 * https://github.com/mattermost/mattermost/blob/v11.2.0/server/public/model/websocket_message.go
 */
export function readDeactivation(data: unknown): string | null {
  if (typeof data !== 'string' || !data.includes('user_updated')) return null;
  try {
    const json: unknown = JSON.parse(data);
    return userUpdated.Check(json) && json.data.user.delete_at > 0 ? json.data.user.id : null;
  } catch {
    return null;
  }
}

/** Reads the id of a channel, post or other created object. */
export function readId(json: unknown): string {
  return checked(withId, json, 'channel or post').id;
}

/** Reads message and props of one post. */
export function readPost(json: unknown): { message: string; props: Record<string, unknown> } {
  const { message, props } = checked(postText, json, 'post');
  return { message, props: props ?? {} };
}

/** Reads the posts of one page, newest first, deleted ones included. */
export function readPosts(json: unknown): PostView[] {
  const { order, posts } = checked(postList, json, 'list of posts');
  return order.flatMap((id) => {
    const found = posts[id];
    return found ? [postView(found)] : [];
  });
}

/** Reads the access token of an OAuth answer. */
export function readAccessToken(json: unknown): string {
  return checked(accessToken, json, 'OAuth token').access_token;
}

/** Reads the file id of an upload of one file. */
export function readFileId(json: unknown): string {
  const file = checked(upload, json, 'upload').file_infos[0];
  if (!file) throw unexpected('upload');
  return file.id;
}

/** Reads the stable id of a Mattermost error, such as `api.context.permissions.app_error`; null for any other value. */
export function readErrorId(json: unknown): string | null {
  return failure.Check(json) ? json.id : null;
}

function postView(raw: Static<typeof postSchema>): PostView {
  return {
    id: raw.id,
    authorId: raw.user_id,
    createdAt: raw.create_at,
    deletedAt: raw.delete_at || null,
    props: raw.props ?? {},
  };
}

function checked<Value>(validator: { Check(value: unknown): value is Value }, json: unknown, what: string): Value {
  if (!validator.Check(json)) throw unexpected(what);
  return json;
}

function unexpected(what: string): AppError {
  return new AppError('mattermost_unavailable', 'Mattermost answered in a form that is not known.', {
    remedy: 'Check that MATTERMOST_INTERNAL_URL leads to Mattermost itself, at a supported version.',
    fields: { what },
  });
}
