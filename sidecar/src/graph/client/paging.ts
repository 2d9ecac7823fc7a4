import { AppError } from '../../core/errors.ts';
import { readNextLink } from '../wire/lists.ts';
import type { GraphCall, GraphClient } from './client.ts';

/** More pages than any answer of ours has; a link that leads in a circle must end. */
const MOST_PAGES = 500;

/** The pages of a list, one request each, as `@odata.nextLink` names them. The caller stops by leaving its loop. Errors: those of the client. */
export async function* readPages(client: Pick<GraphClient, 'get'>, call: GraphCall): AsyncGenerator<unknown> {
  let path: string | null = call.path;
  for (let page = 0; page < MOST_PAGES && path !== null; page += 1) {
    const answer: unknown = await client.get({ ...call, path });
    yield answer;
    path = pathOf(readNextLink(answer));
  }
}

/** The link's path below the version. Which host it names does not matter: the client knows one. */
function pathOf(link: string | null): string | null {
  if (link === null) return null;
  const [, path] = /^https:\/\/[^/]+\/v1\.0(\/.+)$/.exec(link) ?? [];
  if (path === undefined)
    throw new AppError('microsoft_refused', 'Microsoft Graph named a next page that is not its own.');
  return path;
}
