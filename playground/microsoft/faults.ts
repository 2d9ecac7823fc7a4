import { randomUUID } from 'node:crypto';
import type { Json } from './types.ts';

/** A planned fault. Without `times` it lasts until it is removed. */
export interface Fault extends Json {
  id: string;
  kind: string;
  operation?: string;
  match?: Record<string, string>;
  times?: number;
}

/** The planned faults, oldest first. */
export interface Faults {
  add(draft: Json & { kind: string }): Fault;
  list(): Fault[];
  clear(): void;
  /** The first fault of this kind that fits the facts; uses up one of its `times`. */
  take(kind: string, facts?: Facts): Fault | null;
  /** Like `take`, without using it up. */
  peek(kind: string, facts?: Facts): Fault | null;
  remove(fault: Fault): void;
}

/** What a fault is matched against: the names of the operation, and members compared with `match`. */
export interface Facts {
  operations?: readonly string[];
  /** Only faults that name an operation fit. */
  named?: boolean;
  values?: Record<string, string | undefined>;
}

/** No faults yet. */
export function createFaults(): Faults {
  let faults: Fault[] = [];
  const faultsOf = (kind: string, facts: Facts) => faults.find((fault) => fault.kind === kind && fits(fault, facts));
  const self: Faults = {
    add: (draft) => {
      const usual = draft.kind === 'id_token' ? { times: 1 } : {};
      const match = typeof draft.grant === 'string' ? { match: { grant: draft.grant } } : {};
      const fault: Fault = { ...usual, ...match, ...draft, id: randomUUID() };
      faults.push(fault);
      return fault;
    },
    list: () => faults,
    clear: () => {
      faults = [];
    },
    remove: (fault) => {
      faults = faults.filter((other) => other !== fault);
    },
    peek: (kind, facts = {}) => faultsOf(kind, facts) ?? null,
    take: (kind, facts = {}) => {
      const fault = faultsOf(kind, facts);
      if (!fault) return null;
      if (fault.times !== undefined) {
        fault.times -= 1;
        if (fault.times <= 0) self.remove(fault);
      }
      return fault;
    },
  };
  return self;
}

function fits(fault: Fault, facts: Facts): boolean {
  const wanted = fault.operation?.toLowerCase();
  if (wanted === undefined && facts.named) return false;
  if (wanted !== undefined && !facts.operations?.some((name) => name.toLowerCase() === wanted)) return false;
  return Object.entries(fault.match ?? {}).every(([name, value]) => facts.values?.[name] === value);
}
