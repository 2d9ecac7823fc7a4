import { ANY_MAP, type GobStruct, type GobType, struct } from './gob-types.ts';

/**
 * The structs of Mattermost's plugin protocol that this process sends, with the fields it fills.
 * Source: `server/public/plugin/client_rpc_generated.go` and `server/public/model` of Mattermost 11.2.
 */

const SUB_COMMANDS: { kind: 'slice'; element: GobType } = { kind: 'slice', element: 'string' };
export const AUTOCOMPLETE: GobStruct = struct('AutocompleteData', {
  Trigger: 'string',
  Hint: 'string',
  HelpText: 'string',
  SubCommands: SUB_COMMANDS,
});
// Sub-commands are commands again.
SUB_COMMANDS.element = AUTOCOMPLETE;

export const COMMAND = struct('Command', {
  Trigger: 'string',
  AutoComplete: 'bool',
  AutoCompleteDesc: 'string',
  AutoCompleteHint: 'string',
  DisplayName: 'string',
  Description: 'string',
  AutocompleteData: AUTOCOMPLETE,
  AutocompleteIconData: 'string',
});

export const BOT = struct('Bot', { Username: 'string', DisplayName: 'string', Description: 'string' });
export const PERMISSION = struct('Permission', { Id: 'string' });
export const ACCESS_TOKEN = struct('UserAccessToken', { UserId: 'string', Description: 'string', IsActive: 'bool' });
export const KV_OPTIONS = struct('PluginKVSetOptions', { Atomic: 'bool', OldValue: 'bytes', ExpireInSeconds: 'int' });
export const BROADCAST = struct('WebsocketBroadcast', { UserId: 'string', ChannelId: 'string', TeamId: 'string' });

export const COMMAND_RESPONSE = struct('CommandResponse', {
  ResponseType: 'string',
  Text: 'string',
  Type: 'string',
  Props: ANY_MAP,
  GotoLocation: 'string',
  SkipSlackParsing: 'bool',
});

/** Errors as the host registers them. `*plugin.ErrorString` goes where Go says `error`, `*model.AppError` has its own positions. */
export const ERROR_STRING = struct('ErrorString', { Code: 'int', Err: 'string' });
export const APP_ERROR = struct('AppError', {
  Id: 'string',
  Message: 'string',
  DetailedError: 'string',
  StatusCode: 'int',
  Where: 'string',
});

/** Arguments and results are structs with the fields A, B, C in order. */
export function values(...types: GobType[]): GobStruct {
  return struct('', Object.fromEntries(types.map((type, index) => [String.fromCharCode(65 + index), type])));
}

/** A hook's result that is nothing but an error, and an error that is none. */
export const ERROR_RESULT = struct('returns', { A: 'interface' });

/** `error` for a hook's result: null for success. */
export function errorResult(message: string | null): { A: unknown } {
  return {
    A: message === null ? null : { name: '*plugin.ErrorString', type: ERROR_STRING, value: { Code: 0, Err: message } },
  };
}
