import { AppError } from '../../core/errors.ts';
import { readNextLink } from '../wire/lists.ts';
import type { GraphCall, GraphClient } from './client.ts';

/** More pages than any list has here: links that lead in a circle must end. */
const MOST_PAGES = 500;

/**
 * The pages of a list, one request each, following `@odata.nextLink`. The caller stops by leaving its loop.
 * https://learn.microsoft.com/graph/paging
 *
 * @throws {AppError} as `GraphClient`; microsoft_refused for a link that is not one of Graph v1.0
 */
export async function* readPages(client: Pick<GraphClient, 'get'>, call: GraphCall): AsyncGenerator<unknown> {
  let path: string | null = call.path;
  for (let page = 0; page < MOST_PAGES && path !== null; page += 1) {
    const answer: unknown = await client.get({ ...call, path });
    yield answer;
    path = pathOf(readNextLink(answer));
  }
}

/** The link's path below the version. Its host does not matter: the client sends to the configured one only. */
function pathOf(link: string | null): string | null {
  if (link === null) return null;
  const [, path] = /^https:\/\/[^/]+\/v1\.0(\/.+)$/.exec(link) ?? [];
  if (path === undefined)
    throw new AppError('microsoft_refused', 'Microsoft Graph named a next page that is not its own.');
  return path;
}
