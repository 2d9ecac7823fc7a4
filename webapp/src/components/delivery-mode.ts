import type { PreferencesView } from '../../../sidecar/src/api/schema.ts';

/** When notifications arrive, as people choose it: `never` is what `enabled: false` is to the sidecar. */
export const WHEN = ['away', 'always', 'never'] as const;
export type When = (typeof WHEN)[number];

/** What is chosen now. */
export function whenOf({ enabled, when }: PreferencesView): When {
  return enabled ? when : 'never';
}

/** What a choice changes. */
export function changeOf(when: When): Partial<PreferencesView> {
  return when === 'never' ? { enabled: false } : { enabled: true, when };
}
