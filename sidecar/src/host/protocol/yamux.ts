import type { Duplex } from 'node:stream';
import { ProtocolError } from './protocol-error.ts';
import {
  ACK,
  createFrameParser,
  DATA,
  FIN,
  type Frame,
  frameHeader,
  GO_AWAY,
  PING,
  RST,
  SYN,
  WINDOW_UPDATE,
} from './yamux-frames.ts';
import { createStream, type StreamControl, type YamuxStream } from './yamux-stream.ts';

/**
 * A yamux session: many streams with flow control over one connection. The plugin is its server side.
 * Source: https://github.com/hashicorp/yamux/blob/v0.1.2/spec.md, and `session.go` there for what the specification leaves open.
 */
export interface YamuxSession {
  /**
   * Opens a stream to the other side; waits while too many are not yet acknowledged.
   * @throws {ProtocolError} when the connection has ended.
   */
  open(): Promise<YamuxStream>;
  /** Settles when the connection is gone, never rejects. The reason is undefined after an ordinary end. */
  closed: Promise<ProtocolError | undefined>;
}

const PROTOCOL_ERROR = 1;
/** The other side resets what is opened beyond 256 unacknowledged streams. */
const MAX_OPENING = 200;

/** The parity of the streams that a side opens: the client's are odd, the server's even. */
const FIRST_ID = { client: 1, server: 2 } as const;

export interface YamuxOptions {
  side: keyof typeof FIRST_ID;
  /** Called for each stream that the other side opens. */
  onStream(stream: YamuxStream): void;
}

/** @param connection an open socket; the session owns it from here on. */
export function createYamuxSession(connection: Duplex, { side, onStream }: YamuxOptions): YamuxSession {
  const streams = new Map<number, StreamControl>();
  const opening = createOpenings();
  const closed = Promise.withResolvers<ProtocolError | undefined>();
  let end: ProtocolError | undefined;
  let nextId: number = FIRST_ID[side];

  function send(frame: Frame, body?: Buffer): void {
    if (end !== undefined) return;
    connection.cork();
    connection.write(frameHeader(frame));
    if (body !== undefined) connection.write(body);
    connection.uncork();
  }

  function finish(reason?: ProtocolError): void {
    if (end !== undefined) return;
    end = reason ?? new ProtocolError('the connection has ended');
    connection.destroy();
    for (const stream of streams.values()) stream.fail(end);
    streams.clear();
    opening.releaseAll();
    closed.resolve(reason);
  }

  function refuse(message: string): void {
    send({ type: GO_AWAY, flags: 0, id: 0, length: PROTOCOL_ERROR });
    finish(new ProtocolError(message));
  }

  function add(id: number): StreamControl {
    const stream = createStream(id, { send, drained: () => drained(connection), onOver: () => streams.delete(id) });
    streams.set(id, stream);
    return stream;
  }

  function accept(id: number): void {
    if (id % 2 === FIRST_ID[side] % 2 || streams.has(id)) {
      refuse(`stream ${id} was opened a second time or with our parity`);
      return;
    }
    const stream = add(id);
    // A stream that is not acknowledged within 75 s ends the whole session on the other side.
    send({ type: WINDOW_UPDATE, flags: ACK, id, length: 0 });
    onStream(stream);
  }

  function onStreamFrame({ type, flags, id, length }: Frame): void {
    if (flags & SYN) accept(id);
    if (flags & (ACK | RST)) opening.done(id);
    const stream = streams.get(id);
    if (stream === undefined) return;
    if (flags & RST) {
      streams.delete(id);
      stream.fail(new ProtocolError('the other side has reset the stream'));
    } else if (type === DATA) {
      if (!stream.expect(length)) refuse('more came than the credit of a stream');
    } else {
      stream.addCredit(length);
      if (flags & FIN) stream.endOfInput();
    }
  }

  const parse = createFrameParser({
    onFrame: (frame) => {
      if (end !== undefined) return;
      if (frame.type === DATA || frame.type === WINDOW_UPDATE) onStreamFrame(frame);
      else if (frame.type === PING && frame.flags & SYN) send({ ...frame, flags: ACK });
      else if (frame.type > GO_AWAY) refuse(`a yamux frame of type ${frame.type}`);
    },
    onData: ({ id, flags }, bytes, last) => {
      const stream = streams.get(id);
      stream?.receive(bytes);
      if (last && flags & FIN) stream?.endOfInput();
    },
  });

  connection.on('data', (chunk: Buffer) => {
    const problem = parse(chunk);
    if (problem !== undefined) refuse(problem);
  });
  connection.on('error', (error) => finish(new ProtocolError('the connection failed', { cause: error })));
  connection.on('close', () => finish());

  return {
    open: async () => {
      await opening.begin();
      if (end !== undefined) throw end;
      const id = nextId;
      nextId += 2;
      const stream = add(id);
      opening.add(id);
      send({ type: WINDOW_UPDATE, flags: SYN, id, length: 0 });
      return stream;
    },
    closed: closed.promise,
  };
}

/** Counts our streams that the other side has not acknowledged yet, and lets further ones wait. */
function createOpenings() {
  const ids = new Set<number>();
  const waiting: Array<() => void> = [];
  return {
    /** Resolves when one more may be opened. */
    begin: async () => {
      if (ids.size >= MAX_OPENING) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    add: (id: number) => void ids.add(id),
    done: (id: number) => {
      if (ids.delete(id)) waiting.shift()?.();
    },
    releaseAll: () => {
      for (const go of waiting.splice(0)) go();
    },
  };
}

/** Resolves when the connection takes more, or has ended. */
function drained(connection: Duplex): Promise<void> | undefined {
  if (!connection.writableNeedDrain) return undefined;
  return new Promise((resolve) => {
    const done = () => {
      connection.off('drain', done);
      connection.off('close', done);
      resolve();
    };
    connection.on('drain', done);
    connection.on('close', done);
  });
}
