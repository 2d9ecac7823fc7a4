import { type TSchema, Type } from 'typebox';
import { Compile } from 'typebox/compile';
import { AppError } from '../../core/errors.ts';
import type {
  Account,
  InstalledPlugin,
  PluginStatus,
  Self,
  Site,
  SiteSettings,
  SlashCommand,
  Team,
  TokenEntry,
} from '../../core/ports/mattermost-administration.ts';
import type { User } from '../../core/types.ts';
import { readUsers } from '../client/wire.ts';

const Text = Type.Optional(Type.String());
const Flag = Type.Optional(Type.Boolean());
const Props = Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()]));

const Me = Type.Object({ id: Type.String({ minLength: 1 }), username: Type.String(), roles: Text, is_bot: Flag });
const AccountItem = Type.Object({
  id: Type.String({ minLength: 1 }),
  is_bot: Flag,
  delete_at: Type.Optional(Type.Number()),
  bot_description: Text,
});
const Membership = Type.Object({ roles: Text, scheme_admin: Flag });
const ClientConfig = Type.Record(Type.String(), Type.Unknown());
const AdminConfig = Type.Object({
  ServiceSettings: Type.Object({
    EnableCommands: Flag,
    EnableOAuthServiceProvider: Flag,
    AllowedUntrustedInternalConnections: Text,
  }),
  PluginSettings: Type.Object({ Enable: Flag, EnableUploads: Flag, RequirePluginSignature: Flag }),
});
const TeamItem = Type.Object({ id: Type.String(), name: Type.String() });
const CommandItem = Type.Object({
  id: Type.String(),
  team_id: Type.String(),
  trigger: Type.String(),
  url: Text,
  token: Text,
});
const PluginItem = Type.Object({ id: Type.String(), version: Text, props: Props });
const StatusItem = Type.Object({ plugin_id: Type.String(), state: Type.Number(), error: Text });
const TokenItem = Type.Object({ id: Type.String(), description: Text });

const RUNNING = 2;

const read = {
  me: Compile(Me),
  account: Compile(AccountItem),
  people: Compile(Type.Array(Type.Object({ roles: Text }))),
  membership: Compile(Membership),
  clientConfig: Compile(ClientConfig),
  adminConfig: Compile(AdminConfig),
  teams: Compile(Type.Array(TeamItem)),
  commands: Compile(Type.Array(CommandItem)),
  plugins: Compile(Type.Array(PluginItem)),
  allPlugins: Compile(Type.Object({ active: listOf(PluginItem), inactive: listOf(PluginItem) })),
  statuses: Compile(Type.Array(StatusItem)),
  tokens: Compile(Type.Array(TokenItem)),
  token: Compile(Type.Object({ token: Type.String({ minLength: 1 }) })),
  bot: Compile(Type.Object({ user_id: Type.String({ minLength: 1 }) })),
};

/** Go encodes an empty list as null. */
function listOf<T extends TSchema>(item: T) {
  return Type.Optional(Type.Union([Type.Array(item), Type.Null()]));
}

/** Reads the account of the token. @throws {AppError} mattermost_unavailable for any other value, as all readers here */
export function readSelf(json: unknown): Self {
  const { id, username, roles = '', is_bot = false } = checked(read.me, json, 'account');
  return { id, username, isBot: is_bot, roles: roles.split(' ').filter(Boolean) };
}

/** Reads a user or bot account. */
export function readAccount(json: unknown): Account {
  const { id, is_bot = false, delete_at = 0, bot_description = '' } = checked(read.account, json, 'account');
  return { id, isBot: is_bot, deactivated: delete_at > 0, description: bot_description };
}

/** Reads a page of users without guests; `isLast` when the page was empty. */
export function readPeople(json: unknown): { users: User[]; isLast: boolean } {
  const found = checked(read.people, json, 'list of users');
  const members = found.filter(({ roles = '' }) => !roles.split(' ').includes('system_guest'));
  return { users: readUsers(members), isLast: found.length === 0 };
}

/** Whether a member of a team is its administrator. */
export function readTeamAdmin(json: unknown): boolean {
  const { roles = '', scheme_admin = false } = checked(read.membership, json, 'team member');
  return scheme_admin || roles.split(' ').includes('team_admin');
}

/** Reads `GET /api/v4/config/client`, where every value is text. */
export function readSite(json: unknown): Site {
  const config = checked(read.clientConfig, json, 'client configuration');
  const text = (name: string) => (typeof config[name] === 'string' ? config[name] : '');
  return {
    url: text('SiteURL').replace(/\/+$/, ''),
    version: text('Version'),
    createsBots: text('EnableBotAccountCreation') === 'true',
    showsEmail: text('ShowEmailAddress') !== 'false',
    directMessagesNeedTeam: text('RestrictDirectMessage') === 'team',
  };
}

/** Reads `GET /api/v4/config`. */
export function readSettings(json: unknown): SiteSettings {
  const { ServiceSettings: service, PluginSettings: plugins } = checked(read.adminConfig, json, 'configuration');
  return {
    pluginsEnabled: plugins.Enable ?? true,
    uploadsEnabled: plugins.EnableUploads ?? false,
    signatureRequired: plugins.RequirePluginSignature ?? false,
    commandsEnabled: service.EnableCommands ?? true,
    oauthProvider: service.EnableOAuthServiceProvider ?? true,
    internalHosts: service.AllowedUntrustedInternalConnections ?? '',
  };
}

/** Reads a page of teams. */
export function readTeams(json: unknown): Team[] {
  return checked(read.teams, json, 'list of teams').map(({ id, name }) => ({ id, name }));
}

/** Reads the slash commands of a team. */
export function readCommands(json: unknown): SlashCommand[] {
  return checked(read.commands, json ?? [], 'list of commands').map(
    ({ id, team_id, trigger, url = '', token = '' }) => ({
      id,
      teamId: team_id,
      trigger,
      url,
      token,
    }),
  );
}

/** Reads the plugins that browsers load. */
export function readActivePlugins(json: unknown): InstalledPlugin[] {
  return checked(read.plugins, json ?? [], 'list of plugins').map(pluginOf);
}

/** Reads all installed plugins. */
export function readAllPlugins(json: unknown): InstalledPlugin[] {
  const { active, inactive } = checked(read.allPlugins, json, 'list of plugins');
  return [...(active ?? []), ...(inactive ?? [])].map(pluginOf);
}

/** Reads the state of each plugin on each node. */
export function readPluginStatuses(json: unknown): PluginStatus[] {
  return checked(read.statuses, json ?? [], 'list of plugin states').map(({ plugin_id, state, error = '' }) => ({
    id: plugin_id,
    running: state === RUNNING,
    error,
  }));
}

/** Reads a user's access tokens, without their secrets. */
export function readTokens(json: unknown): TokenEntry[] {
  return checked(read.tokens, json ?? [], 'list of tokens').map(({ id, description = '' }) => ({ id, description }));
}

/** Reads the secret of a new access token. */
export function readToken(json: unknown): string {
  return checked(read.token, json, 'token').token;
}

/** Reads the user id of a new bot. */
export function readBotId(json: unknown): string {
  return checked(read.bot, json, 'bot').user_id;
}

function pluginOf({
  id,
  version = '',
  props,
}: {
  id: string;
  version?: string;
  props?: Record<string, unknown> | null;
}) {
  const url = props?.sidecar_url;
  return { id, version, sidecarUrl: typeof url === 'string' ? url : '' };
}

/** The value when it has the validator's shape. @throws {AppError} mattermost_unavailable */
export function checked<Value>(
  validator: { Check(value: unknown): value is Value },
  json: unknown,
  what: string,
): Value {
  if (validator.Check(json)) return json;
  throw new AppError('mattermost_unavailable', 'Mattermost answered in a form that is not known.', {
    remedy: 'Check that the address leads to Mattermost itself, at a supported version.',
    fields: { what },
  });
}
