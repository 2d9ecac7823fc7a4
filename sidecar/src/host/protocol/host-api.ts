import { ACCESS_TOKEN, BOT, BROADCAST, COMMAND, KV_OPTIONS, PERMISSION, values } from './api-types.ts';
import { ANY_MAP, ANY_SLICE, EMPTY, type GobStruct, jsonInterface, jsonMap } from './gob-types.ts';
import type { RpcClient } from './net-rpc.ts';
import { ProtocolError } from './protocol-error.ts';

/**
 * What this process asks of Mattermost. Source: `server/public/plugin/api.go` of Mattermost 11.2.
 * All calls throw {ProtocolError} with the server's message when it refuses.
 */
export interface HostApi {
  serverVersion(): Promise<string>;
  /** Folder where Mattermost unpacked the plugin. */
  bundlePath(): Promise<string>;
  /** The plugin's settings, defaults filled in, names in lower case. */
  pluginSettings(): Promise<Record<string, unknown>>;
  /** Replaces the plugin's settings; every node is told. */
  savePluginSettings(settings: Record<string, unknown>): Promise<void>;
  /** Mattermost's whole configuration, with its secrets, in the shapes of the gob reader. */
  configuration(): Promise<Record<string, unknown>>;
  /** Id of the plugin's bot. Two nodes that do it the first time at once may make two: take a lock. */
  ensureBot(bot: { username: string; displayName: string; description: string }): Promise<string>;
  setProfileImage(userId: string, picture: Buffer): Promise<void>;
  /** Each call makes another token, which stays until it is revoked. */
  createAccessToken(userId: string, description: string): Promise<{ id: string; token: string }>;
  revokeAccessToken(id: string): Promise<void>;
  /** A slash command for all teams, until the plugin is disabled; to be repeated at each activation. */
  registerCommand(command: CommandSuggestion): Promise<void>;
  kvGet(key: string): Promise<Buffer | null>;
  /** Writes only when the key still holds `before` (null: nothing). Returns whether it did. */
  kvCompareAndSet(key: string, before: Buffer | null, value: Buffer): Promise<boolean>;
  kvDelete(key: string): Promise<void>;
  hasPermission(userId: string, permission: string): Promise<boolean>;
  /** With the e-mail address, whatever the server's privacy settings. In the shapes of the gob reader. */
  user(userId: string): Promise<Record<string, unknown>>;
  /** Type (`D` for direct) and name of a channel; a direct channel's name is the two user ids, joined by `__`. */
  channel(channelId: string): Promise<{ type: string; name: string }>;
  /** Arrives in the user's browsers as `custom_<plugin id>_<event>`. */
  publish(event: string, payload: Record<string, unknown>, userId: string): Promise<void>;
  log(level: 'debug' | 'info' | 'warn' | 'error', message: string, fields: Record<string, string>): Promise<void>;
}

/** A word of a command with the words that may follow it, as clients suggest them. */
export interface CommandSuggestion {
  word: string;
  help: string;
  next: CommandSuggestion[];
}

const LOG_METHOD = { debug: 'LogDebug', info: 'LogInfo', warn: 'LogWarn', error: 'LogError' } as const;

export function createHostApi(rpc: RpcClient): HostApi {
  /** Calls the method and returns the named position of its result. */
  async function call(method: string, type: GobStruct, ...args: unknown[]): Promise<Record<string, unknown>> {
    const argument = Object.fromEntries(type.fields.map(([name], index) => [name, args[index]]));
    const result = (await rpc.call(`Plugin.${method}`, type, argument)) as Record<string, unknown>;
    for (const position of Object.values(result)) {
      const refusal = refusalOf(position);
      if (refusal !== undefined) throw new ProtocolError(`${method}: ${refusal}`);
    }
    return result;
  }

  return {
    serverVersion: async () => String((await call('GetServerVersion', EMPTY)).A ?? ''),
    bundlePath: async () => String((await call('GetBundlePath', EMPTY)).A ?? ''),
    pluginSettings: async () => {
      const { A } = await call('LoadPluginConfiguration', EMPTY);
      return Buffer.isBuffer(A) && A.length > 0 ? JSON.parse(A.toString('utf8')) : {};
    },
    savePluginSettings: async (settings) => void (await call('SavePluginConfig', SAVE_SETTINGS, jsonMap(settings))),
    configuration: async () => ((await call('GetUnsanitizedConfig', EMPTY)).A ?? {}) as Record<string, unknown>,
    ensureBot: async ({ username, displayName, description }) => {
      const bot = { Username: username, DisplayName: displayName, Description: description };
      return String((await call('EnsureBotUser', ONE_BOT, bot)).A ?? '');
    },
    setProfileImage: async (userId, picture) => void (await call('SetProfileImage', STRING_AND_BYTES, userId, picture)),
    createAccessToken: async (userId, description) => {
      const { A } = await call('CreateUserAccessToken', ONE_TOKEN, {
        UserId: userId,
        Description: description,
        IsActive: true,
      });
      const { Id = '', Token = '' } = (A ?? {}) as { Id?: string; Token?: string };
      return { id: Id, token: Token };
    },
    revokeAccessToken: async (id) => void (await call('RevokeUserAccessToken', ONE_STRING, id)),
    registerCommand: async (command) => {
      await call('RegisterCommand', ONE_COMMAND, {
        Trigger: command.word,
        AutoComplete: true,
        AutoCompleteDesc: command.help,
        AutocompleteData: autocompleteOf(command),
      });
    },
    kvGet: async (key) => {
      const { A } = await call('KVGet', ONE_STRING, key);
      return Buffer.isBuffer(A) && A.length > 0 ? A : null;
    },
    kvCompareAndSet: async (key, before, value) => {
      const options = { Atomic: true, OldValue: before ?? undefined };
      return (await call('KVSetWithOptions', KV_SET, key, value, options)).A === true;
    },
    kvDelete: async (key) => void (await call('KVDelete', ONE_STRING, key)),
    hasPermission: async (userId, permission) => {
      return (await call('HasPermissionTo', PERMISSION_OF, userId, { Id: permission })).A === true;
    },
    user: async (userId) => ((await call('GetUser', ONE_STRING, userId)).A ?? {}) as Record<string, unknown>,
    channel: async (channelId) => {
      const { Type = '', Name = '' } = ((await call('GetChannel', ONE_STRING, channelId)).A ?? {}) as Record<
        string,
        string
      >;
      return { type: Type, name: Name };
    },
    publish: async (event, payload, userId) => {
      await call('PublishWebSocketEvent', EVENT, event, jsonMap(payload), { UserId: userId });
    },
    log: async (level, message, fields) => {
      const pairs = Object.entries(fields).flatMap(([name, value]) => [jsonInterface(name), jsonInterface(value)]);
      await call(LOG_METHOD[level], LOG_LINE, message, pairs);
    },
  };
}

const ONE_STRING = values('string');
const STRING_AND_BYTES = values('string', 'bytes');
const ONE_BOT = values(BOT);
const ONE_TOKEN = values(ACCESS_TOKEN);
const ONE_COMMAND = values(COMMAND);
const KV_SET = values('string', 'bytes', KV_OPTIONS);
const PERMISSION_OF = values('string', PERMISSION);
const EVENT = values('string', ANY_MAP, BROADCAST);
const LOG_LINE = values('string', ANY_SLICE);
const SAVE_SETTINGS = values(ANY_MAP);

function autocompleteOf({ word, help, next }: CommandSuggestion): Record<string, unknown> {
  return { Trigger: word, HelpText: help, SubCommands: next.map(autocompleteOf) };
}

/** The message of an `AppError` or `ErrorString` in a result, if it is one. */
function refusalOf(value: unknown): string | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  const { Id, Message, DetailedError, Err, StatusCode } = value as Record<string, unknown>;
  if (typeof Err === 'string') return Err;
  if (typeof Id !== 'string' || typeof Message !== 'string' || typeof StatusCode !== 'number') return undefined;
  return [Message, DetailedError].filter((part) => typeof part === 'string' && part !== '').join(': ');
}
