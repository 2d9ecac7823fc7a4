import { ProtocolError } from './protocol-error.ts';

/**
 * Reads values of Go's gob encoding. A stream carries the definitions of its types, so nothing needs to be known beforehand.
 * Source: https://pkg.go.dev/encoding/gob, and its `decoder.go` for definitions in the middle of an interface value.
 *
 * Shapes: struct → object with the fields that are not zero; slice, array → array; map → Map; bytes and encoded types (URL, time) →
 * Buffer (a view of what was read); integers → number, or bigint beyond ±2^53; an interface → its concrete value, empty → null.
 */
export interface GobReader {
  /** Adds what came from the stream. */
  push(bytes: Buffer): void;
  /**
   * The next whole value, or undefined when more bytes are needed.
   * @throws {ProtocolError} when the bytes are no gob stream; the reader is then of no further use.
   */
  next(): { value: unknown } | undefined;
}

interface Field {
  name: string;
  id: number;
}

type WireType =
  | { kind: 'list'; element: number }
  | { kind: 'struct'; fields: readonly Field[] }
  | { kind: 'map'; key: number; element: number }
  | { kind: 'encoded' };

type Types = Map<number, WireType>;

/** Far above any post or configuration; Go itself allows 1 GiB. */
const MAX_MESSAGE = 256 * 1024 * 1024;
const MAX_DEPTH = 200;

export function createGobReader(): GobReader {
  const chunks: Buffer[] = [];
  let buffered: Buffer = Buffer.alloc(0);
  let types: Types = new Map();

  return {
    push: (bytes) => void chunks.push(bytes),
    next: () => {
      if (chunks.length > 0) buffered = Buffer.concat([buffered, ...chunks.splice(0)]);
      const messages = new Messages(buffered);
      // Definitions count only once the value they belong to is there: an incomplete one is read again from its beginning.
      const known = new Map(types);
      const result = messages.complete(() => new ValueReader(messages, known).top());
      if (result !== undefined) {
        types = known;
        buffered = buffered.subarray(messages.end);
      }
      return result;
    },
  };
}

const INCOMPLETE = Symbol('a value that goes on in a message not yet here');

/** The messages of a stream, one after the other. */
class Messages {
  end = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** What `read` returns, or undefined when it asked for a message that is not complete. */
  complete(read: () => unknown): { value: unknown } | undefined {
    try {
      return { value: read() };
    } catch (error) {
      if (error === INCOMPLETE) return undefined;
      throw error;
    }
  }

  next(): Cursor {
    const first = this.#bytes[this.end];
    if (first === undefined || this.end + (first < 128 ? 1 : 257 - first) > this.#bytes.length) throw INCOMPLETE;
    const cursor = new Cursor(this.#bytes.subarray(this.end));
    const length = cursor.count();
    if (length === 0 || length > MAX_MESSAGE) throw new ProtocolError(`a gob message of ${length} bytes`);
    const begin = this.end + cursor.at;
    if (begin + length > this.#bytes.length) throw INCOMPLETE;
    this.end = begin + length;
    return new Cursor(this.#bytes.subarray(begin, this.end));
  }
}

/** A position in one message. Reading past its end is an error of the stream. */
class Cursor {
  at = 0;
  readonly #bytes: Buffer;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get left(): number {
    return this.#bytes.length - this.at;
  }

  uint(): number | bigint {
    const [first = 0] = this.take(1);
    if (first < 128) return first;
    const width = 256 - first;
    if (width > 8) throw new ProtocolError('a gob integer wider than 8 bytes');
    const digits = this.take(width);
    return width <= 6
      ? digits.readUIntBE(0, width)
      : narrow(digits.reduce((value, digit) => (value << 8n) | BigInt(digit), 0n));
  }

  int(): number | bigint {
    const bits = this.uint();
    if (typeof bits === 'number' && bits <= 0xffff_ffff) return bits % 2 === 0 ? bits / 2 : -(bits + 1) / 2;
    const wide = BigInt(bits);
    return narrow((wide & 1n) === 0n ? wide >> 1n : ~(wide >> 1n));
  }

  float(): number {
    const reversed = Buffer.alloc(8);
    reversed.writeBigUInt64LE(BigInt(this.uint()));
    return reversed.readDoubleBE();
  }

  bytes(): Buffer {
    return this.take(this.count());
  }

  string(): string {
    return this.bytes().toString('utf8');
  }

  /** A length, a number of elements or a field's distance. */
  count(): number {
    return Number(this.uint());
  }

  take(length: number): Buffer {
    if (length > this.left) throw new ProtocolError('a gob value is cut off');
    this.at += length;
    return this.#bytes.subarray(this.at - length, this.at);
  }
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** Reads one value of a stream, with the definitions before it and inside it. */
class ValueReader {
  readonly #messages: Messages;
  readonly #types: Types;
  #cursor: Cursor;

  constructor(messages: Messages, types: Types) {
    this.#messages = messages;
    this.#types = types;
    this.#cursor = messages.next();
  }

  /** Each definition is a message of its own; the last message is the value. */
  top(): unknown {
    for (;;) {
      const id = Number(this.#cursor.int());
      const value = id < 0 ? this.#define(-id) : this.#single(id, 0);
      if (this.#cursor.left > 0) throw new ProtocolError('bytes after the end of a gob value');
      if (id >= 0) return value;
      this.#cursor = this.#messages.next();
    }
  }

  /** A value that is not part of another: all but structs have a zero before them. */
  #single(id: number, depth: number): unknown {
    if (this.#types.get(id)?.kind !== 'struct' && this.#cursor.count() !== 0) {
      throw new ProtocolError('a gob value without its leading zero');
    }
    return this.#value(id, depth);
  }

  #value(id: number, depth: number): unknown {
    if (depth > MAX_DEPTH) throw new ProtocolError('gob values nested too deeply');
    switch (id) {
      case 1:
        return this.#cursor.uint() !== 0;
      case 2:
        return this.#cursor.int();
      case 3:
        return this.#cursor.uint();
      case 4:
        return this.#cursor.float();
      case 5:
        return this.#cursor.bytes();
      case 6:
        return this.#cursor.string();
      case 7:
        return [this.#cursor.float(), this.#cursor.float()];
      case 8:
        return this.#interface(depth);
      default:
        return this.#composite(this.#types.get(id) ?? DEFINITION_TYPES.get(id), depth);
    }
  }

  #composite(type: WireType | undefined, depth: number): unknown {
    switch (type?.kind) {
      case undefined:
        throw new ProtocolError('a gob value of a type that was never defined');
      case 'encoded':
        return this.#cursor.bytes();
      case 'list':
        return Array.from({ length: this.#elements() }, () => this.#value(type.element, depth + 1));
      case 'map': {
        const entry = () => [this.#value(type.key, depth + 1), this.#value(type.element, depth + 1)] as const;
        return new Map(Array.from({ length: this.#elements() }, entry));
      }
      case 'struct':
        return this.#struct(type.fields, depth);
    }
  }

  #struct(fields: readonly Field[], depth: number): Record<string, unknown> {
    const result: Record<string, unknown> = {};
    for (let index = -1, delta = this.#cursor.count(); delta !== 0; delta = this.#cursor.count()) {
      index += delta;
      const field = fields[index];
      if (field === undefined) throw new ProtocolError('a gob field beyond its struct');
      result[field.name] = this.#value(field.id, depth + 1);
    }
    return result;
  }

  /**
   * A name, a type number, a byte count, the value. Definitions may come before the number: after one, either the message ends and the
   * value goes on in the next, or a byte count follows that is of no use here.
   */
  #interface(depth: number): unknown {
    if (this.#cursor.bytes().length === 0) return null;
    for (;;) {
      if (this.#cursor.left === 0) this.#cursor = this.#messages.next();
      const id = Number(this.#cursor.int());
      if (id < 0) this.#define(-id);
      if (this.#cursor.left > 0) this.#cursor.count();
      if (id >= 0) return this.#single(id, depth + 1);
    }
  }

  #define(id: number): void {
    if (id < 64 || this.#types.has(id)) throw new ProtocolError(`gob type ${id} is defined a second time`);
    this.#types.set(id, wireType(this.#struct(DEFINITION, 0)));
  }

  /** Every element takes a byte or more, so a number beyond the message is an attack on our memory or a broken stream. */
  #elements(): number {
    const count = this.#cursor.count();
    if (count > this.#cursor.left) throw new ProtocolError('more gob elements than bytes');
    return count;
  }
}

/** Definitions are values of these types themselves. Their numbers are negative, so that no stream can name them. */
const [COMMON, FIELD, FIELDS, LIST, STRUCT, MAP] = [-1, -2, -3, -4, -5, -6];
const DEFINITION_TYPES: Types = new Map<number, WireType>([
  [COMMON, { kind: 'struct', fields: fields({ name: 6, id: 2 }) }],
  [FIELD, { kind: 'struct', fields: fields({ name: 6, id: 2 }) }],
  [FIELDS, { kind: 'list', element: FIELD }],
  [LIST, { kind: 'struct', fields: fields({ common: COMMON, element: 2, length: 2 }) }],
  [STRUCT, { kind: 'struct', fields: fields({ common: COMMON, fields: FIELDS }) }],
  [MAP, { kind: 'struct', fields: fields({ common: COMMON, key: 2, element: 2 }) }],
]);
const DEFINITION = fields({
  array: LIST,
  slice: LIST,
  struct: STRUCT,
  map: MAP,
  gob: STRUCT,
  binary: STRUCT,
  text: STRUCT,
});

function fields(list: Record<string, number>): Field[] {
  return Object.entries(list).map(([name, id]) => ({ name, id }));
}

function wireType(definition: Record<string, unknown>): WireType {
  const { array, slice, struct, map } = definition as Record<string, Record<string, unknown> | undefined>;
  const list = array ?? slice;
  if (list) return { kind: 'list', element: Number(list.element ?? 0) };
  if (map) return { kind: 'map', key: Number(map.key ?? 0), element: Number(map.element ?? 0) };
  if (struct) {
    const given = (struct.fields ?? []) as Array<Partial<Field>>;
    return { kind: 'struct', fields: given.map(({ name = '', id = 0 }) => ({ name, id: Number(id) })) };
  }
  if ('gob' in definition || 'binary' in definition || 'text' in definition) return { kind: 'encoded' };
  throw new ProtocolError('an empty gob type definition');
}
