import { type Static, Type } from 'typebox';
import { preferencesSchema as storedPreferencesSchema } from '../core/preferences.ts';
import type { errorResponseSchema } from '../http/error-response.ts';

/*
 * The API under `/api/v1`, stated once: the routes validate and serialize with these schemas, the description at `/openapi.json` shows
 * them, and the webapp imports their types. Every request carries `Authorization: Bearer <session>`; the session comes through
 * Mattermost's own command call (`props.msteams`). Times are Unix milliseconds.
 */

const closed = { additionalProperties: false };
const timeSchema = Type.Integer({ description: 'Unix milliseconds' });
const nullableTimeSchema = Type.Union([timeSchema, Type.Null()]);

/** The `props.msteams` of the answer to `/msteams --session`, readable only by the browser that asked. */
export interface SessionGrant {
  /** The sidecar's public URL, without a trailing slash. */
  sidecarUrl: string;
  /** Bearer token for `/api/v1`, bound to the Mattermost user. */
  session: string;
  /** Unix milliseconds after which a new session is needed. */
  expiresAt: number;
}

/** The preferences without the muted chats, which are a list of their own. */
export const preferencesSchema = Type.Omit(storedPreferencesSchema, ['muted'], closed);
export type PreferencesView = Static<typeof preferencesSchema>;
export type QuietHoursView = NonNullable<PreferencesView['quietHours']>;

/** `PUT /preferences` takes any part of the preferences, leaves the rest as it is, and answers with the whole. */
export const preferencesPatchSchema = Type.Partial(preferencesSchema, closed);

const muteSchema = Type.Object({ chatId: Type.String(), title: Type.String(), until: nullableTimeSchema });
/** A muted chat; `until` is null for good. */
export type MuteView = Static<typeof muteSchema>;

/** What is muted now, the chat muted last first. */
export const mutesSchema = Type.Object({ mutes: Type.Array(muteSchema) });
export type MutesResponse = Static<typeof mutesSchema>;

/** `POST /mutes`: mutes a chat from which something has arrived. */
export const muteRequestSchema = Type.Object(
  {
    chatId: Type.String({ minLength: 1, maxLength: 300, pattern: '^\\S+$' }),
    span: Type.Union([Type.Literal('hour'), Type.Literal('tomorrow'), Type.Literal('good')]),
  },
  closed,
);
export type MuteRequest = Static<typeof muteRequestSchema>;

export const chatParameterSchema = Type.Object({ chatId: Type.String({ minLength: 1, maxLength: 300 }) });

const notificationSchema = Type.Object({
  chatId: Type.String(),
  messageId: Type.String(),
  chatTitle: Type.String(),
  chatKind: Type.Union([Type.Literal('oneOnOne'), Type.Literal('group'), Type.Literal('meeting')]),
  sender: Type.String(),
  mentioned: Type.Boolean(),
  link: Type.String({ description: 'Opens the message in Teams' }),
  /** When it was written in Teams. */
  sentAt: timeSchema,
  /** When it was delivered. */
  postedAt: timeSchema,
  /** The Mattermost post with the text; several messages may share one. */
  postId: Type.String(),
});
/** A delivered message: names and links, never its text. */
export type NotificationView = Static<typeof notificationSchema>;

/** The last 50 messages that were delivered, the newest first. */
export const notificationsSchema = Type.Object({ notifications: Type.Array(notificationSchema) });
export type NotificationsResponse = Static<typeof notificationsSchema>;

const connectionSchema = Type.Object({
  state: Type.Union([Type.Literal('connected'), Type.Literal('reconnect')]),
  accountName: Type.String(),
  accountAddress: Type.String(),
  connectedAt: timeSchema,
  lastDeliveryAt: nullableTimeSchema,
  /** A sentence with the remedy, in the user's language, or null when all is well. */
  problem: Type.Union([Type.String(), Type.Null()]),
});
export type ConnectionView = Static<typeof connectionSchema>;

/** Everything that the settings section and the sidebar show. */
export const meSchema = Type.Object({
  connection: Type.Union([connectionSchema, Type.Null()]),
  preferences: preferencesSchema,
  mutes: Type.Array(muteSchema),
  botUserId: Type.String({ description: 'The bot, whose posts tell that something changed' }),
});
export type MeResponse = Static<typeof meSchema>;

/** A one-time link, made at the click; opens the page that names the Mattermost account. */
export const connectSchema = Type.Object({ url: Type.String(), expiresAt: timeSchema });
export type ConnectResponse = Static<typeof connectSchema>;

export const disconnectSchema = Type.Object({ disconnected: Type.Boolean() });
export type DisconnectResponse = Static<typeof disconnectSchema>;

/** The whole command as typed, `/msteams …`. */
export const commandSchema = Type.Object({ command: Type.String({ minLength: 1, maxLength: 1_000 }) });

/** A button of a reply, with the signed action it carried. */
export const actionSchema = Type.Object({
  action: Type.String({ minLength: 1, maxLength: 1_000 }),
  option: Type.Optional(Type.String({ maxLength: 300, pattern: '^\\S+$', description: 'What was chosen in a menu' })),
});

const buttonSchema = Type.Object({
  label: Type.String(),
  style: Type.Union([Type.Literal('primary'), Type.Literal('default'), Type.Literal('danger')]),
  action: Type.String({ description: 'Signed; goes to POST /actions as it is' }),
  options: Type.Array(Type.Object({ label: Type.String(), value: Type.String() }), {
    description: 'A menu when there are any',
  }),
});
export type ButtonView = Static<typeof buttonSchema>;

/** Answer to commands and actions. `openUrl` asks for a new browser window. */
export const replySchema = Type.Object({
  text: Type.String({ description: 'Markdown' }),
  buttons: Type.Array(buttonSchema),
  openUrl: Type.Union([Type.String(), Type.Null()]),
});
export type ReplyView = Static<typeof replySchema>;

export type ErrorResponse = Static<typeof errorResponseSchema>;
