import type { GraphClient } from '../client/client.ts';
import type { Me } from '../wire/entities.ts';
import { readMe } from '../wire/entities.ts';

/**
 * Reads the account that the token belongs to, with its addresses from the directory; the claims of an id token are not reliable for that.
 * A person waits for it. https://learn.microsoft.com/graph/api/user-get
 *
 * @throws {AppError} as `GraphClient`
 */
export function createMe(client: Pick<GraphClient, 'get'>): (token: string) => Promise<Me> {
  return async (token) => {
    const path = '/me?$select=id,displayName,mail,userPrincipalName';
    return readMe(
      await client.get({ token, path, operation: 'GET me', tid: 'any', user: 'any', priority: 'interactive' }),
    );
  };
}
