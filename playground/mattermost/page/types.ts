import type * as React from 'react';
import type { Action, Store, UnknownAction } from 'redux';

/** A file of a post; the store keeps files beside the posts. Size in bytes, width and height in pixels (0 when no picture). */
export interface FileInfo {
  id: string;
  name: string;
  size: number;
  mime_type: string;
  extension?: string;
  width?: number;
  height?: number;
}

/** One emoji of one user on a post. */
export interface Reaction {
  user_id: string;
  post_id: string;
  emoji_name: string;
}

/** A post as the REST API and the WebSocket deliver it. Times in milliseconds, 0 = never. */
export interface Post {
  id: string;
  create_at: number;
  update_at: number;
  edit_at: number;
  delete_at: number;
  user_id: string;
  channel_id: string;
  root_id: string;
  message: string;
  type: string;
  props: Record<string, unknown>;
  file_ids?: string[];
  metadata?: { priority?: { priority?: string } };
  reply_count?: number;
  state?: string;
  pending_post_id?: string;
}

/** An account; `first_name` of a bot is its display name. */
export interface User {
  id: string;
  username: string;
  first_name: string;
  last_name: string;
  nickname: string;
  email?: string;
  roles: string;
  locale: string;
  is_bot?: boolean;
  delete_at: number;
  last_picture_update?: number;
}

/** A team. */
export interface Team {
  id: string;
  name: string;
  display_name: string;
  delete_at: number;
}

/** A channel: type `O` public, `P` private, `D` direct (name = the two ids joined by `__`), `G` group. */
export interface Channel {
  id: string;
  team_id: string;
  type: string;
  name: string;
  display_name: string;
  header: string;
  purpose: string;
  delete_at: number;
  last_post_at: number;
  total_msg_count?: number;
}

/** What the signed-in user has read of a channel. */
export interface ChannelMember {
  channel_id: string;
  user_id: string;
  msg_count: number;
  mention_count: number;
  msg_count_root?: number;
  last_viewed_at: number;
  roles: string;
}

/** One stored preference; the store's key is `category--name`. */
export interface Preference {
  user_id: string;
  category: string;
  name: string;
  value: string;
}

/** A manifest as `GET /api/v4/plugins/webapp` lists it. */
export interface ClientManifest {
  id: string;
  name?: string;
  version?: string;
  webapp?: { bundle_path: string };
  props?: Record<string, unknown>;
}

/** One registration in a slot of `state.plugins.components`. */
export interface PluginComponent {
  id: string;
  pluginId: string;
  // biome-ignore lint/suspicious/noExplicitAny: a plugin's component takes the props of its slot.
  component?: React.ComponentType<any>;
  [key: string]: unknown;
}

/** The redux slices plugins register into; the names are Mattermost's. */
export interface PluginsState {
  plugins: Record<string, ClientManifest>;
  components: Record<string, PluginComponent[]>;
  postTypes: Record<string, PluginComponent>;
  postCardTypes: Record<string, PluginComponent>;
  adminConsoleReducers: Record<string, unknown>;
  adminConsoleCustomComponents: Record<string, Record<string, AdminCustom>>;
  adminConsoleCustomSections: Record<string, Record<string, AdminCustom>>;
  siteStatsHandlers: Record<string, unknown>;
  userSettings: Record<string, unknown>;
}

/** A component a plugin registered for the system console, under its lower-cased key. */
export interface AdminCustom {
  key: string;
  pluginId: string;
  // biome-ignore lint/suspicious/noExplicitAny: the console passes the props of contract §1.4.
  component: React.ComponentType<any>;
  options?: { showTitle?: boolean };
}

/** An open modal: what `WebappUtils.modals.openModal` was given. */
export interface OpenModal {
  modalId: string;
  // biome-ignore lint/suspicious/noExplicitAny: any dialog component with any props.
  dialogType: React.ComponentType<any>;
  dialogProps?: Record<string, unknown>;
}

/** State of the views. */
export interface ViewsState {
  rhs: { isSidebarOpen: boolean; rhsState: string | null; pluggableId: string; selectedPostId: string };
  modals: { modalState: Record<string, OpenModal> };
  drafts: Record<string, string>;
  connection: { connected: boolean };
  translations: Record<string, (locale: string) => Record<string, string>>;
}

/** The parts of the host's state that the page itself reads; plugins see the whole mattermost-redux state. */
export interface AppState {
  entities: {
    users: { currentUserId: string; profiles: Record<string, User>; statuses: Record<string, string> };
    teams: { currentTeamId: string; teams: Record<string, Team> };
    channels: {
      currentChannelId: string;
      channels: Record<string, Channel>;
      myMembers: Record<string, ChannelMember>;
      messageCounts: Record<string, { total: number; root: number }>;
    };
    posts: {
      posts: Record<string, Post>;
      postsReplies: Record<string, number>;
      postsInThread: Record<string, string[]>;
      reactions: Record<string, Record<string, Reaction>>;
    };
    files: { files: Record<string, FileInfo>; fileIdsByPostId: Record<string, string[]> };
    preferences: { myPreferences: Record<string, Preference> };
    general: { config: Record<string, string> };
  };
  plugins: PluginsState;
  views: ViewsState;
}

/** A thunk as the store's middleware runs it. */
export type Thunk<R = unknown> = (dispatch: Dispatch, getState: () => AppState) => R;

/** Dispatches actions and thunks. */
export interface Dispatch {
  <A extends Action>(action: A): A;
  <R>(thunk: Thunk<R>): R;
}

/** The host's store. */
export type AppStore = Omit<Store<AppState, UnknownAction>, 'dispatch'> & { dispatch: Dispatch };
