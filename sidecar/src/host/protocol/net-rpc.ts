import { createGobReader } from './gob-reader.ts';
import { EMPTY, type GobType, struct } from './gob-types.ts';
import { createGobWriter } from './gob-writer.ts';
import { ProtocolError } from './protocol-error.ts';
import type { YamuxStream } from './yamux-stream.ts';

/**
 * Go's net/rpc over one stream: each call is a header and a value, in gob. Source: https://pkg.go.dev/net/rpc
 */

/** A method that the other side may call. The argument has the reader's shapes; the answer must fit `result`. */
export interface RpcMethod {
  result: GobType;
  handle(argument: unknown): Promise<unknown>;
}

export interface RpcClient {
  /**
   * @returns the answer's value, in the reader's shapes.
   * @throws {ProtocolError} when the other side refuses the call (`Error` of the answer) or the stream ends before the answer.
   */
  call(method: string, type: GobType, argument: unknown): Promise<unknown>;
  /** Ends our direction: no further calls. */
  end(): void;
}

const REQUEST = struct('Request', { ServiceMethod: 'string', Seq: 'uint' });
const RESPONSE = struct('Response', { ServiceMethod: 'string', Seq: 'uint', Error: 'string' });

/**
 * Answers calls until the stream ends. Calls run concurrently; answers are written in the order in which they are ready.
 * @param onFailure told of a method that threw; the caller only gets the message.
 */
export async function serveRpc(
  stream: YamuxStream,
  methods: ReadonlyMap<string, RpcMethod>,
  onFailure: (method: string, error: unknown) => void,
): Promise<void> {
  const send = createSender(stream);

  async function answer(header: Header, argument: unknown): Promise<void> {
    const method = methods.get(header.ServiceMethod);
    try {
      if (method === undefined) throw new ProtocolError(`rpc: can't find method ${header.ServiceMethod}`);
      const value = await method.handle(argument);
      await send([RESPONSE, header], [method.result, value]);
    } catch (error) {
      onFailure(header.ServiceMethod, error);
      // An answer always has a value, an error's too.
      await send([RESPONSE, { ...header, Error: error instanceof Error ? error.message : 'failed' }], [EMPTY, {}]);
    }
  }

  for await (const [header, argument] of pairs(stream)) {
    answer(header, argument).catch((error) => onFailure(header.ServiceMethod, error));
  }
  stream.end();
}

/** Calls methods of the other side. The stream belongs to the client from here on. */
export function createRpcClient(stream: YamuxStream): RpcClient {
  const send = createSender(stream);
  const pending = new Map<number, PromiseWithResolvers<unknown>>();
  let sequence = 0;
  let ended: ProtocolError | undefined;

  async function readAnswers(): Promise<void> {
    for await (const [header, value] of pairs(stream)) {
      const call = pending.get(header.Seq);
      pending.delete(header.Seq);
      if (header.Error === '') call?.resolve(value);
      else call?.reject(new ProtocolError(header.Error));
    }
    throw new ProtocolError('the stream ended before the answer');
  }

  readAnswers().catch((error: unknown) => {
    ended =
      error instanceof ProtocolError ? error : new ProtocolError('an answer that cannot be read', { cause: error });
    for (const call of pending.values()) call.reject(ended);
    pending.clear();
  });

  return {
    call: async (method, type, argument) => {
      if (ended !== undefined) throw ended;
      const seq = sequence++;
      const call = Promise.withResolvers<unknown>();
      pending.set(seq, call);
      try {
        await send([REQUEST, { ServiceMethod: method, Seq: seq }], [type, argument]);
      } catch (error) {
        pending.delete(seq);
        throw error;
      }
      return call.promise;
    },
    end: () => stream.end(),
  };
}

interface Header {
  ServiceMethod: string;
  Seq: number;
  Error: string;
}

/** The calls or answers of a stream: a header and the value that belongs to it. */
async function* pairs(stream: YamuxStream): AsyncGenerator<[Header, unknown]> {
  const reader = createGobReader();
  let header: Header | undefined;
  for (let chunk = await stream.read(); chunk !== null; chunk = await stream.read()) {
    reader.push(chunk);
    for (let item = reader.next(); item !== undefined; item = reader.next()) {
      if (header === undefined) {
        header = { ServiceMethod: '', Seq: 0, Error: '', ...(item.value as Partial<Header>) };
      } else {
        yield [header, item.value];
        header = undefined;
      }
    }
  }
}

/** Encodes and writes header and value together: definitions of types must arrive in the order in which they were encoded. */
function createSender(stream: YamuxStream): (...values: Array<[GobType, unknown]>) => Promise<void> {
  const writer = createGobWriter();
  let last: Promise<void> = Promise.resolve();
  return (...values) => {
    // Encoded now, so that a value that cannot be encoded fails this call only.
    const bytes = writer.encode(...values);
    last = last.then(() => stream.write(bytes));
    return last;
  };
}
