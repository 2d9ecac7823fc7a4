import { needsAdministrator } from './scopes.ts';

/** What people and administrators allowed the app to do. */
export interface Consents {
  /** True when every scope was consented to, by the person or for the tenant. */
  covers(who: { oid: string; tid: string }, scopes: string[]): boolean;
  /** True when an administrator has to consent first, given that the managed policy holds. */
  needsAdministrator(tid: string, scopes: string[]): boolean;
  give(oid: string, scopes: string[]): void;
  giveForTenant(tid: string, scopes: string[]): void;
  withdraw(oid: string): void;
}

/** Starts without any consent. */
export function createConsents(): Consents {
  const byPerson = new Map<string, Set<string>>();
  const byTenant = new Map<string, Set<string>>();
  const add = (map: Map<string, Set<string>>, key: string, scopes: string[]) => {
    map.set(key, new Set([...(map.get(key) ?? []), ...scopes]));
  };
  return {
    covers: ({ oid, tid }, scopes) =>
      scopes.every((scope) => byPerson.get(oid)?.has(scope) || byTenant.get(tid)?.has(scope)),
    needsAdministrator: (tid, scopes) =>
      scopes.some((scope) => needsAdministrator(scope) && !byTenant.get(tid)?.has(scope)),
    give: (oid, scopes) => add(byPerson, oid, scopes),
    giveForTenant: (tid, scopes) => add(byTenant, tid, scopes),
    withdraw: (oid) => byPerson.delete(oid),
  };
}
