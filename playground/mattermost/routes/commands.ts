import type { FastifyInstance } from 'fastify';
import { flag, idParam, objectBody, query, text } from '../http/body.ts';
import { ApiError, forbidden, invalidBody, missing } from '../http/errors.ts';
import { type Actor, actor } from '../http/session.ts';
import { executeCommand, findCommand } from '../integrations/execute.ts';
import { newId } from '../state/ids.ts';
import type { Command, Props } from '../state/model.ts';
import { canManageCommands, canPost, isTeamMember } from '../state/permissions.ts';
import type { MattermostState } from '../state/state.ts';

const BUILT_IN = [
  'away',
  'code',
  'collapse',
  'dnd',
  'echo',
  'expand',
  'groupmsg',
  'header',
  'help',
  'invite',
  'join',
  'kick',
  'leave',
  'logout',
  'marketplace',
  'me',
  'msg',
  'mute',
  'offline',
  'online',
  'purpose',
  'remind',
  'remove',
  'rename',
  'search',
  'settings',
  'shortcuts',
  'shrug',
  'status',
  'custom_status',
  'open',
  'share-channel',
  'secure-connection',
  'exportlink',
];

/** Custom slash commands: create, list, change, delete, suggest, run. */
export function commandRoutes(app: FastifyInstance, state: MattermostState): void {
  app.addHook('onRequest', (_request, _reply, done) => {
    if (state.config.ServiceSettings.EnableCommands) return done();
    done(
      new ApiError(501, 'api.command.disabled.app_error', {
        message: 'Commands have been disabled by the system admin.',
      }),
    );
  });
  manageRoutes(app, state);
  listRoutes(app, state);
  app.post('/commands/execute', async (request) => {
    const who = actor(state, request);
    const body = objectBody(request, 'command_args');
    const line = text(body, 'command').trim();
    if (line.length <= 1 || !line.startsWith('/')) throw invalidBody('command');
    const channel = state.store.channels.get(text(body, 'channel_id'));
    if (!channel || !canPost(state.store, who.user, channel)) throw forbidden('create_post');
    if (channel.delete_at !== 0) throw new ApiError(400, 'api.command.execute_command.deleted.error');
    return executeCommand(state, who.user, {
      line: text(body, 'command').trimStart(),
      channel,
      teamId: text(body, 'team_id'),
      rootId: text(body, 'root_id'),
      host: request.headers.host ?? '',
    });
  });
}

function manageRoutes(app: FastifyInstance, state: MattermostState): void {
  app.post('/commands', async (request, reply) => {
    const who = actor(state, request);
    const body = objectBody(request, 'command');
    if (text(body, 'id') !== '') throw invalidBody('id');
    const teamId = text(body, 'team_id');
    checkManage(state, who, teamId);
    const command = readCommand(state, who, body);
    checkTrigger(state, command);
    state.store.commands.set(command.id, command);
    reply.code(201);
    return command;
  });
  app.get('/commands/:command_id', async (request) =>
    ownCommand(state, actor(state, request), idParam(request, 'command_id')),
  );
  app.put('/commands/:command_id', async (request) => {
    const who = actor(state, request);
    const body = objectBody(request, 'command');
    const command = ownCommand(state, who, idParam(request, 'command_id'));
    if (text(body, 'id') !== command.id) throw invalidBody('command');
    const { id, token, create_at, creator_id, team_id } = command;
    const changed = { ...readCommand(state, who, { ...body, team_id }), id, create_at, creator_id };
    if (text(body, 'token') === '') changed.token = token;
    if (changed.trigger !== command.trigger) checkTrigger(state, changed);
    return Object.assign(command, changed);
  });
  app.delete('/commands/:command_id', async (request) => {
    ownCommand(state, actor(state, request), idParam(request, 'command_id')).delete_at = state.now();
    return { status: 'OK' };
  });
  app.put('/commands/:command_id/move', async (request) => {
    const who = actor(state, request);
    const teamId = text(objectBody(request, 'team_id'), 'team_id');
    checkManage(state, who, teamId);
    ownCommand(state, who, idParam(request, 'command_id')).team_id = teamId;
    return { status: 'OK' };
  });
  app.put('/commands/:command_id/regen_token', async (request) => {
    const command = ownCommand(state, actor(state, request), idParam(request, 'command_id'));
    command.token = newId();
    return { token: command.token };
  });
}

function listRoutes(app: FastifyInstance, state: MattermostState): void {
  app.get('/commands', async (request) => {
    const who = actor(state, request);
    const teamId = query(request, 'team_id');
    if (
      teamId === '' ||
      !(isTeamMember(state.store, who.user, teamId) || canManageCommands(state.store, who.user, teamId))
    ) {
      throw forbidden('view_team');
    }
    const isManager = canManageCommands(state.store, who.user, teamId);
    if (query(request, 'custom_only') === 'true') {
      if (!isManager) throw forbidden('manage_own_slash_commands');
      return commandsOf(state, teamId);
    }
    return isManager
      ? commandsOf(state, teamId)
      : commandsOf(state, teamId)
          .filter((item) => item.auto_complete)
          .map(sanitised);
  });
  app.get('/teams/:team_id/commands/autocomplete', async (request) => {
    const teamId = visibleTeam(state, actor(state, request), idParam(request, 'team_id'));
    return commandsOf(state, teamId)
      .filter((item) => item.auto_complete)
      .map(sanitised);
  });
  app.get('/teams/:team_id/commands/autocomplete_suggestions', async (request) => {
    const teamId = visibleTeam(state, actor(state, request), idParam(request, 'team_id'));
    const input = query(request, 'user_input').replace(/^\//, '').toLowerCase();
    const matching = commandsOf(state, teamId).filter((item) => item.auto_complete && item.trigger.startsWith(input));
    const custom = matching.map((item) => ({
      Complete: item.trigger,
      Suggestion: item.trigger,
      Hint: item.auto_complete_hint,
      Description: item.auto_complete_desc,
      IconData: '',
    }));
    return [...custom, ...pluginSuggestions(state, input)];
  });
}

/** Commands of plugins with their sub-commands, as far as they are typed (`command_autocomplete.go`). */
function pluginSuggestions(state: MattermostState, input: string): Suggestion[] {
  return state.pluginHost
    .commands()
    .filter(({ command }) => command.AutoComplete === true)
    .flatMap(({ command }) =>
      suggest((command.AutocompleteData ?? { Trigger: command.Trigger }) as Autocomplete, input, ''),
    );
}

interface Autocomplete {
  Trigger?: string;
  Hint?: string;
  HelpText?: string;
  SubCommands?: Autocomplete[];
}

interface Suggestion {
  Complete: string;
  Suggestion: string;
  Hint: string;
  Description: string;
  IconData: string;
}

function suggest(data: Autocomplete, input: string, before: string): Suggestion[] {
  const trigger = data.Trigger ?? '';
  if (input.startsWith(`${trigger} `)) {
    const rest = input.slice(trigger.length + 1);
    return (data.SubCommands ?? []).flatMap((part) => suggest(part, rest, `${before}${trigger} `));
  }
  if (!trigger.startsWith(input)) return [];
  return [
    {
      Complete: `${before}${trigger}`,
      Suggestion: trigger,
      Hint: data.Hint ?? '',
      Description: data.HelpText ?? '',
      IconData: '',
    },
  ];
}

function visibleTeam(state: MattermostState, who: Actor, teamId: string): string {
  if (isTeamMember(state.store, who.user, teamId) || canManageCommands(state.store, who.user, teamId)) return teamId;
  throw forbidden('view_team');
}

function commandsOf(state: MattermostState, teamId: string): Command[] {
  return [...state.store.commands.values()].filter((item) => item.delete_at === 0 && item.team_id === teamId);
}

function sanitised(command: Command): Command {
  return { ...command, token: '', creator_id: '', method: 'P', url: '', username: '', icon_url: '' };
}

function checkManage(state: MattermostState, who: Actor, teamId: string): void {
  if (!state.store.teams.has(teamId) || !canManageCommands(state.store, who.user, teamId)) {
    throw forbidden('manage_own_slash_commands');
  }
}

function ownCommand(state: MattermostState, who: Actor, id: string): Command {
  const command = state.store.commands.get(id);
  if (command?.delete_at !== 0) throw missing('app.command.getcommand.internal_error', 'command');
  // Without the right to manage, the command is said not to exist.
  if (!canManageCommands(state.store, who.user, command.team_id)) {
    throw missing('app.command.getcommand.internal_error', 'command');
  }
  return command;
}

function readCommand(state: MattermostState, who: Actor, body: Props): Command {
  const now = state.now();
  const command: Command = {
    id: newId(),
    token: text(body, 'token') || newId(),
    create_at: now,
    update_at: now,
    delete_at: 0,
    creator_id: text(body, 'creator_id') || who.user.id,
    team_id: text(body, 'team_id'),
    trigger: text(body, 'trigger').toLowerCase(),
    method: text(body, 'method') === 'G' ? 'G' : 'P',
    username: text(body, 'username'),
    icon_url: text(body, 'icon_url'),
    auto_complete: flag(body, 'auto_complete'),
    auto_complete_desc: text(body, 'auto_complete_desc'),
    auto_complete_hint: text(body, 'auto_complete_hint'),
    display_name: text(body, 'display_name'),
    description: text(body, 'description'),
    url: text(body, 'url'),
  };
  checkCommand(command, text(body, 'method'));
  return command;
}

function checkCommand(command: Command, method: string): void {
  const refuse = (field: string) => {
    throw new ApiError(400, `model.command.is_valid.${field}.app_error`, { message: `Invalid ${field}.` });
  };
  if (command.token.length !== 26) refuse('token');
  if (!/^[^/\s][^\s]{0,127}$/u.test(command.trigger)) refuse('trigger');
  if (method !== 'P' && method !== 'G') refuse('method');
  if (command.url === '' || command.url.length > 1024) refuse('url');
  if (!/^https?:\/\/[^/\s]+/i.test(command.url) || !URL.canParse(command.url)) refuse('url_http');
  if (command.display_name.length > 64) refuse('display_name');
  if (command.description.length > 128) refuse('description');
}

function checkTrigger(state: MattermostState, command: Command): void {
  const other = findCommand(state, command.team_id, command.trigger);
  if ((!other || other.id === command.id) && !BUILT_IN.includes(command.trigger)) return;
  throw new ApiError(400, 'api.command.duplicate_trigger.app_error', {
    message: 'This trigger word is already in use. Please choose another word.',
  });
}
