/**
 * The glossary: one word for one thing, in code, SQL comments, logs, docs and on the screen.
 *
 * People and accounts
 * - user: a Mattermost account
 * - account: a Microsoft account, keyed by tenant id and object id (`tid`, `oid`), never by e-mail
 * - connection: the link between one user and one account
 * - tenant: Microsoft's directory of an organization; "organization" in texts that users read
 * - caller: the user who runs a command or presses a button, as Mattermost vouches
 * - deactivated user: a user whose account an administrator deactivated; the connection ends
 *
 * What comes from Teams
 * - message, chat, member: the Teams things
 * - subscription: a Graph change subscription; *personal* (one per connection) or *tenant* (one for all)
 * - notification: one Graph change notification, as received
 * - notification secret, lifecycle notification: what Graph sends along and beside, in Graph's own words
 * - watermark: up to when a chat was read; catch-up fetches what no notification brought since
 *
 * From the notification to the post
 * - queue item: one notification that waits to be worked off
 * - chat queue: the queue items of one chat for one user, worked off in order
 * - claim: a replica's hold on a chat queue for the time of a lease, with a fencing token that every write compares
 * - lease: the right to do something until a time, given to one holder; holder: one running replica
 * - decision: deliver, defer or skip with a named reason; the reason is also the metric label
 * - delivery: one message forwarded to one user: at most one post, ever; intended before it is posted, confirmed after
 * - fold: several messages in a row of one chat in one post
 * - digest: one post about what was deferred in quiet hours; notice: a delivery's names and link, sealed, for digest and panel
 * - dead letter: a queue item that was given up, kept for an administrator
 *
 * Mattermost
 * - post, thread: the Mattermost things; bot: the account that writes them
 * - reply (`Reply`): the answer to a command or button, before it takes Mattermost's shape
 *
 * How the sidecar works
 * - preference: what a user chose; setting: what an administrator chose
 * - replica: one of several sidecars on one database
 * - job: background work, a row of the job table that the job runner works off
 * - throttle pause: until when a limit of Microsoft or Mattermost is respected, shared by all replicas
 * - sealed: encrypted and bound to where it belongs (AES-GCM with context)
 * - installation state: single values about the whole installation
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
  /** A guest: an account of another tenant that was invited into this one. */
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
