import type { GlobalState } from '@mattermost/types/store';
import { getCurrentChannelId, getCurrentUser } from 'mattermost-redux/selectors/entities/common';
import type { MeResponse, MuteView, NotificationView } from '../../sidecar/src/api/schema.ts';
import type { Place } from './client.ts';

/** What the plugin keeps in the host's store. `problem` is a translation key, or the sidecar's own sentence. */
export interface State {
  me: MeResponse | null;
  /** Known after the first look, or after muting a chat. */
  mutes: MuteView[];
  /** Null until they were asked for. */
  notifications: NotificationView[] | null;
  problem: { id: string } | { text: string } | null;
}

export type Event =
  | { type: 'msteams_connect/me'; me: MeResponse }
  | { type: 'msteams_connect/mutes'; mutes: MuteView[] }
  | { type: 'msteams_connect/notifications'; notifications: NotificationView[] }
  | { type: 'msteams_connect/problem'; problem: State['problem'] };

const INITIAL: State = { me: null, mutes: [], notifications: null, problem: null };

/** The reducer under `plugins-msteams_connect`. */
export function reducer(state: State = INITIAL, event: Event | { type: string }): State {
  if (!isOurs(event)) return state;
  switch (event.type) {
    case 'msteams_connect/me':
      return { ...state, me: event.me, mutes: event.me.mutes, problem: null };
    case 'msteams_connect/mutes':
      return { ...state, mutes: event.mutes, problem: null };
    case 'msteams_connect/notifications':
      return { ...state, notifications: event.notifications };
    case 'msteams_connect/problem':
      return { ...state, problem: event.problem };
  }
}

const TYPES: readonly string[] = [
  'msteams_connect/me',
  'msteams_connect/mutes',
  'msteams_connect/notifications',
  'msteams_connect/problem',
] satisfies Array<Event['type']>;

function isOurs(event: Event | { type: string }): event is Event {
  return TYPES.includes(event.type);
}

/** This plugin's slice of the host's state. */
export function selectState(pluginId: string) {
  return (state: GlobalState): State => (state as unknown as Record<string, State>)[`plugins-${pluginId}`] ?? INITIAL;
}

/** The team and channel the person is in; outside of both (System Console) the first ones they have. */
export function selectPlace(state: GlobalState): Place {
  const { teams, channels } = state.entities;
  const teamId = teams.currentTeamId || Object.keys(teams.myMembers)[0] || '';
  const ofTeam = Object.values(channels.channels).find((channel) => channel.team_id === teamId);
  return { teamId, channelId: getCurrentChannelId(state) || (ofTeam?.id ?? '') };
}

/** The name of the team the person is in, as in addresses. */
export function selectTeamName(state: GlobalState): string {
  const { currentTeamId, teams } = state.entities.teams;
  return teams[currentTeamId]?.name ?? '_redirect';
}

/** Whether an account is a bot. Only a bot's post is shown as a notification: anybody can write posts of any type. */
export function isBot(state: GlobalState, userId: string): boolean {
  return state.entities.users.profiles[userId]?.is_bot === true;
}

/** The person's language, such as `en` or `de`. */
export function selectLocale(state: GlobalState): string {
  return getCurrentUser(state)?.locale ?? 'en';
}
