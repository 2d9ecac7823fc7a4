/**
 * Frames of yamux: twelve bytes, and a body for data. Source: https://github.com/hashicorp/yamux/blob/v0.1.2/spec.md
 */
export interface Frame {
  type: number;
  flags: number;
  /** 0 is the session itself. */
  id: number;
  /** Bytes of the body, new credit, a ping's number or a reason, as the type says. */
  length: number;
}

export const DATA = 0;
export const WINDOW_UPDATE = 1;
export const PING = 2;
export const GO_AWAY = 3;

export const SYN = 1;
export const ACK = 2;
export const FIN = 4;
export const RST = 8;

const HEADER = 12;

export function frameHeader({ type, flags, id, length }: Frame): Buffer {
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(type, 1);
  header.writeUInt16BE(flags, 2);
  header.writeUInt32BE(id, 4);
  header.writeUInt32BE(length, 8);
  return header;
}

export interface FrameHandler {
  /** A frame begins; for data its body follows in pieces. */
  onFrame(frame: Frame): void;
  /** A piece of the body of a data frame; `last` with the one that completes it, which may be empty. */
  onData(frame: Frame, bytes: Buffer, last: boolean): void;
}

/** Cuts what comes from the connection into frames, however it was cut on the way. Returns a sentence about bytes that are no frame. */
export function createFrameParser({ onFrame, onData }: FrameHandler): (chunk: Buffer) => string | undefined {
  let header: Buffer = Buffer.alloc(0);
  let body: { frame: Frame; left: number } | undefined;
  let problem: string | undefined;

  function takeBody(chunk: Buffer, { frame, left }: { frame: Frame; left: number }): Buffer {
    const bytes = chunk.subarray(0, left);
    body = left > bytes.length ? { frame, left: left - bytes.length } : undefined;
    onData(frame, bytes, body === undefined);
    return chunk.subarray(bytes.length);
  }

  function takeHeader(chunk: Buffer): Buffer {
    const missing = HEADER - header.length;
    header = Buffer.concat([header, chunk.subarray(0, missing)]);
    if (header.length === HEADER) {
      const version = header.readUInt8(0);
      const frame = readHeader(header);
      header = Buffer.alloc(0);
      if (version !== 0) {
        problem = `yamux version ${version}`;
        return Buffer.alloc(0);
      }
      onFrame(frame);
      if (frame.type === DATA && frame.length > 0) body = { frame, left: frame.length };
      else if (frame.type === DATA) onData(frame, Buffer.alloc(0), true);
    }
    return chunk.subarray(missing);
  }

  return (chunk) => {
    for (let rest = chunk; rest.length > 0 && problem === undefined; ) {
      rest = body === undefined ? takeHeader(rest) : takeBody(rest, body);
    }
    return problem;
  };
}

function readHeader(header: Buffer): Frame {
  return {
    type: header.readUInt8(1),
    flags: header.readUInt16BE(2),
    id: header.readUInt32BE(4),
    length: header.readUInt32BE(8),
  };
}
