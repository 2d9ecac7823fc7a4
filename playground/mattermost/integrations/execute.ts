import { ApiError, forbidden } from '../http/errors.ts';
import type { PluginCommand } from '../plugins/plugin-host.ts';
import { newId } from '../state/ids.ts';
import type { Channel, Command, User } from '../state/model.ts';
import { isAdmin, isTeamMember } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';
import { commandRequest } from './command-request.ts';
import { type CommandResponse, pluginResponse, postResponse, readResponse } from './command-response.ts';

/** What `POST commands/execute` asks for; `host` is the Host header of that request. */
export interface Execution {
  line: string;
  channel: Channel;
  teamId: string;
  rootId: string;
  host: string;
}

/** Runs a custom command for `user` and returns its response as the caller gets it. */
export async function executeCommand(
  state: MattermostState,
  user: User,
  execution: Execution,
): Promise<CommandResponse> {
  const teamId = executionTeam(state, user, execution);
  const [, word = '', rest = ''] = /^\/(\S*)\s?([\s\S]*)$/u.exec(execution.line) ?? [];
  const trigger = word.toLowerCase();
  const ofPlugin = state.pluginHost.command(trigger);
  if (ofPlugin) return executePluginCommand(state, { user, teamId, execution, ofPlugin });
  const command = findCommand(state, teamId, trigger);
  const team = state.store.teams.get(teamId);
  if (!command || !team) {
    throw new ApiError(404, 'api.command.execute_command.not_found.app_error', {
      message: `Command with a trigger of '${trigger}' not found. To send a message beginning with "/", try adding an empty space at the beginning of the message.`,
    });
  }
  const { triggerId, clientTriggerId } = state.signer.issue(user.id, state.now());
  const responseUrl = issueResponseUrl(state, { command, user, execution });
  const { channel, rootId } = execution;
  const call = { command, rest, user, channel, team, rootId, triggerId, responseUrl };
  const response = await callCommand(state, command, () => commandRequest(state.store, call));
  response.trigger_id = clientTriggerId;
  await postResponse(state, { user, channel, rootId, command }, response);
  return response;
}

/** A plugin's command wins over a custom one of the same trigger; the plugin is pinged before (`plugin_commands.go`). */
async function executePluginCommand(
  state: MattermostState,
  on: { user: User; teamId: string; execution: Execution; ofPlugin: PluginCommand },
): Promise<CommandResponse> {
  const { user, teamId, execution, ofPlugin } = on;
  const connection = state.pluginHost.connection(ofPlugin.pluginId);
  const { triggerId, clientTriggerId } = state.signer.issue(user.id, state.now());
  const failed = (detail: string) =>
    new ApiError(500, 'model.plugin_command_error.error.app_error', {
      message: 'An error occurred while trying to execute this command.',
      detail,
    });
  if (connection === null) throw failed('the plugin is not running');
  const answer = await connection
    .call('ExecuteCommand', {
      A: { RequestId: newId() },
      B: {
        UserId: user.id,
        ChannelId: execution.channel.id,
        TeamId: teamId,
        RootId: execution.rootId,
        TriggerId: triggerId,
        Command: execution.line,
        SiteURL: state.config.ServiceSettings.SiteURL,
      },
    })
    .catch((error: unknown) => {
      throw failed(String(error));
    });
  const response = pluginResponse((answer.A ?? {}) as Record<string, unknown>);
  response.trigger_id = clientTriggerId;
  const { channel, rootId } = execution;
  await postResponse(state, { user, channel, rootId, command: null }, response);
  return response;
}

/** The living command of a team with this trigger. */
export function findCommand(state: MattermostState, teamId: string, trigger: string): Command | undefined {
  for (const command of state.store.commands.values()) {
    if (command.delete_at === 0 && command.team_id === teamId && command.trigger === trigger) return command;
  }
  return undefined;
}

/** The channel's own team wins; in direct channels the named one counts, if the person is in it. */
function executionTeam(state: MattermostState, user: User, execution: Execution): string {
  if (execution.channel.team_id !== '') return execution.channel.team_id;
  if (!isTeamMember(state.store, user, execution.teamId) && !isAdmin(user)) throw forbidden('create_post');
  return execution.teamId;
}

function issueResponseUrl(state: MattermostState, on: { command: Command; user: User; execution: Execution }): string {
  const id = newId();
  const { command, user, execution } = on;
  state.store.commandWebhooks.set(id, {
    id,
    createAt: state.now(),
    uses: 0,
    userId: user.id,
    channelId: execution.channel.id,
    rootId: execution.rootId,
    command,
  });
  return `http://${execution.host}/hooks/commands/${id}`;
}

async function callCommand(
  state: MattermostState,
  command: Command,
  request: () => Parameters<MattermostState['outgoing']>[0],
): Promise<CommandResponse> {
  const failed = (detail: string) =>
    new ApiError(500, 'api.command.execute_command.failed.app_error', {
      message: `Command with a trigger of '${command.trigger}' failed.`,
      detail,
    });
  const reply = await state.outgoing(request()).catch((error: unknown) => {
    throw failed(String(error));
  });
  if (reply.status !== 200) {
    throw new ApiError(500, 'api.command.execute_command.failed_resp.app_error', {
      message: `Command with a trigger of '${command.trigger}' returned response ${reply.status}.`,
    });
  }
  try {
    return readResponse(reply);
  } catch (error) {
    throw failed(String(error));
  }
}
