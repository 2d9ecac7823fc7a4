import type { GobMap } from './gob-types.ts';
import { EMPTY, STRING_SLICE } from './gob-types.ts';
import { createRpcClient } from './net-rpc.ts';
import { ProtocolError } from './protocol-error.ts';
import type { YamuxStream } from './yamux-stream.ts';

/**
 * One HTTP request that Mattermost hands over, body and answer streamed with back-pressure both ways.
 * Source: `server/public/plugin/http.go`, `io_rpc.go` and `client_rpc.go` (`ServeHTTP`) of Mattermost.
 */
export interface HostRequest {
  method: string;
  /** Path and query without `/plugins/<id>`; Mattermost re-encodes the query and sorts its keys. */
  url: string;
  /** Lower-case names. `content-length` is missing when the body is chunked. */
  headers: Record<string, string[]>;
  host: string;
  /** Where the request came from, by Mattermost's rules for trusted proxies; no port. */
  remoteAddress: string;
  sessionId: string;
  requestId: string;
  /** Null for a request without a body. */
  body: AsyncIterable<Buffer> | null;
}

/** The answer, in order: head, any number of writes. It is complete when the handler returns. */
export interface HostResponse {
  head(status: number, headers: Record<string, string[]>): Promise<void>;
  /**
   * Resolves when Mattermost has taken the bytes.
   * @throws {ProtocolError} when the client is gone.
   */
  write(bytes: Buffer): Promise<void>;
  /** Sends what was written to the client now. Mattermost before 11.2 does not know it; the answer is buffered there. */
  flush(): Promise<void>;
}

const HEADER: GobMap = { kind: 'map', name: 'Header', key: 'string', element: STRING_SLICE };

/** Asked for at once, and again when all of it came: bytes not asked for stay in the client's connection. */
const BODY_SHARE = 128 * 1024;

/** Mattermost takes any size in one call; this keeps one call from filling a stream's credit. */
const WRITE_SHARE = 64 * 1024;

interface Argument {
  ResponseWriterStream?: number;
  RequestBodyStream?: number;
  Request?: {
    Method?: string;
    URL?: Buffer;
    Header?: Map<string, string[]>;
    Host?: string;
    RemoteAddr?: string;
  };
  Context?: { SessionId?: string; RequestId?: string; IPAddress?: string };
}

/**
 * Answers one call of `Plugin.ServeHTTP`; returning is what ends the answer.
 * @throws {ProtocolError} when the host takes the streams back; the client gets a 500 then.
 */
export async function serveHttp(
  argument: unknown,
  dial: (number: number) => Promise<YamuxStream>,
  handler: (request: HostRequest, response: HostResponse) => Promise<void>,
): Promise<void> {
  const { ResponseWriterStream = 0, RequestBodyStream = 0, Request = {}, Context = {} } = argument as Argument;
  // Both are waited for at the same time: each dial must come within 5 s of the call.
  const [answer, bodyStream] = await Promise.all([
    dial(ResponseWriterStream),
    RequestBodyStream === 0 ? null : dial(RequestBodyStream),
  ]);
  const writer = createRpcClient(answer);
  try {
    const headers = Object.fromEntries([...(Request.Header ?? [])].map(([name, list]) => [name.toLowerCase(), list]));
    await handler(
      {
        method: Request.Method ?? 'GET',
        url: Request.URL?.toString('utf8') ?? '/',
        headers,
        host: Request.Host ?? '',
        remoteAddress: Context.IPAddress || (Request.RemoteAddr ?? ''),
        sessionId: Context.SessionId ?? '',
        requestId: Context.RequestId ?? '',
        body: bodyStream === null ? null : readBody(bodyStream, headers['content-length']?.[0]),
      },
      {
        head: async (status, fields) => {
          const canonical = Object.entries(fields).map(([name, list]) => [canonicalName(name), list] as const);
          await writer.call('Plugin.SyncHeader', HEADER, new Map(canonical));
          await writer.call('Plugin.WriteHeader', 'int', status);
        },
        write: async (bytes) => {
          for (let at = 0; at < bytes.length; at += WRITE_SHARE) {
            await writer.call('Plugin.Write', 'bytes', bytes.subarray(at, at + WRITE_SHARE));
          }
        },
        flush: async () => {
          await writer.call('Plugin.Flush', EMPTY, {}).catch((error: Error) => {
            if (!error.message.includes("can't find method")) throw error;
          });
        },
      },
    );
  } finally {
    bodyStream?.end();
    writer.end();
  }
}

/**
 * The body as it comes.
 * @throws {ProtocolError} when it ends before its announced length: a client that breaks off looks like an ordinary end.
 */
async function* readBody(stream: YamuxStream, announced: string | undefined): AsyncGenerator<Buffer> {
  let asked = 0;
  let came = 0;
  for (;;) {
    if (came === asked) {
      asked += BODY_SHARE;
      await stream.write(varint(BODY_SHARE));
    }
    const bytes = await stream.read();
    if (bytes === null) break;
    came += bytes.length;
    yield bytes;
  }
  if (announced !== undefined && came < Number(announced))
    throw new ProtocolError('the client broke off while it sent');
}

/** Go's signed variable-length integer: zig-zag, seven bits a byte, the lowest first. */
function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value * 2;
  while (rest >= 128) {
    bytes.push((rest % 128) + 128);
    rest = Math.floor(rest / 128);
  }
  return Buffer.of(...bytes, rest);
}

/** `content-type` → `Content-Type`, as Go's header map wants its names. */
function canonicalName(name: string): string {
  return name.toLowerCase().replace(/(^|-)[a-z]/g, (start) => start.toUpperCase());
}
