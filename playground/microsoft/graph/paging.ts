import { badRequest } from './errors.ts';

/** One page of a list, with the address of the next one. */
export interface Page<T> {
  value: T[];
  '@odata.nextLink'?: string;
}

/** `$top` as a number. Errors: `GraphError` 400 unless it is 1 to `most`. */
export function readTop(text: string | undefined, { usual, most }: { usual: number; most: number }): number {
  if (text === undefined) return usual;
  const top = Number(text);
  if (!Number.isInteger(top) || top < 1 || top > most) {
    throw badRequest(`Invalid value for $top: '${text}'. It must be a number from 1 to ${most}.`);
  }
  return top;
}

/** Errors: `GraphError` 400 for a query option that the operation does not have. */
export function allowOptions(query: Record<string, string | undefined>, allowed: readonly string[]): void {
  const unknown = Object.keys(query).find((name) => name.startsWith('$') && !allowed.includes(name));
  if (unknown !== undefined) throw badRequest(`Query option '${unknown}' is not supported by this resource.`);
}

/** Cuts a page out of `all`; `$skiptoken` says where the page begins. */
export function toPage<T>(
  all: readonly T[],
  { address, query, top }: { address: string; query: Record<string, string | undefined>; top: number },
): Page<T> {
  const start = query.$skiptoken === undefined ? 0 : Number(Buffer.from(query.$skiptoken, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0) throw badRequest("Invalid value for '$skiptoken'.");
  const value = all.slice(start, start + top);
  if (start + top >= all.length) return { value };
  const next = new URL(address);
  for (const [name, text] of Object.entries(query)) if (text !== undefined) next.searchParams.set(name, text);
  next.searchParams.set('$skiptoken', Buffer.from(String(start + top)).toString('base64url'));
  return { value, '@odata.nextLink': next.href };
}
