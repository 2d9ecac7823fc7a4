import type { MicrosoftState } from '../state.ts';

/** True for the path segments that stand for more than one tenant. */
export function isShared(tenant: string): boolean {
  return tenant === 'organizations' || tenant === 'common';
}

/** True for a shared path segment and for every tenant with people. */
export function isKnownTenant(state: MicrosoftState, tenant: string): boolean {
  return isShared(tenant) || [...state.people.values()].some((person) => person.tid === tenant);
}
