import type { Owner } from './types.ts';

/** The owner that is this connection. */
export function connectionOwner(id: string): Owner {
  return { kind: 'connection', id };
}

/** One text per owner, for maps, log fields and contexts of sealed values: the connection's id, or `tenant`. */
export function ownerKey(owner: Owner): string {
  return owner.kind === 'connection' ? owner.id : owner.kind;
}
