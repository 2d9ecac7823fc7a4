import {
  ChannelTypes,
  GeneralTypes,
  PreferenceTypes,
  RoleTypes,
  TeamTypes,
  UserTypes,
} from 'mattermost-redux/action_types';
import { request, requestOr } from '../api.ts';
import type { AppState, AppStore, Channel, ChannelMember, Post, Preference, Team, User } from '../types.ts';
import { directPartner } from './selectors.ts';

/** Loads who is signed in, the configuration, preferences and teams. @throws {ApiError} 401 without a session */
export async function loadSession(store: AppStore): Promise<User> {
  const me = await request<User>('/users/me');
  const [config, preferences, teams, members, roles] = await Promise.all([
    request<Record<string, string>>('/config/client?format=old'),
    requestOr<Preference[]>('/users/me/preferences', []),
    request<Team[]>('/users/me/teams'),
    requestOr<unknown[]>('/users/me/teams/members', []),
    requestOr<unknown[]>('/roles/names', [], { method: 'POST', json: me.roles.split(' ') }),
  ]);
  store.dispatch({ type: GeneralTypes.CLIENT_CONFIG_RECEIVED, data: config });
  store.dispatch({ type: GeneralTypes.RECEIVED_SERVER_VERSION, data: config.Version ?? '' });
  store.dispatch({ type: PreferenceTypes.RECEIVED_ALL_PREFERENCES, data: preferences });
  store.dispatch({ type: TeamTypes.RECEIVED_TEAMS_LIST, data: teams });
  store.dispatch({ type: TeamTypes.RECEIVED_MY_TEAM_MEMBERS, data: members });
  store.dispatch({ type: RoleTypes.RECEIVED_ROLES, data: roles });
  store.dispatch({ type: UserTypes.RECEIVED_ME, data: me });
  return me;
}

/** Loads the channels of a team (direct ones included), what was read of them, and the people in them. */
export async function loadTeam(store: AppStore, teamId: string): Promise<void> {
  const [channels, members, people] = await Promise.all([
    request<Channel[]>(`/users/me/teams/${teamId}/channels`),
    requestOr<ChannelMember[]>(`/users/me/teams/${teamId}/channels/members`, []),
    requestOr<User[]>(`/users?in_team=${teamId}&per_page=200`, []),
  ]);
  store.dispatch({ type: UserTypes.RECEIVED_PROFILES_LIST, data: people });
  await loadPeople(
    store,
    channels.filter((one) => one.type === 'D').map((one) => directPartner(one, currentUserId(store))),
  );
  store.dispatch({ type: ChannelTypes.RECEIVED_CHANNELS, teamId, data: channels });
  store.dispatch({ type: ChannelTypes.RECEIVED_MY_CHANNEL_MEMBERS, data: members });
  await loadStatuses(store);
}

function currentUserId(store: AppStore): string {
  return store.getState().entities.users.currentUserId;
}

/** Fetches the profiles not yet known. */
export async function loadPeople(store: AppStore, ids: string[]): Promise<void> {
  const { profiles } = store.getState().entities.users;
  const missing = [...new Set(ids)].filter((id) => id.length === 26 && profiles[id] === undefined);
  if (missing.length === 0) return;
  const people = await requestOr<User[]>('/users/ids', [], { method: 'POST', json: missing });
  store.dispatch({ type: UserTypes.RECEIVED_PROFILES_LIST, data: people });
}

async function loadStatuses(store: AppStore): Promise<void> {
  const ids = Object.keys(store.getState().entities.users.profiles);
  const found = await requestOr<Array<{ user_id: string; status: string }>>('/users/status/ids', [], {
    method: 'POST',
    json: ids,
  });
  const data = Object.fromEntries(found.map((one) => [one.user_id, one.status]));
  store.dispatch({ type: UserTypes.RECEIVED_STATUSES, data });
}

/** Fetches a channel the page has not seen, with the people in it; how a new direct message appears in the sidebar. */
export async function loadChannel(store: AppStore, channelId: string): Promise<Channel> {
  const channel = await request<Channel>(`/channels/${channelId}`);
  if (channel.type === 'D') await loadPeople(store, [directPartner(channel, currentUserId(store))]);
  const member = await requestOr<ChannelMember | null>(`/channels/${channelId}/members/me`, null);
  store.dispatch({ type: ChannelTypes.RECEIVED_CHANNEL, data: channel });
  if (member !== null) store.dispatch({ type: ChannelTypes.RECEIVED_MY_CHANNEL_MEMBER, data: member });
  return channel;
}

interface PostList {
  order: string[];
  posts: Record<string, Post>;
}

/** Puts posts into the store and fetches their authors. */
export async function receivePosts(store: AppStore, list: PostList): Promise<void> {
  store.dispatch({ type: 'RECEIVED_POSTS', data: list });
  await loadPeople(
    store,
    Object.values(list.posts).map((post) => post.user_id),
  );
}

/** Loads the newest 60 posts of a channel. */
export async function loadPosts(store: AppStore, channelId: string): Promise<void> {
  await receivePosts(store, await request<PostList>(`/channels/${channelId}/posts?page=0&per_page=60`));
}

/** Loads a thread into the store. */
export async function loadThread(store: AppStore, rootId: string): Promise<void> {
  await receivePosts(store, await request<PostList>(`/posts/${rootId}/thread`));
}

/** Makes a channel the current one and marks it as read, here and on the server. */
export async function viewChannel(store: AppStore, channelId: string): Promise<void> {
  const previous = store.getState().entities.channels.currentChannelId;
  if (previous !== channelId) store.dispatch({ type: ChannelTypes.SELECT_CHANNEL, data: channelId });
  markRead(store, channelId);
  await requestOr('/channels/members/me/view', null, {
    method: 'POST',
    json: { channel_id: channelId, prev_channel_id: previous === channelId ? '' : previous },
  });
}

/** Clears the unread marks of a channel in this tab. */
export function markRead(store: AppStore, channelId: string): void {
  const { myMembers, messageCounts } = store.getState().entities.channels;
  const member = myMembers[channelId];
  const counts = messageCounts[channelId];
  if (member === undefined) return;
  const read = { msg_count: counts?.total ?? member.msg_count, msg_count_root: counts?.root ?? 0 };
  const data = { ...member, ...read, mention_count: 0, mention_count_root: 0 };
  store.dispatch({ type: ChannelTypes.RECEIVED_MY_CHANNEL_MEMBER, data });
}

/** Stores preferences on the server and shows them at once. Throws `ApiError` when the server refuses. */
export async function savePreferences(store: AppStore, preferences: Preference[]): Promise<void> {
  await request(`/users/${currentUserId(store)}/preferences`, { method: 'PUT', json: preferences });
  store.dispatch({ type: PreferenceTypes.RECEIVED_PREFERENCES, data: preferences });
}

/** The team a path or a direct message belongs to: by name, else the current one, else the first. */
export function teamNamed(state: AppState, name: string): Team | undefined {
  const teams = Object.values(state.entities.teams.teams).filter((team) => team.delete_at === 0);
  const current = state.entities.teams.teams[state.entities.teams.currentTeamId];
  return teams.find((team) => team.name === name) ?? current ?? teams[0];
}
