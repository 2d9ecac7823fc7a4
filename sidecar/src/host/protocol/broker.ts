import { ProtocolError } from './protocol-error.ts';
import type { YamuxSession } from './yamux.ts';
import type { YamuxStream } from './yamux-stream.ts';

/**
 * go-plugin's broker: who offers a service chooses a number and tells it in a call; the other side opens a stream and writes the number
 * as its first four bytes, which are echoed. Source: https://github.com/hashicorp/go-plugin/blob/v1.7.0/mux_broker.go
 */
export interface Broker {
  /** Offers a stream: the number to tell, and the stream once the host has dialed it. */
  accept(): { number: number; stream: Promise<YamuxStream> };
  /**
   * Opens the stream that the host offered. The host waits 5 s for it.
   * @throws {ProtocolError} when the host does not know the number (any more).
   */
  dial(number: number): Promise<YamuxStream>;
  /** Takes a stream that the host opened, and finds out which offer it is for. */
  route(stream: YamuxStream): Promise<void>;
}

export function createBroker(open: YamuxSession['open']): Broker {
  const offers = new Map<number, (stream: YamuxStream) => void>();
  let lastNumber = 0;

  return {
    accept: () => {
      const { promise, resolve } = Promise.withResolvers<YamuxStream>();
      lastNumber++;
      offers.set(lastNumber, resolve);
      return { number: lastNumber, stream: promise };
    },
    dial: async (number) => {
      const stream = await open();
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(number);
      await stream.write(bytes);
      if ((await readNumber(stream)) !== number) {
        stream.reset();
        throw new ProtocolError(`the host does not take stream ${number}: the dial came too late`);
      }
      return stream;
    },
    route: async (stream) => {
      const number = await readNumber(stream);
      const take = number === undefined ? undefined : offers.get(number);
      if (number === undefined || take === undefined) return stream.reset();
      offers.delete(number);
      const echo = Buffer.alloc(4);
      echo.writeUInt32LE(number);
      await stream.write(echo);
      take(stream);
    },
  };
}

/** The first four bytes of a brokered stream; undefined when it ends before. */
async function readNumber(stream: YamuxStream): Promise<number | undefined> {
  const parts: Buffer[] = [];
  for (let missing = 4; missing > 0; ) {
    const part = await stream.read(missing);
    if (part === null) return undefined;
    parts.push(part);
    missing -= part.length;
  }
  return Buffer.concat(parts).readUInt32LE();
}
