import type { ItemSource, Owner } from '../core/types.ts';

/** Stands in `connection_id` for the whole tenant. */
const TENANT = 'organisation';
/** Stands in `subscription_id` for a message that catch-up read. */
const CATCH_UP = 'catch-up';

/** The value of a `connection_id` column. */
export function ownerColumn(owner: Owner): string {
  return owner.kind === 'connection' ? owner.id : TENANT;
}

/** The owner in a `connection_id` column. */
export function toOwner(connectionId: string): Owner {
  return connectionId === TENANT ? { kind: 'tenant' } : { kind: 'connection', id: connectionId };
}

/** The value of a `subscription_id` column. */
export function sourceColumn(source: ItemSource): string {
  return source.kind === 'subscription' ? source.id : CATCH_UP;
}

/** The source in a `subscription_id` column. */
export function toSource(subscriptionId: string): ItemSource {
  return subscriptionId === CATCH_UP ? { kind: 'catch-up' } : { kind: 'subscription', id: subscriptionId };
}
