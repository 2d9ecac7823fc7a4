import type { Channel, Command, Team, User } from '../state/model.ts';
import type { Store } from '../state/store.ts';
import type { OutgoingRequest } from './outgoing.ts';

/** One run of a custom command. */
export interface CommandCall {
  command: Command;
  /** What follows the trigger, as typed. */
  rest: string;
  user: User;
  channel: Channel;
  team: Team;
  rootId: string;
  triggerId: string;
  responseUrl: string;
}

const USER_AGENT = 'Mattermost-Bot/1.1';

/** The request Mattermost makes for a custom command: a form, the token in `Authorization` and in the form. */
export function commandRequest(store: Store, call: CommandCall): OutgoingRequest {
  const { command } = call;
  const form = commandForm(store, call);
  const headers = { Accept: 'application/json', Authorization: `Token ${command.token}`, 'User-Agent': USER_AGENT };
  if (command.method === 'G') {
    const url = new URL(command.url);
    for (const [key, value] of form) url.searchParams.append(key, value);
    return { method: 'GET', url: url.href, headers };
  }
  return {
    method: 'POST',
    url: command.url,
    headers: { ...headers, 'Content-Type': 'application/x-www-form-urlencoded' },
    body: form.toString(),
  };
}

function commandForm(store: Store, call: CommandCall): URLSearchParams {
  const { command, user, channel, team } = call;
  const form = new URLSearchParams({
    token: command.token,
    team_id: team.id,
    team_domain: team.name,
    channel_id: channel.id,
    channel_name: channel.name,
    user_id: user.id,
    user_name: user.username,
    command: `/${command.trigger}`,
    text: call.rest,
    trigger_id: call.triggerId,
    root_id: call.rootId,
    response_url: call.responseUrl,
  });
  for (const name of words(call.rest, /(?<![a-z0-9])@([a-z0-9.\-_]+)/gi)) {
    const id = store.userIdByName.get(name.toLowerCase());
    if (id === undefined || !store.teamMembers.get(team.id)?.has(id)) continue;
    form.append('user_mentions', name.toLowerCase());
    form.append('user_mentions_ids', id);
  }
  for (const name of words(call.rest, /\B~([a-zA-Z0-9\-_]+)/g)) {
    const id = store.channelIdByName.get(`${team.id}/${name}`);
    if (id === undefined || store.channels.get(id)?.type !== 'O') continue;
    form.append('channel_mentions', name);
    form.append('channel_mentions_ids', id);
  }
  return form;
}

function words(value: string, pattern: RegExp): Set<string> {
  return new Set([...value.matchAll(pattern)].map((match) => match[1] ?? ''));
}
