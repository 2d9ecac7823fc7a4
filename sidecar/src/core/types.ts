/**
 * The words of the product. One word for one thing, in code, SQL, logs and on the screen.
 *
 * - user: a Mattermost account
 * - connection: the link between one user and one Microsoft account, keyed by tenant id + object id, never by e-mail
 * - feed: what brings messages in
 * - notification: one Graph change notification, as received
 * - message, chat, member: the Teams things
 * - delivery: one Teams message forwarded to one user: at most one post, ever
 * - post: the Mattermost thing
 * - decision: deliver, or skip with a named reason
 * - preferences: what a user chose about notifications
 *
 * Times are integer milliseconds since the Unix epoch. Ids are text.
 */

import type { Preferences } from './preferences.ts';

/** The identity of a Microsoft account: tenant id and object id, both lower-case GUIDs. */
export interface AccountKey {
  tid: string;
  oid: string;
}

/** A Microsoft account as its owner proved it by signing in. `mail` may be null for accounts without a mailbox. */
export interface Account extends AccountKey {
  name: string;
  mail: string | null;
  userPrincipalName: string;
}

/** A Mattermost account as the sidecar's bot sees it. `email` is null when the server hides it. */
export interface User {
  id: string;
  username: string;
  name: string;
  email: string | null;
  locale: string;
  isBot: boolean;
  deactivated: boolean;
  /** IANA name as chosen in Mattermost, null when unknown. */
  timeZone?: string | null;
}

/** Whether a connection's sign-in works, or the user must sign in again. */
export type ConnectionState = 'connected' | 'reconnect';

/** The link between one user and one Microsoft account. */
export interface Connection extends AccountKey {
  id: string;
  userId: string;
  accountName: string;
  /** Mail or user principal name, for showing to its owner. */
  accountAddress: string;
  state: ConnectionState;
  connectedAt: number;
  lastDeliveryAt: number | null;
  lastErrorCode: string | null;
  lastErrorAt: number | null;
  preferences: Preferences;
}

export type ChatKind = 'oneOnOne' | 'group' | 'meeting';

/** A member of a chat. Names and addresses may be missing inside notifications. */
export interface Member {
  oid: string | null;
  tid: string | null;
  name: string | null;
  email: string | null;
  /** Somebody from elsewhere with an account of the organisation. */
  guest?: true;
}

/** A Teams chat. `members` is at most 25 long when it came with the chat. */
export interface Chat {
  id: string;
  kind: ChatKind;
  topic: string | null;
  members: Member[];
}

/** Who wrote a message. */
export interface Sender {
  kind: 'user' | 'federated' | 'anonymous' | 'phone' | 'email' | 'app' | 'unknown';
  /** Object id of a person, application id of an app. */
  id: string | null;
  name: string | null;
}

export interface Mention {
  /** The `id` of the `<at>` element. */
  id: number;
  text: string;
  kind: 'user' | 'tag' | 'chat' | 'app' | 'unknown';
  /** Object id of the mentioned person, else null. */
  oid: string | null;
}

/**
 * One attachment. `content` is JSON as text, or null; its shape depends on `contentType`
 * (https://learn.microsoft.com/graph/api/resources/chatmessageattachment).
 */
export interface Attachment {
  id: string;
  contentType: string;
  contentUrl: string | null;
  content: string | null;
  name: string | null;
  thumbnailUrl: string | null;
  teamsAppId: string | null;
}

/** A Teams chat message, at the version the notification told of. */
export interface Message {
  chatId: string;
  /** Unix milliseconds as text; unique only within a chat. */
  id: string;
  /** Changes with every modification (Graph `etag`, else `lastModifiedDateTime`). */
  version: string;
  kind: 'message' | 'system';
  /** Graph's word for a system message, such as `membersAdded`; absent when it says none. */
  event?: string;
  createdAt: number;
  lastModifiedAt: number;
  /** Set by a person's edit, not by reactions. */
  lastEditedAt: number | null;
  deletedAt: number | null;
  importance: 'normal' | 'high' | 'urgent';
  subject: string | null;
  sender: Sender | null;
  /** Set when a bot posted on behalf of a person. */
  onBehalfOf: string | null;
  body: { type: 'text' | 'html'; content: string };
  mentions: Mention[];
  attachments: Attachment[];
  reactionCount: number;
  /** Data-loss prevention removed the text. */
  blocked: boolean;
}

export type ChangeType = 'created' | 'updated' | 'deleted';

/** A user's presence in Teams: Graph's two words, lower-case, or null when unknown. */
export interface Presence {
  availability: string | null;
  activity: string | null;
}

/** Why a notification did not become a post. The reason is also the metric label. */
export type SkipReason =
  | 'own_message'
  | 'system_event'
  | 'unchanged'
  | 'active_in_teams'
  | 'notifications_off'
  | 'chat_kind_off'
  | 'not_mentioned'
  | 'chat_muted'
  | 'already_read'
  | 'duplicate'
  | 'not_connected'
  | 'never_delivered'
  | 'message_gone'
  | 'unreadable';

/**
 * What is to be done with one notification. `update` and `remove` follow a post that exists already; `defer` keeps it for the
 * digest of that time (Unix milliseconds).
 */
export type Decision =
  | { action: 'deliver' }
  | { action: 'defer'; until: number }
  | { action: 'update' }
  | { action: 'remove' }
  | { action: 'skip'; reason: SkipReason };

/** A Mattermost post, as the bot writes it. `props` holds JSON values only. */
export interface PostDraft {
  message: string;
  type?: `custom_${string}`;
  props: Record<string, unknown>;
  fileIds?: string[];
  /** For this user only, where no card is shown: mobile and other clients. The post stays as it is after a click. */
  buttons?: { userId: string; buttons: readonly ReplyButton[] };
}

/** Whose a subscription is, with the notifications it brings: one connection's, or the whole tenant's. */
export type Owner = { kind: 'tenant' } | { kind: 'connection'; id: string };

/** How a message came into the inbox: in a notification of that Graph subscription, or read by catch-up. */
export type ItemSource = { kind: 'subscription'; id: string } | { kind: 'catch-up' };

/** An answer to a command or button, before it takes Mattermost's shape. Visible to the caller only. */
export interface Reply {
  /** Markdown. */
  text: string;
  buttons?: ReplyButton[];
  /** A page to open in the browser: set for `connect` only. */
  openUrl?: string;
}

export interface ReplyButton {
  label: string;
  style: 'primary' | 'default' | 'danger';
  /** What a click does; signed for the user before it leaves the sidecar. */
  action: string;
  /** Makes it a menu: the chosen value is added to the action, after a space. */
  options?: ReadonlyArray<{ label: string; value: string }>;
}

/** A slash command or button press, with the user that Mattermost vouches for. */
export interface Caller {
  userId: string;
  locale: string;
  /** IANA name as chosen in Mattermost, null when unknown. */
  timeZone?: string | null;
}

/** Where the clouds differ: sign-in authority, Graph root and Teams links, each without a trailing slash. */
export interface CloudEndpoints {
  authorityUrl: string;
  graphUrl: string;
  teamsUrl: string;
}
