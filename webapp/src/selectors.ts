import type { GlobalState } from '@mattermost/types/store';
import { getCurrentChannelId, getCurrentUser } from 'mattermost-redux/selectors/entities/common';
import type { Place } from './client.ts';
import { INITIAL_STATE, type State } from './reducer.ts';

/** Selects this plugin's slice of the store. */
export function selectState(pluginId: string) {
  return (state: GlobalState): State =>
    (state as unknown as Record<string, State>)[`plugins-${pluginId}`] ?? INITIAL_STATE;
}

/** The current team and channel; without one (System Console) the first of the user's. */
export function selectPlace(state: GlobalState): Place {
  const { teams, channels } = state.entities;
  const teamId = teams.currentTeamId || Object.keys(teams.myMembers)[0] || '';
  const ofTeam = Object.values(channels.channels).find((channel) => channel.team_id === teamId);
  return { teamId, channelId: getCurrentChannelId(state) || (ofTeam?.id ?? '') };
}

/** The current team's name, as in URLs. */
export function selectTeamName(state: GlobalState): string {
  const { currentTeamId, teams } = state.entities.teams;
  return teams[currentTeamId]?.name ?? '_redirect';
}

/** Whether a user is a bot. Only a bot's post is rendered as a card: any user can write posts of any type. */
export function isBot(state: GlobalState, userId: string): boolean {
  return state.entities.users.profiles[userId]?.is_bot === true;
}

/** The user's locale, such as `en` or `de`. */
export function selectLocale(state: GlobalState): string {
  return getCurrentUser(state)?.locale ?? 'en';
}
