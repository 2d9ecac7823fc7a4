import type { Post } from './http.ts';
import type { Item } from './item.ts';
import type { ValidationTokens } from './validation-tokens.ts';

/** The body of one POST, with validation tokens when something in it is encrypted. */
export async function toBody(batch: Item[], tokens: ValidationTokens): Promise<string> {
  const value = batch.map((item) => item.wire);
  const rich = batch.filter((item) => item.wire?.encryptedContent).map((item) => item.subscription);
  if (rich.length === 0) return JSON.stringify({ value });
  const pairs = new Map(rich.map(({ clientId, tid }) => [`${clientId} ${tid}`, { clientId, tid }]));
  return JSON.stringify({ value, validationTokens: await tokens([...pairs.values()]) });
}

/** Posts; answers the status, `timeout`, or the name of a network error. */
export async function tryPost(post: Post, request: Parameters<Post>[0]): Promise<number | string> {
  try {
    return (await post(request)).status;
  } catch (error) {
    if (error instanceof Error && error.name === 'TimeoutError') return 'timeout';
    return error instanceof Error && 'code' in error ? String(error.code) : 'failed';
  }
}

/** Turns the order around within each window of this many items. */
export function reversed(items: Item[], window: number): Item[] {
  const result: Item[] = [];
  const size = Math.max(2, window);
  for (let start = 0; start < items.length; start += size) {
    result.push(...items.slice(start, start + size).reverse());
  }
  return result;
}
