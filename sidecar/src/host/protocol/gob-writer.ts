import { BUILT_IN, FIRST_OWN_ID, type GobInterface, type GobType } from './gob-types.ts';
import { ProtocolError } from './protocol-error.ts';

/** Writes values of Go's gob encoding to one stream. Source: https://pkg.go.dev/encoding/gob */
export interface GobWriter {
  /**
   * The bytes of these values, with the definitions of the types that this stream has not seen. Shapes as the reader's: a struct is an
   * object, of which absent and zero fields are left out; integers are numbers or bigints; bytes a Buffer or Uint8Array; an interface a `GobInterface` or null.
   * All or nothing: after an error nothing counts as written.
   * @throws {ProtocolError} when a value does not have its type's shape.
   */
  encode(...values: ReadonlyArray<readonly [type: GobType, value: unknown]>): Buffer;
}

export function createGobWriter(): GobWriter {
  const ids = new Map<GobType, number>();

  function idOf(type: GobType): number {
    return typeof type === 'string' ? BUILT_IN[type] : (ids.get(type) ?? 0);
  }

  /** Gives numbers to a type and all it is made of, the outer one first, and adds their definitions as messages. */
  function define(type: GobType, messages: Buffer[]): void {
    if (typeof type === 'string' || ids.has(type)) return;
    ids.set(type, FIRST_OWN_ID + ids.size);
    const parts = partsOf(type);
    // Direct parts need a number before this definition names it, their own definitions come after it.
    const position = messages.length;
    for (const part of parts) define(part, messages);
    messages.splice(position, 0, message(Buffer.concat([int(-idOf(type)), definition(type, idOf)])));
  }

  /** Concrete types inside interfaces are defined beforehand: a definition in the middle of a value is legal but harder to read. */
  function defineContents(type: GobType, value: unknown, messages: Buffer[]): void {
    if (value === undefined || value === null) return;
    if (type === 'interface') {
      const inner = value as GobInterface;
      define(inner.type, messages);
      defineContents(inner.type, inner.value, messages);
    } else if (typeof type !== 'string' && type.kind === 'struct') {
      for (const [name, field] of type.fields)
        defineContents(field, (value as Record<string, unknown>)[name], messages);
    } else if (typeof type !== 'string' && type.kind === 'slice') {
      for (const element of value as unknown[]) defineContents(type.element, element, messages);
    } else if (typeof type !== 'string') {
      for (const element of (value as Map<unknown, unknown>).values()) defineContents(type.element, element, messages);
    }
  }

  function body(type: GobType, value: unknown): Buffer {
    if (typeof type === 'string')
      return type === 'interface' ? interfaceBody(value as GobInterface | null) : scalar(type, value);
    switch (type.kind) {
      case 'struct': {
        const parts: Buffer[] = [];
        let last = -1;
        type.fields.forEach(([name, field], index) => {
          const part = (value as Record<string, unknown>)[name];
          if (isZero(field, part)) return;
          parts.push(uint(index - last), body(field, part));
          last = index;
        });
        return Buffer.concat([...parts, uint(0)]);
      }
      case 'slice': {
        const list = value as unknown[];
        return Buffer.concat([uint(list.length), ...list.map((element) => body(type.element, element))]);
      }
      case 'map': {
        const map = value as Map<unknown, unknown>;
        const entries = [...map].flatMap(([key, element]) => [body(type.key, key), body(type.element, element)]);
        return Buffer.concat([uint(map.size), ...entries]);
      }
    }
  }

  function interfaceBody(value: GobInterface | null): Buffer {
    if (value === null) return uint(0);
    const content = single(value.type, value.value);
    return Buffer.concat([text(value.name), int(idOf(value.type)), uint(content.length), content]);
  }

  function single(type: GobType, value: unknown): Buffer {
    const bytes = body(type, value);
    return typeof type !== 'string' && type.kind === 'struct' ? bytes : Buffer.concat([uint(0), bytes]);
  }

  return {
    encode: (...values) => {
      const messages: Buffer[] = [];
      const known = ids.size;
      try {
        for (const [type, value] of values) {
          define(type, messages);
          defineContents(type, value, messages);
          messages.push(message(Buffer.concat([int(idOf(type)), single(type, value)])));
        }
      } catch (error) {
        for (const type of [...ids.keys()].slice(known)) ids.delete(type);
        throw error;
      }
      return Buffer.concat(messages);
    },
  };
}

function partsOf(type: Exclude<GobType, string>): GobType[] {
  switch (type.kind) {
    case 'struct':
      return type.fields.map(([, field]) => field);
    case 'slice':
      return [type.element];
    case 'map':
      return [type.key, type.element];
  }
}

/** A struct of the definition's kind (1 slice, 2 struct, 3 map) with the common part (name, number) first. */
function definition(type: Exclude<GobType, string>, idOf: (type: GobType) => number): Buffer {
  const name = type.kind === 'slice' ? '' : (type.name ?? '');
  const common = [uint(1), ...(name === '' ? [uint(2)] : [uint(1), text(name), uint(1)]), int(idOf(type)), uint(0)];
  switch (type.kind) {
    case 'slice':
      return Buffer.concat([uint(2), ...common, uint(1), int(idOf(type.element)), uint(0), uint(0)]);
    case 'map':
      return Buffer.concat([
        uint(4),
        ...common,
        uint(1),
        int(idOf(type.key)),
        uint(1),
        int(idOf(type.element)),
        uint(0),
        uint(0),
      ]);
    case 'struct': {
      const fields = type.fields.map(([field, part]) =>
        Buffer.concat([uint(1), text(field), uint(1), int(idOf(part)), uint(0)]),
      );
      const list = fields.length === 0 ? [] : [uint(1), uint(fields.length), ...fields];
      return Buffer.concat([uint(3), ...common, ...list, uint(0), uint(0)]);
    }
  }
}

function isZero(type: GobType, value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === 0n || value === false)
    return true;
  if (type === 'bytes') return (value as Buffer).length === 0;
  return typeof type !== 'string' && type.kind === 'slice' && (value as unknown[]).length === 0;
}

function scalar(type: 'bool' | 'int' | 'uint' | 'float' | 'bytes' | 'string', value: unknown): Buffer {
  switch (type) {
    case 'bool':
      if (typeof value === 'boolean') return uint(value ? 1 : 0);
      break;
    case 'int':
      if (typeof value === 'bigint' || Number.isSafeInteger(value)) return int(value as number | bigint);
      break;
    case 'uint':
      if ((typeof value === 'bigint' || Number.isSafeInteger(value)) && (value as number | bigint) >= 0) {
        return uint(value as number | bigint);
      }
      break;
    case 'float':
      if (typeof value === 'number') return float(value);
      break;
    case 'string':
      if (typeof value === 'string') return text(value);
      break;
    case 'bytes':
      if (value instanceof Uint8Array) return Buffer.concat([uint(value.length), value]);
      break;
  }
  throw new ProtocolError(`a ${typeof value} where gob wants ${type}`);
}

function message(content: Buffer): Buffer {
  return Buffer.concat([uint(content.length), content]);
}

function text(value: string): Buffer {
  const bytes = Buffer.from(value, 'utf8');
  return Buffer.concat([uint(bytes.length), bytes]);
}

/** Below 128 one byte, else the negated number of bytes and then those, the highest first. */
function uint(value: number | bigint): Buffer {
  if (value < 128) return Buffer.of(Number(value));
  const digits = Buffer.alloc(8);
  digits.writeBigUInt64BE(BigInt(value));
  const first = digits.findIndex((digit) => digit !== 0);
  return Buffer.concat([Buffer.of(256 - (8 - first)), digits.subarray(first)]);
}

/** The sign is the lowest bit; negative numbers are complemented. */
function int(value: number | bigint): Buffer {
  const wide = BigInt(value);
  return uint(wide < 0n ? (~wide << 1n) | 1n : wide << 1n);
}

/** The bytes of a double, reversed: the exponent comes last, so that round numbers are short. */
function float(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return uint(bytes.readBigUInt64LE());
}
