import { newId } from './ids.ts';
import type { Channel, Team, User } from './model.ts';
import type { Store } from './store.ts';

/** What must be known to make an account; the rest gets Mattermost's defaults. */
export interface NewUser {
  id?: string;
  username: string;
  email: string;
  password?: string;
  roles?: string;
  locale?: string;
  first_name?: string;
  last_name?: string;
  nickname?: string;
  is_bot?: boolean;
  bot_description?: string;
  auth_service?: string;
  auth_data?: string;
  delete_at?: number;
}

/** Adds an account. The caller has checked that name and address are free. */
export function addUser(store: Store, fields: NewUser, now: number): User {
  const { password, ...rest } = fields;
  const user: User = {
    id: newId(),
    create_at: now,
    update_at: now,
    delete_at: 0,
    nickname: '',
    first_name: '',
    last_name: '',
    position: '',
    roles: 'system_user',
    locale: 'en',
    auth_service: '',
    auth_data: '',
    props: {},
    notify_props: { channel: 'true', comments: 'never', desktop: 'mention', email: 'true', push: 'mention' },
    timezone: { automaticTimezone: '', manualTimezone: '', useAutomaticTimezone: 'true' },
    last_picture_update: 0,
    ...rest,
  };
  store.users.set(user.id, user);
  store.userIdByName.set(user.username, user.id);
  store.userIdByEmail.set(user.email, user.id);
  if (password !== undefined) store.passwords.set(user.id, password);
  return user;
}

/** Changes an account and keeps the look-ups by name and address right. */
export function changeUser(store: Store, user: User, change: { fields: Partial<User>; now: number }): void {
  store.userIdByName.delete(user.username);
  store.userIdByEmail.delete(user.email);
  Object.assign(user, change.fields, { id: user.id, update_at: change.now });
  store.userIdByName.set(user.username, user.id);
  store.userIdByEmail.set(user.email, user.id);
}

/** A team with its `town-square`. */
export function addTeam(store: Store, fields: { name: string; display_name: string }, now: number): Team {
  const team: Team = {
    id: newId(),
    create_at: now,
    update_at: now,
    delete_at: 0,
    description: '',
    type: 'O',
    allow_open_invite: true,
    ...fields,
  };
  store.teams.set(team.id, team);
  store.teamMembers.set(team.id, new Map());
  addChannel(store, { team_id: team.id, type: 'O', name: 'town-square', display_name: 'Town Square' }, now);
  return team;
}

/** A channel without members. */
export function addChannel(
  store: Store,
  fields: Pick<Channel, 'team_id' | 'type' | 'name' | 'display_name'> & { creator_id?: string },
  now: number,
): Channel {
  const channel: Channel = {
    id: newId(),
    create_at: now,
    update_at: now,
    delete_at: 0,
    header: '',
    purpose: '',
    last_post_at: 0,
    total_msg_count: 0,
    total_msg_count_root: 0,
    creator_id: '',
    ...fields,
  };
  store.channels.set(channel.id, channel);
  store.channelIdByName.set(`${channel.team_id}/${channel.name}`, channel.id);
  store.channelMembers.set(channel.id, new Map());
  store.postsOfChannel.set(channel.id, []);
  return channel;
}

/** Puts a person into a channel; nothing changes when already there. */
export function joinChannel(store: Store, channelId: string, userId: string): void {
  const members = store.channelMembers.get(channelId);
  if (!members || members.has(userId)) return;
  members.set(userId, { lastViewedAt: 0, messages: 0 });
  const channels = store.channelsOfUser.get(userId);
  if (channels) channels.add(channelId);
  else store.channelsOfUser.set(userId, new Set([channelId]));
}

/** Puts a person into a team and its `town-square`. */
export function joinTeam(store: Store, teamId: string, member: { userId: string; roles?: string }): void {
  const members = store.teamMembers.get(teamId);
  if (!members || members.has(member.userId)) return;
  members.set(member.userId, member.roles ?? 'team_user');
  const square = store.channelIdByName.get(`${teamId}/town-square`);
  if (square !== undefined) joinChannel(store, square, member.userId);
}

/** The direct channel of two people, made at the first call. */
export function directChannel(
  store: Store,
  people: readonly [string, string],
  now: number,
): { channel: Channel; isNew: boolean } {
  const name = [...people].sort().join('__');
  const known = store.channels.get(store.channelIdByName.get(`/${name}`) ?? '');
  if (known) return { channel: known, isNew: false };
  const channel = addChannel(store, { team_id: '', type: 'D', name, display_name: '', creator_id: people[0] }, now);
  for (const userId of people) joinChannel(store, channel.id, userId);
  return { channel, isNew: true };
}

/** Teams a person is in, oldest first. */
export function teamsOf(store: Store, userId: string): Team[] {
  return [...store.teams.values()].filter(
    (team) => team.delete_at === 0 && store.teamMembers.get(team.id)?.has(userId),
  );
}
