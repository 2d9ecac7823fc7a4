import type { AppState, Channel, PluginComponent, Post, User } from '../types.ts';

const NO_COMPONENTS: PluginComponent[] = [];

/** The signed-in user, or undefined before sign-in. */
export function currentUser(state: AppState): User | undefined {
  return state.entities.users.profiles[state.entities.users.currentUserId];
}

/** What plugins registered in a slot, in plugin-id order. */
export function componentsIn(slot: string): (state: AppState) => PluginComponent[] {
  return (state) => state.plugins.components[slot] ?? NO_COMPONENTS;
}

/** The value of one of the user's preferences, or the fallback. */
export function preferenceValue(state: AppState, key: { category: string; name: string; fallback: string }): string {
  return state.entities.preferences.myPreferences[`${key.category}--${key.name}`]?.value ?? key.fallback;
}

/** Whether the user chose the compact message display. */
export function isCompact(state: AppState): boolean {
  return (
    preferenceValue(state, { category: 'display_settings', name: 'message_display', fallback: 'clean' }) === 'compact'
  );
}

/** The name shown for a user: display name of bots, user name of people (Mattermost's default). */
export function nameOf(user: User | undefined): string {
  if (user === undefined) return 'Someone';
  return user.is_bot && user.first_name !== '' ? user.first_name : user.username;
}

/** The other participant's id of a direct channel; the own id in a channel with oneself. */
export function directPartner(channel: Channel, me: string): string {
  const [one = '', other = ''] = channel.name.split('__');
  return one === me ? other : one;
}

/** The title of a channel for the reader. */
export function channelTitle(state: AppState, channel: Channel): string {
  if (channel.type !== 'D') return channel.display_name || channel.name;
  return nameOf(state.entities.users.profiles[directPartner(channel, state.entities.users.currentUserId)]);
}

/** The path of a channel's page. */
export function channelPath(state: AppState, channel: Channel): string {
  const team = state.entities.teams.teams[channel.team_id || state.entities.teams.currentTeamId];
  const prefix = `/${team?.name ?? ''}`;
  if (channel.type !== 'D') return `${prefix}/channels/${channel.name}`;
  const partner = state.entities.users.profiles[directPartner(channel, state.entities.users.currentUserId)];
  return `${prefix}/messages/${partner === undefined ? channel.id : `@${partner.username}`}`;
}

/** Posts of a channel outside threads, oldest first. */
export function postsOf(posts: Record<string, Post>, channelId: string): Post[] {
  return Object.values(posts)
    .filter((post) => post.channel_id === channelId && post.root_id === '')
    .sort(byTime);
}

/** A thread, root first. */
export function threadOf(posts: Record<string, Post>, rootId: string): Post[] {
  return Object.values(posts)
    .filter((post) => post.id === rootId || post.root_id === rootId)
    .sort(byTime);
}

function byTime(one: Post, other: Post): number {
  return one.create_at - other.create_at || (one.id < other.id ? -1 : 1);
}

/** The registered component for a post: a string `props.type` goes before the post's own type. */
export function postTypeComponent(state: AppState, post: Post): PluginComponent | undefined {
  const named = typeof post.props?.type === 'string' ? post.props.type : '';
  return state.plugins.postTypes[named || post.type];
}
