import { request } from '../api.ts';
import { loadChannel, loadTeam, receivePosts, teamNamed } from '../store/load.ts';
import { channelPath } from '../store/selectors.ts';
import type { AppStore, Channel, Post, User } from '../types.ts';

/** Where a path leads: a channel (perhaps at one post), or elsewhere. */
export type Place =
  | { kind: 'channel'; channelId: string; postId: string }
  | { kind: 'redirect'; path: string }
  | { kind: 'missing' };

const MISSING: Place = { kind: 'missing' };

async function selectTeam(store: AppStore, name: string): Promise<string> {
  const state = store.getState();
  const team = teamNamed(state, name);
  if (team === undefined) return '';
  if (team.id !== state.entities.teams.currentTeamId) {
    await loadTeam(store, team.id);
    store.dispatch({ type: 'SELECT_TEAM', data: team.id });
  }
  return team.name;
}

function channelNamed(store: AppStore, name: string): Channel | undefined {
  const { channels } = store.getState().entities.channels;
  const teamId = store.getState().entities.teams.currentTeamId;
  return Object.values(channels).find((one) => (one.team_id === teamId || one.team_id === '') && one.name === name);
}

async function openDirect(store: AppStore, username: string): Promise<Place> {
  const me = store.getState().entities.users.currentUserId;
  const user = await request<User>(`/users/username/${encodeURIComponent(username)}`);
  store.dispatch({ type: 'RECEIVED_PROFILE', data: user });
  const channel = await request<Channel>('/channels/direct', { method: 'POST', json: [me, user.id] });
  await loadChannel(store, channel.id);
  return { kind: 'channel', channelId: channel.id, postId: '' };
}

async function openPermalink(store: AppStore, postId: string): Promise<Place> {
  const post = await request<Post>(`/posts/${postId}`);
  const channel = await loadChannel(store, post.channel_id);
  const team = store.getState().entities.teams.teams[channel.team_id];
  if (team !== undefined) await selectTeam(store, team.name);
  await receivePosts(store, { order: [post.id], posts: { [post.id]: post } });
  const rootId = post.root_id || post.id;
  if (post.root_id !== '') store.dispatch({ type: 'SELECT_POST', postId: rootId });
  return { kind: 'channel', channelId: channel.id, postId: rootId };
}

/** Resolves a path of the channels product, loading what it needs. Throws `ApiError` when something is refused. */
export async function resolvePlace(store: AppStore, path: string): Promise<Place> {
  const [teamPart = '', kind = '', name = ''] = path.split('/').filter(Boolean).map(decodeURIComponent);
  const teamName = await selectTeam(store, teamPart);
  if (teamName === '') return MISSING;
  if (kind === 'pl') return openPermalink(store, name);
  if (kind === 'messages' && name.startsWith('@')) return openDirect(store, name.slice(1));
  const channel = kind === 'channels' || kind === 'messages' ? channelNamed(store, name) : undefined;
  if (channel !== undefined) return { kind: 'channel', channelId: channel.id, postId: '' };
  if (kind === 'messages' && /^[a-z0-9]{26}$/.test(name)) {
    await loadChannel(store, name);
    return { kind: 'channel', channelId: name, postId: '' };
  }
  const square = channelNamed(store, 'town-square');
  if (kind !== '' || square === undefined) return MISSING;
  return { kind: 'redirect', path: channelPath(store.getState(), square) };
}
