/** The things a Mattermost server stores, in the spelling of its REST API. Times in milliseconds; `delete_at` 0 means alive. */

export interface User {
  id: string;
  create_at: number;
  update_at: number;
  delete_at: number;
  username: string;
  email: string;
  nickname: string;
  first_name: string;
  last_name: string;
  position: string;
  roles: string;
  locale: string;
  auth_service: string;
  auth_data: string;
  props: Record<string, string>;
  notify_props: Record<string, string>;
  timezone: Record<string, string>;
  is_bot?: boolean;
  bot_description?: string;
  last_picture_update: number;
}

export interface Bot {
  user_id: string;
  username: string;
  display_name: string;
  description: string;
  owner_id: string;
  create_at: number;
  update_at: number;
  delete_at: number;
}

export interface Team {
  id: string;
  create_at: number;
  update_at: number;
  delete_at: number;
  name: string;
  display_name: string;
  description: string;
  type: 'O' | 'I';
  allow_open_invite: boolean;
}

export interface Channel {
  id: string;
  create_at: number;
  update_at: number;
  delete_at: number;
  team_id: string;
  type: 'O' | 'P' | 'D' | 'G';
  name: string;
  display_name: string;
  header: string;
  purpose: string;
  last_post_at: number;
  total_msg_count: number;
  total_msg_count_root: number;
  creator_id: string;
}

/** One person's place in a channel: what was read, when. */
export interface ChannelRead {
  lastViewedAt: number;
  messages: number;
}

export type Props = Record<string, unknown>;

export interface PostPriority {
  priority: string;
  requested_ack?: boolean;
  persistent_notifications?: boolean;
}

export interface Post {
  id: string;
  create_at: number;
  update_at: number;
  edit_at: number;
  delete_at: number;
  is_pinned: boolean;
  user_id: string;
  channel_id: string;
  root_id: string;
  original_id: string;
  message: string;
  type: string;
  props: Props;
  hashtags: string;
  pending_post_id: string;
  reply_count: number;
  last_reply_at: number;
  participants: null;
  file_ids?: string[];
  metadata: { priority?: PostPriority };
}

export interface Reaction {
  user_id: string;
  post_id: string;
  emoji_name: string;
  create_at: number;
  update_at: number;
  delete_at: number;
  remote_id: string;
  channel_id: string;
}

export interface FileInfo {
  id: string;
  user_id: string;
  post_id: string;
  channel_id: string;
  create_at: number;
  update_at: number;
  delete_at: number;
  name: string;
  extension: string;
  size: number;
  mime_type: string;
  width: number;
  height: number;
  has_preview_image: boolean;
  mini_preview: null;
}

export interface Session {
  id: string;
  token: string;
  csrf: string;
  userId: string;
  createAt: number;
  /** 0: never. */
  expiresAt: number;
  isOauth: boolean;
  /** Where the session came from: a login, a user access token, an OAuth app. */
  origin: string;
}

export interface AccessToken {
  id: string;
  token: string;
  user_id: string;
  description: string;
  is_active: boolean;
}

export interface Preference {
  user_id: string;
  category: string;
  name: string;
  value: string;
}

export interface Status {
  user_id: string;
  status: string;
  manual: boolean;
  last_activity_at: number;
  dnd_end_time: number;
}

export interface Command {
  id: string;
  token: string;
  create_at: number;
  update_at: number;
  delete_at: number;
  creator_id: string;
  team_id: string;
  trigger: string;
  method: 'P' | 'G';
  username: string;
  icon_url: string;
  auto_complete: boolean;
  auto_complete_desc: string;
  auto_complete_hint: string;
  display_name: string;
  description: string;
  url: string;
}

/** A `response_url` that was handed to a custom command. */
export interface CommandWebhook {
  id: string;
  createAt: number;
  uses: number;
  userId: string;
  channelId: string;
  rootId: string;
  command: Command;
}

export interface OauthApp {
  id: string;
  creator_id: string;
  create_at: number;
  update_at: number;
  client_secret: string;
  name: string;
  description: string;
  icon_url: string;
  callback_urls: string[];
  homepage: string;
  is_trusted: boolean;
  is_public: boolean;
}

export interface OauthCode {
  code: string;
  clientId: string;
  userId: string;
  redirectUri: string;
  createAt: number;
  challenge: string;
}

export interface Manifest {
  id: string;
  name: string;
  version: string;
  min_server_version?: string;
  webapp?: { bundle_path: string };
  props?: Props;
  settings_schema?: { settings?: { key: string; secret?: boolean }[] };
  [key: string]: unknown;
}

export interface InstalledPlugin {
  manifest: Manifest;
  files: Map<string, Buffer>;
  /** Permission bits of each file. */
  modes: Map<string, number>;
  bundleName: string;
  /** 0 not running, 1 starting, 2 running, 3 failed to start, 4 failed to stay running. */
  state: number;
  error: string;
}
