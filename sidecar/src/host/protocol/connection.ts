import type { Duplex } from 'node:stream';
import { APP_ERROR, COMMAND_RESPONSE, ERROR_RESULT, errorResult, values } from './api-types.ts';
import { createBroker } from './broker.ts';
import { EMPTY, jsonMap, STRING_SLICE } from './gob-types.ts';
import { createHostApi, type HostApi } from './host-api.ts';
import { createRpcClient, type RpcMethod, serveRpc } from './net-rpc.ts';
import { type HostRequest, type HostResponse, serveHttp } from './serve-http.ts';
import { createYamuxSession } from './yamux.ts';

/**
 * The plugin's side of the connection to Mattermost: control calls, hooks, and the API in the other direction.
 * Source: https://github.com/hashicorp/go-plugin/blob/v1.7.0/rpc_server.go and `server/public/plugin/client_rpc.go` of Mattermost.
 */

/** A slash command as Mattermost passes it on. `command` is the whole text with the slash. */
export interface CommandCall {
  userId: string;
  channelId: string;
  teamId: string;
  rootId: string;
  triggerId: string;
  command: string;
  siteUrl: string;
}

export interface CommandAnswer {
  text: string;
  props?: Record<string, unknown>;
  gotoLocation?: string;
}

/** A post as the hook brings it; ids are empty when there is none. */
export interface HookPost {
  id: string;
  userId: string;
  channelId: string;
  rootId: string;
  message: string;
  type: string;
  createdAt: number;
  props: ReadonlyMap<string, unknown>;
}

/** What Mattermost calls. A hook that throws is logged there; nothing else comes of it. */
export interface Hooks {
  /** A thrown message becomes the plugin's error in the System Console, word for word, and the plugin stays off. */
  onActivate(api: HostApi): Promise<void>;
  onConfigurationChange(): Promise<void>;
  /** The last moment for work: after it the process has 2 s. */
  onDeactivate(): Promise<void>;
  onHttp(request: HostRequest, response: HostResponse): Promise<void>;
  onCommand(call: CommandCall): Promise<CommandAnswer>;
  onPost(post: HookPost): Promise<void>;
  onUserDeactivated(userId: string): Promise<void>;
}

const IMPLEMENTED = [
  'OnActivate',
  'OnDeactivate',
  'OnConfigurationChange',
  'ServeHTTP',
  'ExecuteCommand',
  'MessageHasBeenPosted',
  'UserHasBeenDeactivated',
];

const CONTROL_STREAM = 1;
/** Synchronized standard output and error of the plugin, which stay silent. */
const OUTPUT_STREAMS = new Set([3, 5]);

export interface HostConnection {
  /** Settles when Mattermost said `Quit`, after which the process has 2 s, or when the connection is gone. */
  ended: Promise<'quit' | 'gone'>;
}

/** @param onFailure told of hooks that threw and streams that broke; nothing of it ends the connection. */
export function serveHost(
  connection: Duplex,
  hooks: Hooks,
  onFailure: (where: string, error: unknown) => void,
): HostConnection {
  const quit = Promise.withResolvers<'quit'>();
  const report = (where: string) => (error: unknown) => onFailure(where, error);
  const session = createYamuxSession(connection, {
    side: 'server',
    onStream: (stream) => {
      if (stream.id === CONTROL_STREAM) serveRpc(stream, control, onFailure).catch(report('control'));
      else if (!OUTPUT_STREAMS.has(stream.id)) broker.route(stream).catch(report('broker'));
    },
  });
  const broker = createBroker(session.open);

  const control = methods({
    'Control.Ping': { result: EMPTY, handle: async () => ({}) },
    'Control.Quit': {
      result: EMPTY,
      handle: async () => {
        // The answer goes out first.
        setImmediate(() => quit.resolve('quit'));
        return {};
      },
    },
    'Dispenser.Dispense': {
      result: 'uint',
      handle: async () => {
        const { number, stream } = broker.accept();
        stream.then((offered) => serveRpc(offered, served, onFailure)).catch(report('hooks'));
        return number;
      },
    },
  });

  const served = methods({
    'Plugin.Implemented': { result: STRING_SLICE, handle: async () => IMPLEMENTED },
    'Plugin.OnActivate': {
      result: ERROR_RESULT,
      handle: async (argument) => {
        const { APIMuxId = 0, DriverMuxId = 0 } = argument as { APIMuxId?: number; DriverMuxId?: number };
        const [api, driver] = await Promise.all([broker.dial(APIMuxId), broker.dial(DriverMuxId)]);
        // SQL through Mattermost's pool is not used.
        driver.end();
        return outcome(() => hooks.onActivate(createHostApi(createRpcClient(api))));
      },
    },
    'Plugin.OnConfigurationChange': { result: ERROR_RESULT, handle: () => outcome(hooks.onConfigurationChange) },
    'Plugin.OnDeactivate': { result: ERROR_RESULT, handle: () => outcome(hooks.onDeactivate) },
    'Plugin.ServeHTTP': {
      result: EMPTY,
      handle: async (argument) => {
        await serveHttp(argument, broker.dial, hooks.onHttp);
        return {};
      },
    },
    'Plugin.ExecuteCommand': {
      result: values(COMMAND_RESPONSE, APP_ERROR),
      handle: async (argument) => {
        const { text, props, gotoLocation } = await hooks.onCommand(commandCall(field(argument, 'B')));
        return {
          A: {
            ResponseType: 'ephemeral',
            Text: text,
            Props: props === undefined ? undefined : jsonMap(props),
            GotoLocation: gotoLocation,
          },
        };
      },
    },
    'Plugin.MessageHasBeenPosted': {
      result: EMPTY,
      handle: async (argument) => {
        await hooks.onPost(hookPost(field(argument, 'B')));
        return {};
      },
    },
    'Plugin.UserHasBeenDeactivated': {
      result: EMPTY,
      handle: async (argument) => {
        await hooks.onUserDeactivated(text(field(argument, 'B').Id));
        return {};
      },
    },
  });

  const closed = session.closed.then((reason) => {
    if (reason !== undefined) onFailure('connection', reason);
    return 'gone' as const;
  });
  return { ended: Promise.race([quit.promise, closed]) };
}

function methods(table: Record<string, RpcMethod>): ReadonlyMap<string, RpcMethod> {
  return new Map(Object.entries(table));
}

async function outcome(hook: () => Promise<void>): Promise<{ A: unknown }> {
  try {
    await hook();
    return errorResult(null);
  } catch (error) {
    return errorResult(error instanceof Error ? error.message : 'failed');
  }
}

function field(argument: unknown, name: string): Record<string, unknown> {
  return ((argument as Record<string, unknown>)[name] ?? {}) as Record<string, unknown>;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function commandCall(args: Record<string, unknown>): CommandCall {
  return {
    userId: text(args.UserId),
    channelId: text(args.ChannelId),
    teamId: text(args.TeamId),
    rootId: text(args.RootId),
    triggerId: text(args.TriggerId),
    command: text(args.Command),
    siteUrl: text(args.SiteURL),
  };
}

function hookPost(post: Record<string, unknown>): HookPost {
  return {
    id: text(post.Id),
    userId: text(post.UserId),
    channelId: text(post.ChannelId),
    rootId: text(post.RootId),
    message: text(post.Message),
    type: text(post.Type),
    createdAt: Number(post.CreateAt ?? 0),
    props: post.Props instanceof Map ? post.Props : new Map(),
  };
}
