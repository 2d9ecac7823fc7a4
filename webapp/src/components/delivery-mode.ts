import type { PreferencesView } from '../../../sidecar/src/api/schema.ts';

/** When notifications are delivered, as one choice; `never` stands for `enabled: false` of the preferences. */
export const DELIVERY_MODES = ['away', 'always', 'never'] as const;
export type DeliveryMode = (typeof DELIVERY_MODES)[number];

/** The mode that these preferences mean. */
export function deliveryModeOf({ enabled, when }: PreferencesView): DeliveryMode {
  return enabled ? when : 'never';
}

/** The change of the preferences that sets this mode. */
export function preferencesFor(when: DeliveryMode): Partial<PreferencesView> {
  return when === 'never' ? { enabled: false } : { enabled: true, when };
}
