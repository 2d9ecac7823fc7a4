import type { Channel, User } from './model.ts';
import type { Store } from './store.ts';

/** True for a session that has `manage_system`. */
export function isAdmin(user: User): boolean {
  return hasRole(user.roles, 'system_admin');
}

/** True when `role` is one of the space-separated `roles`. */
export function hasRole(roles: string, role: string): boolean {
  return roles.split(' ').includes(role);
}

/** `read_channel`: members, members of the team for public channels, administrators. */
export function canRead(store: Store, user: User, channel: Channel): boolean {
  if (store.channelMembers.get(channel.id)?.has(user.id) || isAdmin(user)) return true;
  return channel.type === 'O' && isTeamMember(store, user, channel.team_id) && !hasRole(user.roles, 'system_guest');
}

/** `create_post`: members, administrators, `system_post_all` accounts. */
export function canPost(store: Store, user: User, channel: Channel): boolean {
  return (
    store.channelMembers.get(channel.id)?.has(user.id) === true ||
    isAdmin(user) ||
    hasRole(user.roles, 'system_post_all')
  );
}

export function isTeamMember(store: Store, user: User, teamId: string): boolean {
  return store.teamMembers.get(teamId)?.has(user.id) === true;
}

/** `manage_own_slash_commands` and its `others` twin: by default team and system administrators only. */
export function canManageCommands(store: Store, user: User, teamId: string): boolean {
  return isAdmin(user) || hasRole(store.teamMembers.get(teamId)?.get(user.id) ?? '', 'team_admin');
}

/** With `RestrictDirectMessage: team` two people must share a team; only a bot owned by the session's own user is exempt. */
export function shareTeam(store: Store, sessionUserId: string, other: string): boolean {
  if (sessionUserId === other || store.bots.get(other)?.owner_id === sessionUserId) return true;
  for (const members of store.teamMembers.values()) {
    if (members.has(sessionUserId) && members.has(other)) return true;
  }
  return false;
}
