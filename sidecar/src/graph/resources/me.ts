import type { GraphClient } from '../client/client.ts';
import type { Me } from '../wire/entities.ts';
import { readMe } from '../wire/entities.ts';

/**
 * Reads who the token belongs to: `GET /me`, the addresses as the directory holds them, which an id token's claims are not.
 * A person waits for it. Errors: those of the client.
 */
export function createMe(client: Pick<GraphClient, 'get'>): (token: string) => Promise<Me> {
  return async (token) => {
    const path = '/me?$select=id,displayName,mail,userPrincipalName';
    return readMe(
      await client.get({ token, path, operation: 'GET me', tid: 'any', user: 'any', priority: 'interactive' }),
    );
  };
}
