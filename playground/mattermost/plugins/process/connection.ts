import { connect } from 'node:net';
import { EMPTY } from '../../../../sidecar/src/host/protocol/gob-types.ts';
import { createRpcClient, type RpcMethod, serveRpc } from '../../../../sidecar/src/host/protocol/net-rpc.ts';
import { createYamuxSession } from '../../../../sidecar/src/host/protocol/yamux.ts';
import type { YamuxStream } from '../../../../sidecar/src/host/protocol/yamux-stream.ts';
import { HOOK_ARGUMENTS, type Hook } from './wire.ts';

/** Mattermost's side of the connection to a plugin process (go-plugin's client over net/rpc). */
export interface PluginConnection {
  /** `Control.Ping`; rejects when the process does not answer any more. */
  ping(): Promise<void>;
  /** `Control.Quit`, then the end of the connection. */
  quit(): Promise<void>;
  /** The hooks that the plugin implements; no other is ever called, but `OnActivate`. */
  implemented: ReadonlySet<string>;
  /** Calls a hook; rejects with what the plugin answered as the error of the call. */
  call(hook: Hook, argument: unknown): Promise<Record<string, unknown>>;
  /** Calls `Plugin.ServeHTTP`, whose argument names streams offered before. */
  callHttp(type: Parameters<ReturnType<typeof createRpcClient>['call']>[1], argument: unknown): Promise<void>;
  /** Offers a stream to the plugin, which must dial it within 5 s. */
  offer(): { number: number; stream: Promise<YamuxStream> };
  /** Serves the plugin's API on a stream that is offered under this number. */
  serveApi(methods: ReadonlyMap<string, RpcMethod>): number;
  closed: Promise<unknown>;
  destroy(): void;
}

/** go-plugin's wait for a dial (`mux_broker.go`). */
const ACCEPT_TIMEOUT_MS = 5_000;

/** Connects to the socket of the handshake line and does all that comes before `OnActivate`. */
export async function connectToPlugin(path: string): Promise<PluginConnection> {
  const socket = connect(path);
  await new Promise<void>((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  const offers = new Map<number, (stream: YamuxStream) => void>();
  const session = createYamuxSession(socket, { side: 'client', onStream: (stream) => void route(stream, offers) });
  const control = createRpcClient(await session.open());
  // Standard output and error of the plugin, in this order.
  for (const _ of ['output', 'error']) await session.open();
  const dispensed = Number(await control.call('Dispenser.Dispense', 'string', 'hooks'));
  const hooks = createRpcClient(await dial(await session.open(), dispensed));
  const implemented = (await hooks.call('Plugin.Implemented', EMPTY, {})) as string[];
  let lastNumber = 0;

  function offer(): { number: number; stream: Promise<YamuxStream> } {
    lastNumber++;
    const number = lastNumber;
    const { promise, resolve, reject } = Promise.withResolvers<YamuxStream>();
    const timer = setTimeout(() => {
      offers.delete(number);
      reject(new Error('timeout waiting for accept'));
    }, ACCEPT_TIMEOUT_MS);
    offers.set(number, (stream) => {
      clearTimeout(timer);
      resolve(stream);
    });
    return { number, stream: promise };
  }

  return {
    implemented: new Set(implemented),
    ping: async () => void (await control.call('Control.Ping', 'bool', true)),
    quit: async () => {
      await control.call('Control.Quit', 'bool', true);
      socket.end();
    },
    call: async (hook, argument) =>
      (await hooks.call(`Plugin.${hook}`, HOOK_ARGUMENTS[hook], argument)) as Record<string, unknown>,
    callHttp: async (type, argument) => void (await hooks.call('Plugin.ServeHTTP', type, argument)),
    offer,
    serveApi: (methods) => {
      const { number, stream } = offer();
      // A plugin that dials late fails in its own OnActivate.
      stream.then((dialed) => serveRpc(dialed, methods, () => {})).catch(() => {});
      return number;
    },
    closed: session.closed,
    destroy: () => socket.destroy(),
  };
}

async function dial(stream: YamuxStream, number: number): Promise<YamuxStream> {
  await stream.write(littleEndian(number));
  if ((await fourBytes(stream)).readUInt32LE() !== number) throw new Error('the plugin does not know its own number');
  return stream;
}

/** A stream that the plugin opened: its first four bytes say which offer it takes; unknown and late ones are closed. */
async function route(stream: YamuxStream, offers: Map<number, (stream: YamuxStream) => void>): Promise<void> {
  const number = (await fourBytes(stream)).readUInt32LE();
  const take = offers.get(number);
  if (take === undefined) return stream.end();
  offers.delete(number);
  await stream.write(littleEndian(number));
  take(stream);
}

async function fourBytes(stream: YamuxStream): Promise<Buffer> {
  const parts: Buffer[] = [];
  for (let missing = 4; missing > 0; ) {
    const part = await stream.read(missing);
    if (part === null) return Buffer.alloc(4);
    parts.push(part);
    missing -= part.length;
  }
  return Buffer.concat(parts);
}

function littleEndian(number: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(number);
  return bytes;
}
