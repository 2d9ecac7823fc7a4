import { ProtocolError } from './protocol-error.ts';
import { DATA, FIN, type Frame, RST, WINDOW_UPDATE } from './yamux-frames.ts';

/** One stream of a yamux session. */
export interface YamuxStream {
  readonly id: number;
  /**
   * The next bytes, at most `limit`; null after the other side's end. Reading is what gives the sender new credit.
   * @throws {ProtocolError} when the stream was reset or the connection ended.
   */
  read(limit?: number): Promise<Buffer | null>;
  /**
   * Resolves when all bytes have credit and are handed to the connection. Calls must not overlap.
   * @throws {ProtocolError} when the stream was reset or the connection ended.
   */
  write(bytes: Buffer): Promise<void>;
  /** Ends our direction; further calls do nothing. */
  end(): void;
  /** Ends both directions at once and drops what was not read. */
  reset(): void;
}

/** A stream as its session sees it. */
export interface StreamControl extends YamuxStream {
  /** A data frame of that length begins. False when it goes beyond the credit. */
  expect(length: number): boolean;
  receive(bytes: Buffer): void;
  addCredit(length: number): void;
  endOfInput(): void;
  fail(error: ProtocolError): void;
}

export interface StreamPorts {
  send(frame: Frame, body?: Buffer): void;
  /** Resolves when the connection takes more. */
  drained(): Promise<void> | undefined;
  /** The stream is over in both directions. */
  onOver(): void;
}

/** Credit of each direction at the beginning, which is also the most that may be outstanding. */
const WINDOW = 256 * 1024;
const MAX_FRAME = 64 * 1024;

export function createStream(id: number, { send, drained, onOver }: StreamPorts): StreamControl {
  const unread: Buffer[] = [];
  const changed = createSignal();
  let receiveCredit = WINDOW;
  let sendCredit = WINDOW;
  let consumed = 0;
  let inputEnded = false;
  let outputEnded = false;
  let failure: ProtocolError | undefined;

  const update = (flags: number, length: number) => send({ type: WINDOW_UPDATE, flags, id, length });

  /** Credit is given back at half a window: one frame for many reads. */
  function consume(length: number): void {
    consumed += length;
    if (consumed < WINDOW / 2 || inputEnded || failure !== undefined) return;
    update(0, consumed);
    receiveCredit += consumed;
    consumed = 0;
  }

  async function read(limit = Number.POSITIVE_INFINITY): Promise<Buffer | null> {
    for (;;) {
      const first = unread.shift();
      if (first !== undefined) {
        const taken = first.subarray(0, Math.min(first.length, limit));
        if (taken.length < first.length) unread.unshift(first.subarray(taken.length));
        consume(taken.length);
        return taken;
      }
      if (inputEnded) return null;
      if (failure !== undefined) throw failure;
      await changed.wait();
    }
  }

  async function write(bytes: Buffer): Promise<void> {
    for (let rest = bytes; rest.length > 0; ) {
      if (failure !== undefined) throw failure;
      if (outputEnded) throw new ProtocolError('a write after the end of the stream');
      if (sendCredit === 0) {
        await changed.wait();
        continue;
      }
      const part = rest.subarray(0, Math.min(sendCredit, MAX_FRAME));
      rest = rest.subarray(part.length);
      sendCredit -= part.length;
      send({ type: DATA, flags: 0, id, length: part.length }, part);
      await drained();
    }
  }

  return {
    id,
    read,
    write,
    end: () => {
      if (outputEnded || failure !== undefined) return;
      outputEnded = true;
      // Exactly once: an end in a state that does not expect it closes the whole session on the other side.
      update(FIN, 0);
      if (inputEnded) onOver();
    },
    reset: () => {
      if (failure !== undefined || (inputEnded && outputEnded)) return;
      update(RST, 0);
      failure = new ProtocolError('the stream was reset here');
      unread.length = 0;
      onOver();
      changed.notify();
    },
    expect: (length) => {
      receiveCredit -= length;
      return receiveCredit >= 0;
    },
    receive: (bytes) => {
      if (bytes.length > 0) unread.push(bytes);
      changed.notify();
    },
    addCredit: (length) => {
      sendCredit += length;
      changed.notify();
    },
    endOfInput: () => {
      inputEnded = true;
      changed.notify();
      if (outputEnded) onOver();
    },
    fail: (error) => {
      failure ??= error;
      changed.notify();
    },
  };
}

/** Wakes all that wait for a change of state. */
function createSignal(): { wait(): Promise<void>; notify(): void } {
  let waiting: PromiseWithResolvers<void> | undefined;
  return {
    wait: () => {
      waiting ??= Promise.withResolvers<void>();
      return waiting.promise;
    },
    notify: () => {
      waiting?.resolve();
      waiting = undefined;
    },
  };
}
