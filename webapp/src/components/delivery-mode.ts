import type { PreferencesView } from '../../../sidecar/src/api/schema.ts';

/** When notifications arrive, as people choose it: `never` is what `enabled: false` is to the sidecar. */
export const DELIVERY_MODES = ['away', 'always', 'never'] as const;
export type DeliveryMode = (typeof DELIVERY_MODES)[number];

/** What is chosen now. */
export function deliveryModeOf({ enabled, when }: PreferencesView): DeliveryMode {
  return enabled ? when : 'never';
}

/** What a choice changes. */
export function preferencesFor(when: DeliveryMode): Partial<PreferencesView> {
  return when === 'never' ? { enabled: false } : { enabled: true, when };
}
