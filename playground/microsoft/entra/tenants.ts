import type { MicrosoftState } from '../state.ts';

/** True for the tenant words that stand for more than one organisation. */
export function isShared(tenant: string): boolean {
  return tenant === 'organizations' || tenant === 'common';
}

/** True for a shared word and for every organisation that somebody belongs to. */
export function isKnownTenant(state: MicrosoftState, tenant: string): boolean {
  return isShared(tenant) || [...state.people.values()].some((person) => person.tid === tenant);
}
