import type { CommandArgs } from '@mattermost/types/integrations';
import type { Dispatcher } from 'undici';
import { AppError } from '../../core/errors.ts';
import type { Metrics } from '../../core/metrics.ts';
import type { Administration, CommandDraft, Team, TeamMember } from '../../core/ports/mattermost-administration.ts';
import type { Clock } from '../../core/time.ts';
import { SECOND } from '../../core/time.ts';
import { MattermostClient } from '../client/client.ts';
import type { Transport } from '../client/transport.ts';
import { createTransport } from '../client/transport.ts';
import { readId, readUser } from '../client/wire.ts';
import { oauthVerbs } from '../oauth-administration.ts';
import {
  readAccount,
  readActivePlugins,
  readAllPlugins,
  readBotId,
  readCommands,
  readPeople,
  readPluginStatuses,
  readSelf,
  readSettings,
  readSite,
  readTeamAdmin,
  readTeams,
  readToken,
  readTokens,
} from './wire.ts';

export interface AdministrationOptions {
  /** Where Mattermost is reached; may end in a sub-path. */
  url: string;
  /** An administrator's token, or the bot's; empty for calls that need none and for `logIn`. */
  token: string;
  clock: Clock;
  metrics: Pick<Metrics, 'outbound'>;
  /** For a proxy. The caller closes it. */
  dispatcher?: Dispatcher;
}

const TRIGGER = 'msteams';
const PAGE = 200;
const SEARCHED = 100;
const UPLOAD_TIMEOUT_MS = 60 * SECOND;

/** Mattermost's REST API for administrators. Sends nothing before the first method is called. */
export function createAdministration(options: AdministrationOptions): Administration {
  const transport = createTransport({ ...options, timeoutMs: UPLOAD_TIMEOUT_MS });
  const client = new MattermostClient({ url: options.url, token: options.token, transport });
  return {
    logIn: async (name, password) => void readUser(await client.login(name, password)),
    logOut: async () => void (await client.logout()),
    self: async () => readSelf(await client.getMe()),
    site: async () => readSite(await client.getClientConfig()),
    settings: async () => readSettings(await client.getConfig()),
    time: () => serverTime(transport, options.url),
    teams: () => allTeams(client),
    ...commandMethods(client),
    ...userMethods(client),
    ...botMethods(client),
    ...pluginMethods(client),
    ...oauthVerbs(client),
    close: transport.close,
  };
}

function commandMethods(client: MattermostClient) {
  const ours = (json: unknown) => readCommands(json).filter(({ trigger }) => trigger === TRIGGER);
  return {
    commands: async (teamId: string) => ours(await client.getCustomTeamCommands(teamId)),
    offeredCommands: async (teamId: string) => ours(await client.getCommandsList(teamId)),
    addCommand: async (draft: CommandDraft) => void readId(await client.addCommand(commandOf(draft, ''))),
    changeCommand: async (id: string, draft: CommandDraft) =>
      void readId(await client.editCommand(commandOf(draft, id))),
    removeCommand: async (id: string) => void (await client.deleteCommand(id)),
    tryCommand: async (teamId: string) => {
      const own = readSelf(await client.getMe()).id;
      const channel = readId(await client.createDirectChannel([own, own]));
      const args = { channel_id: channel, team_id: teamId, root_id: '' } as CommandArgs;
      const answer = await client.executeCommand(`/${TRIGGER} --session`, args);
      return (answer as { props?: Record<string, unknown> }).props ?? {};
    },
  };
}

type Command = Parameters<MattermostClient['addCommand']>[0];

/**
 * A new command must have no id. Mattermost stores no autocomplete data for custom commands, so the hint lists the sub-commands.
 * https://github.com/mattermost/mattermost/blob/v11.2.0/server/channels/store/sqlstore/command_store.go
 */
function commandOf({ teamId, url, token }: CommandDraft, id: string): Command {
  const command = {
    ...(id ? { id } : {}),
    team_id: teamId,
    trigger: TRIGGER,
    method: 'P',
    url,
    token,
    display_name: 'Microsoft Teams',
    description: 'Connects accounts to Microsoft Teams',
    auto_complete: true,
    auto_complete_hint: '[connect|disconnect|status|notifications|help]',
    auto_complete_desc: 'Receive Teams chat messages here while you are away from Teams',
  };
  return command as Command;
}

function userMethods(client: MattermostClient) {
  return {
    roles: async (userId: string) => readSelf(await client.getUser(userId)).roles,
    people: async (page: number) => {
      const options = { active: true };
      return readPeople(await client.getProfiles(page, PAGE, options));
    },
    searchUsers: async (term: string) =>
      readPeople(await client.searchUsers(term, { allow_inactive: true, limit: SEARCHED })).users.map(({ id }) => id),
  };
}

function botMethods(client: MattermostClient) {
  return {
    findAccount: async (username: string) => {
      const json = await orNull(client.getUserByUsername(username));
      return json === null ? null : readAccount(json);
    },
    addBot: async ({ username, name, description }: { username: string; name: string; description: string }) =>
      readBotId(await client.createBot({ username, display_name: name, description })),
    enableBot: async (id: string) => void (await client.enableBot(id)),
    disableBot: async (id: string) => void (await client.disableBot(id)),
    setPicture: async (userId: string, png: Uint8Array) =>
      void (await client.uploadProfileImage(userId, fileOf('icon.png', png, 'image/png'))),
    addToken: async (userId: string, description: string) =>
      readToken(await client.createUserAccessToken(userId, description)),
    tokens: async (userId: string) => readTokens(await client.getUserAccessTokensForUser(userId, 0, PAGE)),
    revokeToken: async (id: string) => void (await client.revokeUserAccessToken(id)),
    joinTeam: (member: TeamMember) => joinTeam(client, member),
  };
}

function pluginMethods(client: MattermostClient) {
  return {
    activePlugins: async () => readActivePlugins(await client.getWebappPlugins()),
    plugins: async () => readAllPlugins(await client.getPlugins()),
    pluginStatuses: async () => readPluginStatuses(await client.getPluginStatuses()),
    installPlugin: async (name: string, archive: Uint8Array) =>
      void readId(await client.uploadPlugin(fileOf(name, archive, 'application/gzip'), true)),
    enablePlugin: async (id: string) => void (await client.enablePlugin(id)),
    removePlugin: async (id: string) => void (await client.removePlugin(id)),
  };
}

async function joinTeam(client: MattermostClient, { teamId, userId, asAdmin }: TeamMember): Promise<boolean> {
  const membership = await orNull(client.getTeamMember(teamId, userId));
  if (membership !== null && (!asAdmin || readTeamAdmin(membership))) return false;
  if (membership === null) await client.addToTeam(teamId, userId);
  if (asAdmin) await client.updateTeamMemberSchemeRoles(teamId, userId, true, true);
  return true;
}

async function allTeams(client: MattermostClient): Promise<Team[]> {
  const teams: Team[] = [];
  for (let page = 0; ; page += 1) {
    const more = readTeams(await client.getTeams(page, PAGE));
    teams.push(...more);
    if (more.length < PAGE) return teams;
  }
}

async function serverTime(transport: Transport, url: string): Promise<number | null> {
  const address = `${url.replace(/\/+$/, '')}/api/v4/system/ping`;
  const { headers } = await transport.send({ url: address, method: 'GET', headers: {}, body: undefined });
  const time = Date.parse(headers.get('date') ?? '');
  return Number.isNaN(time) ? null : time;
}

async function orNull<T>(answer: Promise<T>): Promise<T | null> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof AppError && error.code === 'mattermost_not_found') return null;
    throw error;
  }
}

function fileOf(name: string, bytes: Uint8Array, type: string): File {
  return new File([new Uint8Array(bytes)], name, { type });
}
