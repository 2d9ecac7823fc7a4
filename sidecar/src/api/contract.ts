/**
 * What the webapp and the sidecar say to each other under `/api/v1`. Types only: the webapp imports nothing else of the sidecar.
 * Every request carries `Authorization: Bearer <session>`; the session comes through Mattermost's own command call (`props.msteams`).
 */

/** The `props.msteams` of the answer to `/msteams --session`, readable only by the browser that asked. */
export interface SessionGrant {
  /** The sidecar's public URL, without a trailing slash. */
  sidecarUrl: string;
  /** Bearer token for `/api/v1`, bound to the Mattermost user. */
  session: string;
  /** Unix milliseconds after which a new session is needed. */
  expiresAt: number;
}

/** `GET /api/v1/me`: everything the settings section and the panel show. */
export interface MeResponse {
  connection: ConnectionView | null;
  preferences: PreferencesView;
  /** The chats that are muted now, the one muted last first. */
  mutes: MuteView[];
  /** The Mattermost user id of the bot, whose posts tell that something changed. */
  botUserId: string;
}

export interface ConnectionView {
  state: 'connected' | 'reconnect';
  accountName: string;
  accountAddress: string;
  /** Unix milliseconds. */
  connectedAt: number;
  lastDeliveryAt: number | null;
  /** A sentence with the remedy, in the user's language, or null when all is well. */
  problem: string | null;
}

/** `PUT /api/v1/preferences` takes any part of this, leaves the rest as it is, and returns the whole. */
export interface PreferencesView {
  enabled: boolean;
  when: 'away' | 'always';
  /** Which messages of a kind of chat arrive. */
  chats: { oneOnOne: 'all' | 'none'; group: ChatChoiceView; meeting: ChatChoiceView };
  /** A burst of messages from one chat goes into one post. */
  fold: boolean;
  quietHours: QuietHoursView | null;
}

export type ChatChoiceView = 'all' | 'mentions' | 'none';

/** Times are `HH:MM` by the clock of the time zone (IANA name); `to` before `from` means the next morning. */
export interface QuietHoursView {
  from: string;
  to: string;
  timeZone: string;
  digestAt: string;
}

/** A muted chat. `until` in Unix milliseconds, null for good. */
export interface MuteView {
  chatId: string;
  title: string;
  until: number | null;
}

/** `POST /api/v1/mutes`: mutes a chat from which something has arrived. Answer: `MutesResponse`. */
export interface MuteRequest {
  chatId: string;
  span: 'hour' | 'tomorrow' | 'good';
}

/** Answer to `POST /api/v1/mutes` and `DELETE /api/v1/mutes/{chatId}`: what is muted now. */
export interface MutesResponse {
  mutes: MuteView[];
}

/** `GET /api/v1/notifications`: the last 50 messages that were delivered, the newest first. Names and links, never texts. */
export interface NotificationsResponse {
  notifications: NotificationView[];
}

export interface NotificationView {
  chatId: string;
  messageId: string;
  chatTitle: string;
  chatKind: 'oneOnOne' | 'group' | 'meeting';
  sender: string;
  mentioned: boolean;
  /** Opens the message in Teams. */
  link: string;
  /** When it was written in Teams, and when it was delivered here. Unix milliseconds. */
  sentAt: number;
  postedAt: number;
  /** The Mattermost post with the text; several messages may share one. */
  postId: string;
}

/** `POST /api/v1/connect`: a one-time link, made at the click; opens the page that names the Mattermost account. */
export interface ConnectResponse {
  url: string;
  expiresAt: number;
}

/** `POST /api/v1/disconnect` → this. Idempotent. */
export interface DisconnectResponse {
  disconnected: boolean;
}

/** `POST /api/v1/commands`: the whole command as typed, `/msteams …`. */
export interface CommandRequest {
  command: string;
}

/** `POST /api/v1/actions`: a button of a reply, with the signed action it carried, and what was chosen when it is a menu. */
export interface ActionRequest {
  action: string;
  option?: string;
}

/** Answer to commands and actions. Markdown text; buttons carry signed actions; `openUrl` asks for a new browser window. */
export interface ReplyView {
  text: string;
  buttons: ButtonView[];
  openUrl: string | null;
}

/** With `options` it is a menu. */
export interface ButtonView {
  label: string;
  style: 'primary' | 'default' | 'danger';
  action: string;
  options: Array<{ label: string; value: string }>;
}

/** Every error of `/api/v1`: a stable code and a sentence for the user. */
export interface ErrorResponse {
  error: { code: string; message: string; requestId: string };
}
