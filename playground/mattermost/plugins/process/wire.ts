import {
  ANY_MAP,
  EMPTY,
  type GobMap,
  type GobType,
  STRING_SLICE,
  struct,
} from '../../../../sidecar/src/host/protocol/gob-types.ts';

/**
 * What Mattermost sends to a plugin process, as `server/public/plugin/client_rpc.go` and `client_rpc_generated.go` of 11.2 define it.
 */
export const HEADER: GobMap = { kind: 'map', name: 'Header', key: 'string', element: STRING_SLICE };

export const CONTEXT = struct('Context', {
  SessionId: 'string',
  RequestId: 'string',
  IPAddress: 'string',
  AcceptLanguage: 'string',
  UserAgent: 'string',
});

const STRING_MAP: GobMap = { kind: 'map', key: 'string', element: 'string' };

const COMMAND_ARGS = struct('CommandArgs', {
  UserId: 'string',
  ChannelId: 'string',
  TeamId: 'string',
  RootId: 'string',
  ParentId: 'string',
  TriggerId: 'string',
  Command: 'string',
  SiteURL: 'string',
  UserMentions: STRING_MAP,
  ChannelMentions: STRING_MAP,
});

const POST = struct('Post', {
  Id: 'string',
  CreateAt: 'int',
  UpdateAt: 'int',
  EditAt: 'int',
  DeleteAt: 'int',
  UserId: 'string',
  ChannelId: 'string',
  RootId: 'string',
  Message: 'string',
  Type: 'string',
  Props: ANY_MAP,
  FileIds: STRING_SLICE,
});

const USER = struct('User', { Id: 'string', DeleteAt: 'int', Username: 'string', Email: 'string', Roles: 'string' });

/** The Go request is sent without its body; the address is the text form of a URL, which travels as bytes. */
export const SERVE_HTTP = struct('Z_ServeHTTPArgs', {
  ResponseWriterStream: 'uint',
  Request: struct('HTTPRequestSubset', {
    Method: 'string',
    URL: 'bytes',
    Proto: 'string',
    ProtoMajor: 'int',
    ProtoMinor: 'int',
    Header: HEADER,
    Host: 'string',
    RemoteAddr: 'string',
    RequestURI: 'string',
    Body: 'interface',
  }),
  Context: CONTEXT,
  RequestBodyStream: 'uint',
});

/** Arguments of the hooks that this host calls. */
export const HOOK_ARGUMENTS = {
  Implemented: EMPTY,
  OnActivate: struct('Z_OnActivateArgs', { APIMuxId: 'uint', DriverMuxId: 'uint' }),
  OnDeactivate: EMPTY,
  OnConfigurationChange: EMPTY,
  ExecuteCommand: struct('Z_ExecuteCommandArgs', { A: CONTEXT, B: COMMAND_ARGS }),
  MessageHasBeenPosted: struct('Z_MessageHasBeenPostedArgs', { A: CONTEXT, B: POST }),
  UserHasBeenDeactivated: struct('Z_UserHasBeenDeactivatedArgs', { A: CONTEXT, B: USER }),
} satisfies Record<string, GobType>;

export type Hook = keyof typeof HOOK_ARGUMENTS;
