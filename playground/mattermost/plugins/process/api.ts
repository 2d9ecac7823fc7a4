import { ACCESS_TOKEN, APP_ERROR, ERROR_STRING, values } from '../../../../sidecar/src/host/protocol/api-types.ts';
import { EMPTY, type GobStruct, struct } from '../../../../sidecar/src/host/protocol/gob-types.ts';
import type { RpcMethod } from '../../../../sidecar/src/host/protocol/net-rpc.ts';
import { ApiError } from '../../http/errors.ts';
import { openSession } from '../../http/session.ts';
import { newId } from '../../state/ids.ts';
import type { AccessToken, Props } from '../../state/model.ts';
import { addUser, changeUser } from '../../state/people.ts';
import { isAdmin } from '../../state/permissions.ts';
import type { MattermostState } from '../../state/state.ts';

/**
 * `plugin.API` for one plugin, over net/rpc: the calls that the product makes and no others, so that a call this server does not know
 * fails as it would on an old Mattermost. Source: `server/channels/app/plugin_api.go` of 11.2.
 */
export function createPluginApi(
  state: MattermostState,
  pluginId: string,
  bundlePath: string,
): ReadonlyMap<string, RpcMethod> {
  const kv = createKeyValue(state, pluginId);
  return new Map(
    Object.entries({
      GetServerVersion: call(values('string'), () => ({ A: '11.2.0' })),
      GetBundlePath: call(values('string', 'interface'), () => ({ A: bundlePath })),
      LoadPluginConfiguration: call(values('bytes'), () => ({ A: json(pluginSettings(state, pluginId)) })),
      SavePluginConfig: call(values(APP_ERROR), ({ A }) => {
        state.config.PluginSettings.Plugins[pluginId] = plain(A) as Props;
        state.pluginHost.configurationChanged();
        return {};
      }),
      GetUnsanitizedConfig: call(values(CONFIG), () => ({ A: configuration(state) })),
      EnsureBotUser: call(values('string', 'interface'), ({ A }) => ({
        A: ensureBot(state, pluginId, A as BotFields),
      })),
      SetProfileImage: call(values(APP_ERROR), ({ A, B }) => {
        findUser(state, A);
        state.store.images.set(String(A), { bytes: B as Buffer, type: 'image/png' });
        return {};
      }),
      CreateUserAccessToken: call(values(TOKEN, APP_ERROR), ({ A }) => ({
        A: createToken(state, A as Record<string, string>),
      })),
      RevokeUserAccessToken: call(values(APP_ERROR), ({ A }) => revokeToken(state, String(A))),
      RegisterCommand: call(values('interface'), ({ A }) => {
        const { Trigger } = A as { Trigger?: string };
        if (!Trigger) return { A: goError('invalid command') };
        state.pluginHost.registerCommand(pluginId, Trigger.toLowerCase(), A as Props);
        return {};
      }),
      KVGet: call(values('bytes', APP_ERROR), ({ A }) => ({ A: kv.get(String(A)) })),
      KVSet: call(values(APP_ERROR), ({ A, B }) => kv.set(String(A), B as Buffer)),
      KVDelete: call(values(APP_ERROR), ({ A }) => kv.set(String(A), undefined)),
      KVSetWithOptions: call(values('bool', APP_ERROR), ({ A, B, C }) => ({
        A: kv.setWithOptions(String(A), B as Buffer | undefined, (C ?? {}) as KeyOptions),
      })),
      HasPermissionTo: call(values('bool'), ({ A, B }) => ({
        A: hasPermission(state, String(A), String((B as { Id?: string } | undefined)?.Id)),
      })),
      GetUser: call(values(USER, APP_ERROR), ({ A }) => ({ A: goUser(findUser(state, A)) })),
      GetChannel: call(values(CHANNEL, APP_ERROR), ({ A }) => {
        const channel = state.store.channels.get(String(A));
        if (!channel) throw notFound('app.channel.get.existing.app_error', 'channel');
        return { A: { Id: channel.id, Type: channel.type, Name: channel.name, TeamId: channel.team_id } };
      }),
      PublishWebSocketEvent: call(EMPTY, ({ A, B, C }) => {
        const { UserId, ChannelId } = (C ?? {}) as { UserId?: string; ChannelId?: string };
        const audience = UserId
          ? { userId: UserId }
          : ChannelId
            ? { channelId: ChannelId }
            : { everyone: true as const };
        const payload = (plain(B) ?? {}) as Record<string, unknown>;
        state.hub.publish(`custom_${pluginId}_${A}`, audience, () => payload);
        return {};
      }),
      ...Object.fromEntries(
        ['Debug', 'Info', 'Warn', 'Error'].map((level) => [
          `Log${level}`,
          call(EMPTY, ({ A, B }) => {
            state.pluginHost.log(pluginId, level.toLowerCase(), [A, ...((B as unknown[]) ?? [])].join(' '));
            return {};
          }),
        ]),
      ),
    }).map(([name, method]) => [`Plugin.${name}`, method]),
  );
}

const CONFIG = struct('Config', {
  ServiceSettings: struct('ServiceSettings', {
    SiteURL: 'string',
    ListenAddress: 'string',
    ConnectionSecurity: 'string',
  }),
  SqlSettings: struct('SqlSettings', { DriverName: 'string', DataSource: 'string' }),
});
const USER = struct('User', {
  Id: 'string',
  DeleteAt: 'int',
  Username: 'string',
  Email: 'string',
  FirstName: 'string',
  LastName: 'string',
  Roles: 'string',
  Locale: 'string',
});
const CHANNEL = struct('Channel', { Id: 'string', Type: 'string', Name: 'string', TeamId: 'string' });
const TOKEN: GobStruct = struct('UserAccessToken', {
  Id: 'string',
  Token: 'string',
  ...Object.fromEntries(ACCESS_TOKEN.fields),
});

type Arguments = Record<'A' | 'B' | 'C', unknown>;

/** One method. A refusal of the emulator becomes the `AppError` in the last position of the result. */
function call(result: GobStruct, handle: (args: Arguments) => Record<string, unknown>): RpcMethod {
  return {
    result,
    handle: async (argument) => {
      try {
        return handle(argument as Arguments);
      } catch (error) {
        if (!(error instanceof ApiError)) throw error;
        const last = result.fields.at(-1)?.[0] ?? 'A';
        return { [last]: { Id: error.id, Message: error.message, StatusCode: error.status, Where: 'plugin' } };
      }
    },
  };
}

function goError(message: string) {
  return { name: '*plugin.ErrorString', type: ERROR_STRING, value: { Err: message } };
}

function notFound(id: string, what: string): ApiError {
  return new ApiError(404, id, { message: `Unable to find the ${what}.` });
}

function findUser(state: MattermostState, id: unknown) {
  const user = state.store.users.get(String(id));
  if (!user) throw notFound('app.user.missing_account.const', 'user');
  return user;
}

function goUser(user: ReturnType<typeof findUser>) {
  return {
    Id: user.id,
    DeleteAt: user.delete_at,
    Username: user.username,
    Email: user.email,
    FirstName: user.first_name,
    LastName: user.last_name,
    Roles: user.roles,
    Locale: user.locale,
  };
}

function hasPermission(state: MattermostState, userId: string, permission: string): boolean {
  const user = state.store.users.get(userId);
  if (user?.delete_at !== 0) return false;
  return isAdmin(user) || permission === 'create_direct_channel';
}

/** The plugin's settings with the defaults of its schema, names in lower case (`LoadPluginConfiguration`). */
function pluginSettings(state: MattermostState, pluginId: string): Record<string, unknown> {
  const schema = state.store.plugins.get(pluginId)?.manifest.settings_schema as
    | { settings?: SchemaSetting[]; sections?: Array<{ settings?: SchemaSetting[] }> }
    | undefined;
  const all = [...(schema?.settings ?? []), ...(schema?.sections ?? []).flatMap(({ settings }) => settings ?? [])];
  const defaults = all
    .filter((setting) => setting.default !== undefined)
    .map(({ key, default: value }) => [key, value]);
  const given = Object.entries(state.config.PluginSettings.Plugins[pluginId] ?? {});
  return Object.fromEntries([...defaults, ...given].map(([key, value]) => [String(key).toLowerCase(), value]));
}

interface SchemaSetting {
  key: string;
  default?: unknown;
}

function configuration(state: MattermostState) {
  const { SiteURL, ListenAddress, ConnectionSecurity } = state.config.ServiceSettings;
  const { DriverName, DataSource } = state.config.SqlSettings;
  return { ServiceSettings: { SiteURL, ListenAddress, ConnectionSecurity }, SqlSettings: { DriverName, DataSource } };
}

interface BotFields {
  Username?: string;
  DisplayName?: string;
  Description?: string;
}

/** Idempotent by the key `mmi_botid`; an existing account of that name that is no bot of the plugin is refused. */
function ensureBot(
  state: MattermostState,
  pluginId: string,
  { Username = '', DisplayName = '', Description = '' }: BotFields,
): string {
  const { store } = state;
  const now = state.now();
  const known = state.pluginHost.keys(pluginId).get('mmi_botid')?.toString('utf8');
  const existing = known === undefined ? undefined : store.bots.get(known);
  const name = Username.toLowerCase();
  if (existing) {
    Object.assign(existing, { display_name: DisplayName, description: Description, update_at: now });
    const fields = { username: name, first_name: DisplayName, bot_description: Description };
    changeUser(store, findUser(state, existing.user_id), { fields, now });
    existing.username = name;
    return existing.user_id;
  }
  if (store.userIdByName.has(name)) {
    const id = store.userIdByName.get(name) ?? '';
    const bot = store.bots.get(id);
    if (!bot)
      throw new ApiError(400, 'app.user.save.username_exists.app_error', {
        message: 'An account with that username already exists.',
      });
    bot.owner_id = pluginId;
    state.pluginHost.keys(pluginId).set('mmi_botid', Buffer.from(id));
    return id;
  }
  const account = {
    username: name,
    email: `${name}@localhost`,
    first_name: DisplayName,
    is_bot: true,
    bot_description: Description,
  };
  const user = addUser(store, account, now);
  store.bots.set(user.id, {
    user_id: user.id,
    username: name,
    display_name: DisplayName,
    description: Description,
    owner_id: pluginId,
    create_at: now,
    update_at: now,
    delete_at: 0,
  });
  state.pluginHost.keys(pluginId).set('mmi_botid', Buffer.from(user.id));
  return user.id;
}

/** Every call makes another token, which stays. */
function createToken(state: MattermostState, { UserId = '', Description = '' }: Record<string, string>) {
  findUser(state, UserId);
  const token: AccessToken = {
    id: newId(),
    token: newId(),
    user_id: UserId,
    description: Description,
    is_active: true,
  };
  state.store.accessTokens.set(token.id, token);
  openSession(state, UserId, { hours: 0, origin: token.id, token: token.token });
  return { Id: token.id, Token: token.token, UserId, Description, IsActive: true };
}

function revokeToken(state: MattermostState, id: string): Record<string, never> {
  const token = state.store.accessTokens.get(id);
  if (!token) throw notFound('app.user_access_token.get_by_user.app_error', 'token');
  state.store.accessTokens.delete(id);
  state.store.sessions.delete(token.token);
  return {};
}

interface KeyOptions {
  Atomic?: boolean;
  OldValue?: Buffer;
  ExpireInSeconds?: number;
}

/** The plugin's keys: at most 150 characters; an empty value deletes (`plugin_key_value_store.go`). */
function createKeyValue(state: MattermostState, pluginId: string) {
  const keys = state.pluginHost.keys(pluginId);
  const check = (key: string) => {
    if (key !== '' && key.length <= 150) return;
    throw new ApiError(400, 'model.plugin_key_value.is_valid.key.app_error', { message: 'Invalid key.' });
  };
  const set = (key: string, value: Buffer | undefined) => {
    check(key);
    if (value === undefined || value.length === 0) keys.delete(key);
    else keys.set(key, Buffer.from(value));
    return {};
  };
  return {
    get: (key: string) => keys.get(key),
    set,
    setWithOptions: (key: string, value: Buffer | undefined, { Atomic, OldValue, ExpireInSeconds }: KeyOptions) => {
      check(key);
      if (!Atomic && OldValue !== undefined) {
        throw new ApiError(400, 'model.plugin_kvset_options.is_valid.old_value.app_error', {
          message: 'Invalid old value, it should only be set when the operation is atomic.',
        });
      }
      const current = keys.get(key);
      if (Atomic && !(OldValue === undefined ? current === undefined : current?.equals(OldValue))) return false;
      set(key, value);
      if (ExpireInSeconds) setTimeout(() => keys.delete(key), ExpireInSeconds * 1000).unref();
      return true;
    },
  };
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** Maps of the wire as objects. */
function plain(value: unknown): unknown {
  if (value instanceof Map) return Object.fromEntries([...value].map(([key, inner]) => [key, plain(inner)]));
  return Array.isArray(value) ? value.map(plain) : value;
}
