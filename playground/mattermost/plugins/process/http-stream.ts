import { EMPTY } from '../../../../sidecar/src/host/protocol/gob-types.ts';
import type { RpcMethod } from '../../../../sidecar/src/host/protocol/net-rpc.ts';
import { serveRpc } from '../../../../sidecar/src/host/protocol/net-rpc.ts';
import type { YamuxStream } from '../../../../sidecar/src/host/protocol/yamux-stream.ts';
import type { PluginConnection } from './connection.ts';
import { SERVE_HTTP } from './wire.ts';

/** A request as it goes to the plugin; `url` is without `/plugins/<id>`. Header names are canonical. */
export interface PluginRequest {
  method: string;
  url: string;
  requestUri: string;
  headers: Map<string, string[]>;
  host: string;
  remoteAddress: string;
  context: Record<string, string>;
  body: AsyncIterable<Buffer>;
}

/** Where the answer goes. `write` rejects when the client is gone. */
export interface ResponseSink {
  head(status: number, headers: Map<string, string[]>): void;
  write(bytes: Buffer): Promise<void>;
  flush(): void;
}

/** Calls `Plugin.ServeHTTP` (`client_rpc.go`, `http.go`, `io_rpc.go`): the answer is complete when this resolves. */
export async function serveOverPlugin(
  plugin: PluginConnection,
  request: PluginRequest,
  sink: ResponseSink,
): Promise<void> {
  const answer = plugin.offer();
  const body = plugin.offer();
  answer.stream.then((stream) => serveRpc(stream, responseMethods(sink), () => {})).catch(() => {});
  body.stream.then((stream) => sendBody(stream, request.body)).catch(() => {});
  await plugin.callHttp(SERVE_HTTP, {
    ResponseWriterStream: answer.number,
    RequestBodyStream: body.number,
    Request: {
      Method: request.method,
      URL: Buffer.from(request.url),
      Proto: 'HTTP/1.1',
      ProtoMajor: 1,
      ProtoMinor: 1,
      Header: request.headers,
      Host: request.host,
      RemoteAddr: request.remoteAddress,
      RequestURI: request.requestUri,
    },
    Context: request.context,
  });
}

function responseMethods(sink: ResponseSink): ReadonlyMap<string, RpcMethod> {
  let headers = new Map<string, string[]>();
  let isHeadSent = false;
  const sendHead = (status: number) => {
    if (isHeadSent) return;
    isHeadSent = true;
    sink.head(status, headers);
  };
  const method = (handle: (argument: unknown) => void | Promise<void>): RpcMethod => ({
    result: EMPTY,
    handle: async (argument) => {
      await handle(argument);
      return {};
    },
  });
  return new Map([
    [
      'Plugin.SyncHeader',
      method((argument) => {
        headers = argument as Map<string, string[]>;
      }),
    ],
    [
      'Plugin.WriteHeader',
      method((argument) => {
        const status = Number(argument);
        if (status < 100 || status > 999) throw new Error(`invalid WriteHeader code ${status}`);
        sendHead(status);
      }),
    ],
    [
      'Plugin.Write',
      method(async (argument) => {
        sendHead(200);
        await sink.write(argument as Buffer);
      }),
    ],
    ['Plugin.Flush', method(() => sink.flush())],
  ]);
}

/** Sends as many bytes as the plugin asked for; what it does not ask for stays with the client. */
async function sendBody(stream: YamuxStream, body: AsyncIterable<Buffer>): Promise<void> {
  const shares = createShares(stream);
  for await (const chunk of body) {
    for (let rest = chunk; rest.length > 0; ) {
      const share = await shares.take(rest.length);
      if (share === 0) return stream.end();
      await stream.write(rest.subarray(0, share));
      rest = rest.subarray(share);
    }
  }
  // The end is told only to a reader that asks.
  await shares.take(1);
  stream.end();
}

/** Reads the varints of the plugin; `take` resolves to how many bytes may be sent, 0 when it does not read any more. */
function createShares(stream: YamuxStream): { take(wanted: number): Promise<number> } {
  let allowed = 0;
  let buffered: Buffer = Buffer.alloc(0);
  return {
    take: async (wanted) => {
      while (allowed === 0) {
        const more = await stream.read();
        if (more === null) return 0;
        buffered = Buffer.concat([buffered, more]);
        for (let end = varintEnd(buffered); end > 0; end = varintEnd(buffered)) {
          allowed += readVarint(buffered.subarray(0, end));
          buffered = buffered.subarray(end);
        }
      }
      const share = Math.min(wanted, allowed);
      allowed -= share;
      return share;
    },
  };
}

function varintEnd(bytes: Buffer): number {
  return bytes.findIndex((byte) => byte < 128) + 1;
}

function readVarint(bytes: Buffer): number {
  const unsigned = bytes.reduceRight((value, byte) => value * 128 + (byte % 128), 0);
  return unsigned % 2 === 0 ? unsigned / 2 : -(unsigned + 1) / 2;
}
