/**
 * The types of Go's gob encoding, as this process writes them. A type's number is chosen by each writer; on the wire only the names
 * of fields matter, so a struct here lists just the fields that are sent.
 * Source: https://pkg.go.dev/encoding/gob
 */

/** A type of its own number: it is defined on the wire before its first value. */
export interface GobStruct {
  kind: 'struct';
  name: string;
  fields: ReadonlyArray<readonly [name: string, type: GobType]>;
}

export interface GobSlice {
  kind: 'slice';
  element: GobType;
}

export interface GobMap {
  kind: 'map';
  name?: string;
  key: GobType;
  element: GobType;
}

export type GobType =
  | 'bool'
  | 'int'
  | 'uint'
  | 'float'
  | 'bytes'
  | 'string'
  | 'interface'
  | GobStruct
  | GobSlice
  | GobMap;

/** A value in a position of type `interface`: the name under which Go registered the concrete type, and the value. */
export interface GobInterface {
  name: string;
  type: GobType;
  value: unknown;
}

/** The numbers of the built-in types. 7 is complex, which nothing here uses. */
export const BUILT_IN = { bool: 1, int: 2, uint: 3, float: 4, bytes: 5, string: 6, interface: 8 } as const;

/** The first number for a type of one's own; Go's writers begin with 64 or 65. */
export const FIRST_OWN_ID = 65;

export const EMPTY: GobStruct = { kind: 'struct', name: '', fields: [] };

export const STRING_SLICE: GobSlice = { kind: 'slice', element: 'string' };

/** `map[string]interface {}`, the form of free JSON objects. */
export const ANY_MAP: GobMap = { kind: 'map', key: 'string', element: 'interface' };

/** `[]interface {}` */
export const ANY_SLICE: GobSlice = { kind: 'slice', element: 'interface' };

/** @param fields name → type, in the order of the Go struct. */
export function struct(name: string, fields: Record<string, GobType>): GobStruct {
  return { kind: 'struct', name, fields: Object.entries(fields) };
}

/**
 * A JSON value for a position of type `interface`, with the names that Mattermost registers (`server/public/plugin/client_rpc.go`).
 * Numbers travel as `float64`, as Go's JSON reader makes them. `undefined` inside an object is left out; null is an empty interface.
 */
export function jsonInterface(value: unknown): GobInterface | null {
  switch (typeof value) {
    case 'string':
      return { name: 'string', type: 'string', value };
    case 'boolean':
      return { name: 'bool', type: 'bool', value };
    case 'number':
      return { name: 'float64', type: 'float', value };
    case 'object': {
      if (value === null) return null;
      if (Array.isArray(value)) return { name: '[]interface {}', type: ANY_SLICE, value: value.map(jsonInterface) };
      return { name: 'map[string]interface {}', type: ANY_MAP, value: jsonMap(value as Record<string, unknown>) };
    }
    default:
      return null;
  }
}

/** The entries of a JSON object for a position of type `map[string]any`. */
export function jsonMap(object: Record<string, unknown>): Map<string, GobInterface | null> {
  const entries = Object.entries(object).filter(([, value]) => value !== undefined);
  return new Map(entries.map(([key, value]) => [key, jsonInterface(value)]));
}
