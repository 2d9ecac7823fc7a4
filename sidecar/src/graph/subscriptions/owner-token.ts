import type { Owner } from '../../core/types.ts';

/** Where tokens come from; `minValidMs` is how long one must still be valid. */
export interface TokenSources {
  /** Of a connection. */
  tokens: { tokenFor(connectionId: string, minValidMs?: number): Promise<string> };
  /** Of the application itself. */
  appToken: { get(minValidMs?: number): Promise<string> };
}

/** The token that a subscription is made and renewed with: the connection's own, or the application's for the tenant's subscription. */
export function createOwnerToken({ tokens, appToken }: TokenSources) {
  return (owner: Owner, minValidMs?: number): Promise<string> =>
    owner.kind === 'tenant' ? appToken.get(minValidMs) : tokens.tokenFor(owner.id, minValidMs);
}
