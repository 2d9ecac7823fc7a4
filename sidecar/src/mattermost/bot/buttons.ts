import type { ReplyButton } from '../../core/types.ts';

/** How a reply's buttons are signed, and where Mattermost sends the clicks. */
export interface ReplySigning {
  sign(action: string): string;
  /** The sidecar's `/mattermost/actions`, as Mattermost reaches it. */
  actionsUrl: string;
  /** The post stays as it is after a click: one that only the caller sees, which Mattermost cannot replace, or a notification. */
  stays: boolean;
}

/** One message attachment, as far as we use it (contracts: post actions). */
export interface MessageAttachment {
  actions: Array<{
    id: string;
    type: 'button' | 'select';
    name: string;
    style: string;
    options?: Array<{ text: string; value: string }>;
    integration: { url: string; context: { action: string; stays: boolean } };
  }>;
}

/** Buttons and menus as one attachment; none without. Action ids are letters and digits only: Mattermost's route wants that. */
export function attachmentsOf(buttons: readonly ReplyButton[] | undefined, signing: ReplySigning): MessageAttachment[] {
  if (!buttons?.length) return [];
  const actions = buttons.map(({ label, style, action, options }, index) => ({
    id: `button${index + 1}`,
    type: options ? ('select' as const) : ('button' as const),
    name: label,
    style,
    ...(options ? { options: options.map((one) => ({ text: one.label, value: one.value })) } : {}),
    integration: {
      url: signing.actionsUrl,
      context: { action: signing.sign(action), stays: signing.stays },
    },
  }));
  return [{ actions }];
}
